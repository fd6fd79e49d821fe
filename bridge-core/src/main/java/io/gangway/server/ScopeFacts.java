package io.gangway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.asgi.ConnectionScope.Address;
import io.gangway.asgi.HttpScope;
import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Header;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The facts about a request, from a scope: the reverse of {@link FactsScope}.
 *
 * <p>A scope of this server carries the facts as its extension {@value #EXTENSION}, because a scope has no place for some of them: the user, the request's id, bytes of a path that are no
 * UTF-8.
 */
public final class ScopeFacts {
    /** The name of Gangway's own extension; {@code request_id} in it is for applications too. */
    public static final String EXTENSION = "gangway";

    static final String FACTS = "facts";
    static final String REQUEST_ID = "request_id";

    private ScopeFacts() {}

    /**
     * Reads a scope. What an application has changed in a scope of this server is changed in the facts too; the rest of them is kept.
     *
     * @param scope of any server
     * @return the facts
     */
    public static RequestFacts of(HttpScope scope) {
        if (!(scope.extensions().getOrDefault(EXTENSION, Map.of()).get(FACTS) instanceof RequestFacts facts)) {
            return made(RequestFacts.of("", scope.method()), scope);
        }
        if (FactsScope.http(facts, scope.state(), scope.extensions()).equals(scope)) {
            return facts;
        }
        return made(
                RequestFacts.of(facts.requestId(), scope.method())
                        .overUnixSocket(facts.isOverUnixSocket())
                        .user(facts.user().orElse(null), facts.authType().orElse(null))
                        .tls(facts.tls())
                        .add(facts.additions()),
                scope);
    }

    private static RequestFacts made(RequestFacts.Builder facts, HttpScope scope) {
        String path = bytes(scope.path());
        String mount = bytes(scope.rootPath());
        String query = scope.queryString();
        Optional<Address> client = scope.client();
        facts.target(query.isEmpty() ? scope.rawPath() : scope.rawPath() + "?" + query)
                .path(mount, path.startsWith(mount) ? path.substring(mount.length()) : path)
                .query(query)
                .protocol("HTTP/" + scope.httpVersion())
                .scheme(scope.scheme())
                .client(
                        client.map(Address::host).orElse(null),
                        client.flatMap(Address::port).map(String::valueOf).orElse(null))
                .headers(scope.headers())
                .bodyLength(bodyLength(scope));
        scope.server()
                .ifPresent(server -> facts.server(
                        server.host(), server.port().map(String::valueOf).orElse("80")));
        return facts.build();
    }

    private static String bytes(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    private static long bodyLength(HttpScope scope) {
        for (Header header : scope.headers()) {
            if (header.name().toLowerCase(Locale.ROOT).equals("content-length")
                    && header.value().matches("[0-9]{1,18}")) {
                return Long.parseLong(header.value());
            }
        }
        return RequestFacts.UNKNOWN_LENGTH;
    }
}
