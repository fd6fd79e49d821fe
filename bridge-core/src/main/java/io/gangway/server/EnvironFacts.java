package io.gangway.server;

import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The facts about a request, from an environ that a middleware may have changed: the reverse of {@link FactsEnviron}. */
public final class EnvironFacts {
    /** Keys that have a place of their own among the facts. */
    private static final Set<String> KNOWN = Set.of(
            Environ.REQUEST_METHOD,
            Environ.SCRIPT_NAME,
            Environ.PATH_INFO,
            Environ.QUERY_STRING,
            Environ.SERVER_NAME,
            Environ.SERVER_PORT,
            Environ.SERVER_PROTOCOL,
            Environ.SERVER_SOFTWARE,
            Environ.RAW_URI,
            Environ.REQUEST_URI,
            Environ.WSGI_URL_SCHEME,
            Environ.REQUEST_ID,
            Environ.REMOTE_ADDR,
            Environ.REMOTE_PORT,
            Environ.REMOTE_USER,
            Environ.AUTH_TYPE,
            "HTTPS");

    private EnvironFacts() {}

    /**
     * Whether a key of an environ describes the request, and is made of a fact other than a header.
     *
     * @param key for example {@code REMOTE_ADDR}
     * @return false for all keys that a step or a middleware adds
     */
    public static boolean isFact(String key) {
        return KNOWN.contains(key);
    }

    /**
     * Reads an environ.
     *
     * @param environ with all keys of W10 to W15 and W31
     * @return the facts; texts that are no facts are its additions
     */
    public static RequestFacts of(Environ environ) {
        List<Header> headers = new ArrayList<>();
        Map<String, String> additions = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : environ.entrySet()) {
            String key = entry.getKey();
            if (entry.getValue() instanceof String value && !isFact(key)) {
                String name = HeaderKeys.nameOf(key);
                if (name == null) {
                    additions.put(key, value);
                } else {
                    headers.add(new Header(name, value));
                }
            }
        }
        return RequestFacts.of(environ.requestId(), environ.method())
                .target(text(environ, Environ.RAW_URI, environ.requestTarget()))
                .path(environ.scriptName(), environ.pathInfo())
                .query(environ.queryString())
                .protocol(environ.string(Environ.SERVER_PROTOCOL))
                .scheme(environ.scheme())
                .server(environ.string(Environ.SERVER_NAME), environ.string(Environ.SERVER_PORT))
                .client(textOrNull(environ, Environ.REMOTE_ADDR), textOrNull(environ, Environ.REMOTE_PORT))
                .user(textOrNull(environ, Environ.REMOTE_USER), textOrNull(environ, Environ.AUTH_TYPE))
                .headers(headers)
                .bodyLength(bodyLength(environ))
                .add(additions)
                .build();
    }

    /** An environ does not tell whether a body without a length is there, except for HTTP/1 requests that usually have none. */
    private static long bodyLength(Environ environ) {
        boolean isHttp1 = environ.string(Environ.SERVER_PROTOCOL).startsWith("HTTP/1.");
        boolean isUsuallyEmpty =
                environ.method().equals("GET") || environ.method().equals("HEAD");
        boolean isChunked = environ.header("Transfer-Encoding").isPresent();
        long none = isHttp1 && isUsuallyEmpty && !isChunked ? 0 : RequestFacts.UNKNOWN_LENGTH;
        return environ.contentLength().orElse(none);
    }

    private static String text(Environ environ, String key, String otherwise) {
        return environ.get(key) instanceof String value ? value : otherwise;
    }

    private static @Nullable String textOrNull(Environ environ, String key) {
        return environ.get(key) instanceof String value ? value : null;
    }
}
