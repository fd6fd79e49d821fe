package io.gangway.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.asgi.ConnectionScope.Address;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.WebSocketScope;
import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The facts about a request as a scope (A01-A06); what {@link FactsEnviron} is for WSGI. */
public final class FactsScope {
    private FactsScope() {}

    /**
     * Makes the scope of a request.
     *
     * @param facts the request
     * @param state what the lifespan has left; copied (A05)
     * @param extensions what the server offers
     * @return a scope for one call
     */
    public static HttpScope http(
            RequestFacts facts, Map<String, Object> state, Map<String, Map<String, Object>> extensions) {
        return new HttpScope(
                facts.method(),
                ScopeValues.httpVersion(facts),
                facts.scheme(),
                text(facts.mount() + facts.path()),
                ScopeValues.rawPath(facts),
                facts.query(),
                text(facts.mount()),
                headers(facts),
                client(facts),
                server(facts),
                extensions,
                new HashMap<>(state));
    }

    /**
     * Makes the scope of a WebSocket.
     *
     * @param facts the request for it
     * @param subprotocols what the client offers (A32)
     * @param state what the lifespan has left; copied (A05)
     * @param extensions what the server offers
     * @return a scope for one call
     */
    public static WebSocketScope webSocket(
            RequestFacts facts,
            List<String> subprotocols,
            Map<String, Object> state,
            Map<String, Map<String, Object>> extensions) {
        return new WebSocketScope(
                subprotocols,
                ScopeValues.httpVersion(facts),
                ScopeValues.webSocketScheme(facts),
                text(facts.mount() + facts.path()),
                ScopeValues.rawPath(facts),
                facts.query(),
                text(facts.mount()),
                headers(facts),
                client(facts),
                server(facts),
                extensions,
                new HashMap<>(state));
    }

    /** Most paths are ASCII, and are not copied. */
    private static String text(String bytes) {
        for (int i = 0; i < bytes.length(); i++) {
            if (bytes.charAt(i) > 0x7f) {
                return new String(bytes.getBytes(ISO_8859_1), UTF_8);
            }
        }
        return bytes;
    }

    private static List<Header> headers(RequestFacts facts) {
        List<Header> headers = new ArrayList<>(facts.headers().size());
        ScopeValues.headers(
                facts,
                (name, header) -> headers.add(name.equals(header.name()) ? header : new Header(name, header.value())));
        return headers;
    }

    private static Optional<Address> client(RequestFacts facts) {
        return facts.clientAddress()
                .map(host -> new Address(
                        host, facts.clientPort().map(ScopeValues::port).flatMap(FactsScope::number)));
    }

    private static Optional<Address> server(RequestFacts facts) {
        return Optional.of(new Address(facts.serverName(), number(ScopeValues.port(facts.serverPort()))));
    }

    private static Optional<Integer> number(String digits) {
        return digits.isEmpty() ? Optional.empty() : Optional.of(Integer.valueOf(digits));
    }
}
