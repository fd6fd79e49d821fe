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

/**
 * The facts about a request as an environ (W10-W22), computed key by key when the application asks for it.
 *
 * <p>The keys that are no texts ({@code wsgi.input} and others) are the server's, which puts them into the environ.
 */
public final class FactsEnviron implements Environ.Source {
    private static final String HTTPS = "HTTPS";

    private static final Environ.Source NO_OBJECTS = new Environ.Source() {
        @Override
        public @Nullable Object value(String key) {
            return null;
        }

        @Override
        public Iterable<String> keys() {
            return Set.of();
        }
    };

    private final RequestFacts facts;
    /** Values that take precedence over the facts, and are not texts. */
    private final Environ.Source objects;

    private @Nullable Map<String, String> texts;

    private FactsEnviron(RequestFacts facts, Environ.Source objects) {
        this.facts = facts;
        this.objects = objects;
    }

    /**
     * Makes an environ.
     *
     * @param facts the request
     * @param objects the server's own keys, such as {@code wsgi.input}
     * @return an environ that reads them
     */
    public static Environ of(RequestFacts facts, Environ.Source objects) {
        return new Environ(new FactsEnviron(facts, objects));
    }

    /**
     * Makes an environ without the server's own keys.
     *
     * @param facts the request
     * @return an environ that reads them
     */
    public static Environ of(RequestFacts facts) {
        return of(facts, NO_OBJECTS);
    }

    /**
     * The texts of an environ: what a worker process gets. Each key comes once.
     *
     * @param facts the request
     * @return key and value, in the order of {@code docs/wsgi.md}
     */
    public static Map<String, String> texts(RequestFacts facts) {
        Map<String, String> texts = new LinkedHashMap<>(64);
        texts.put(Environ.REQUEST_METHOD, facts.method());
        texts.put(Environ.SCRIPT_NAME, facts.mount());
        texts.put(Environ.PATH_INFO, facts.path());
        texts.put(Environ.QUERY_STRING, facts.query());
        texts.put(Environ.SERVER_NAME, facts.serverName());
        texts.put(Environ.SERVER_PORT, facts.serverPort());
        texts.put(Environ.SERVER_PROTOCOL, facts.protocol());
        texts.put(Environ.SERVER_SOFTWARE, ServerSoftware.NAME);
        texts.put(Environ.RAW_URI, facts.target());
        texts.put(Environ.REQUEST_URI, facts.target());
        texts.put(Environ.WSGI_URL_SCHEME, facts.scheme());
        texts.put(Environ.REQUEST_ID, facts.requestId());
        facts.clientAddress().ifPresent(address -> texts.put(Environ.REMOTE_ADDR, address));
        facts.clientPort().ifPresent(port -> texts.put(Environ.REMOTE_PORT, port));
        facts.user().ifPresent(user -> texts.put(Environ.REMOTE_USER, user));
        facts.authType().ifPresent(type -> texts.put(Environ.AUTH_TYPE, type));
        if (facts.isSecure()) {
            texts.put(HTTPS, "on"); // W19
            texts.putAll(facts.tls());
        }
        for (Header header : facts.headers()) {
            String key = HeaderKeys.of(header.name());
            if (key != null) {
                String before = texts.get(key);
                texts.put(
                        key,
                        before == null
                                ? header.value()
                                : before + RequestFacts.separator(header.name()) + header.value());
            }
        }
        texts.putAll(facts.additions());
        return texts;
    }

    @Override
    public @Nullable Object value(String key) {
        Object object = objects.value(key);
        return object != null ? object : text(key);
    }

    /** Without a table, because many applications read few keys. */
    private @Nullable String text(String key) {
        if (texts != null) {
            return texts.get(key);
        }
        String added = facts.additions().get(key);
        return added != null ? added : fact(key);
    }

    private @Nullable String fact(String key) {
        return switch (key) {
            case Environ.REQUEST_METHOD -> facts.method();
            case Environ.SCRIPT_NAME -> facts.mount();
            case Environ.PATH_INFO -> facts.path();
            case Environ.QUERY_STRING -> facts.query();
            case Environ.SERVER_NAME -> facts.serverName();
            case Environ.SERVER_PORT -> facts.serverPort();
            case Environ.SERVER_PROTOCOL -> facts.protocol();
            case Environ.SERVER_SOFTWARE -> ServerSoftware.NAME;
            case Environ.RAW_URI, Environ.REQUEST_URI -> facts.target();
            case Environ.WSGI_URL_SCHEME -> facts.scheme();
            case Environ.REQUEST_ID -> facts.requestId();
            case Environ.REMOTE_ADDR -> facts.clientAddress().orElse(null);
            case Environ.REMOTE_PORT -> facts.clientPort().orElse(null);
            case Environ.REMOTE_USER -> facts.user().orElse(null);
            case Environ.AUTH_TYPE -> facts.authType().orElse(null);
            case HTTPS -> facts.isSecure() ? "on" : null;
            default -> headerOrTls(key);
        };
    }

    private @Nullable String headerOrTls(String key) {
        String name = HeaderKeys.nameOf(key);
        if (name != null) {
            return facts.header(name).orElse(null);
        }
        return facts.isSecure() ? facts.tls().get(key) : null;
    }

    private Map<String, String> whole() {
        if (texts == null) {
            texts = texts(facts);
        }
        return texts;
    }

    @Override
    public Iterable<String> keys() {
        Map<String, String> all = whole();
        List<String> keys = new ArrayList<>(all.size() + 16);
        keys.addAll(all.keySet());
        for (String key : objects.keys()) {
            if (!all.containsKey(key)) {
                keys.add(key);
            }
        }
        return keys;
    }
}
