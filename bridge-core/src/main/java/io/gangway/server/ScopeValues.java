package io.gangway.server;

import io.gangway.exchange.RequestFacts;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;

/** The values of a scope that are not facts as they stand (A02-A06): the same for {@link FactsScope} and for the scope that a worker makes. */
public final class ScopeValues {
    private static final int MAX_PORT_DIGITS = 5;

    private ScopeValues() {}

    /**
     * The target's path as it was sent, without scheme and authority of an absolute one (RFC 9112, section 3.2), and without the query (A02).
     *
     * @param facts the request
     * @return its {@code raw_path}
     */
    public static String rawPath(RequestFacts facts) {
        String target = facts.target();
        int end = target.indexOf('?');
        String path = end < 0 ? target : target.substring(0, end);
        int authority = path.startsWith("/") ? -1 : path.indexOf("://");
        if (authority < 0) {
            return path;
        }
        int slash = path.indexOf('/', authority + "://".length());
        return slash < 0 ? "/" : path.substring(slash);
    }

    /**
     * The protocol's version (A04).
     *
     * @param facts the request
     * @return {@code 1.0}, {@code 1.1} or {@code 2}
     */
    public static String httpVersion(RequestFacts facts) {
        String protocol = facts.protocol();
        return protocol.startsWith("HTTP/") ? protocol.substring("HTTP/".length()) : protocol;
    }

    /**
     * The scheme of a WebSocket.
     *
     * @param facts the request for it
     * @return {@code ws} or {@code wss}
     */
    public static String webSocketScheme(RequestFacts facts) {
        return facts.isSecure() ? "wss" : "ws";
    }

    /**
     * A port (A04).
     *
     * @param text a fact: a proxy's header may name any text
     * @return digits; empty if it is no port
     */
    public static String port(String text) {
        return text.length() <= MAX_PORT_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9') ? text : "";
    }

    /**
     * Gives the headers in their order, without those that no application gets (A06); HTTP/2's authority comes first, as host (A03).
     *
     * @param facts the request
     * @param taking gets the name in lower case, and the header as it came
     */
    public static void headers(RequestFacts facts, BiConsumer<String, Header> taking) {
        List<Header> headers = facts.headers();
        int first = facts.protocol().equals("HTTP/2") ? indexOfHost(headers) : -1;
        if (first >= 0) {
            taking.accept("host", headers.get(first));
        }
        for (int i = 0; i < headers.size(); i++) {
            Header header = headers.get(i);
            String name = HeaderKeys.isLowerCase(header.name())
                    ? header.name()
                    : header.name().toLowerCase(Locale.ROOT);
            if (i != first && name.indexOf('_') < 0 && !name.equals("proxy")) {
                taking.accept(name, header);
            }
        }
    }

    private static int indexOfHost(List<Header> headers) {
        for (int i = 0; i < headers.size(); i++) {
            if (headers.get(i).is("host")) {
                return i;
            }
        }
        return -1;
    }
}
