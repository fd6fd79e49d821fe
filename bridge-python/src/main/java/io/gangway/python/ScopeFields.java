package io.gangway.python;

import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.TlsFacts;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.NativeStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fields of a SCOPE frame: the facts of a request, of which the worker makes an ASGI scope (A01-A06). */
final class ScopeFields {
    /** Headers and additions besides the fixed fields that a list has room for at first. */
    private static final int USUAL = 64;

    private static final int MAX_PORT_DIGITS = 5;

    private ScopeFields() {}

    /**
     * The fields in the order of {@code docs/worker-protocol.md}.
     *
     * @param kind {@code http} or {@code websocket}
     */
    static List<String> of(String kind, RequestFacts facts) {
        List<String> fields = new ArrayList<>(USUAL);
        fields.add(kind);
        fields.add(facts.method());
        fields.add(version(facts.protocol()));
        fields.add(scheme(kind, facts));
        fields.add(facts.mount() + facts.path());
        fields.add(rawPath(facts.target()));
        fields.add(facts.mount());
        fields.add(facts.query());
        fields.add(facts.clientAddress().orElse(""));
        fields.add(digits(facts.clientPort().orElse("")));
        fields.add(facts.serverName());
        fields.add(digits(facts.serverPort()));
        fields.add(facts.requestId());
        addHeaders(fields, facts);
        facts.user().ifPresent(user -> add(fields, "remote_user", user));
        facts.authType().ifPresent(type -> add(fields, "auth_type", type));
        TlsFacts.of(facts).ifPresent(told -> addTls(fields, told));
        for (Map.Entry<String, String> addition : facts.additions().entrySet()) {
            add(fields, addition.getKey(), addition.getValue());
        }
        return fields;
    }

    /** A port; empty if it is none, because a proxy's header may name any text. */
    private static String digits(String port) {
        return port.length() <= MAX_PORT_DIGITS && port.chars().allMatch(c -> c >= '0' && c <= '9') ? port : "";
    }

    private static void add(List<String> fields, String key, String value) {
        fields.add(key);
        fields.add(value);
    }

    /** What the worker makes the extension {@code tls} of (A54). */
    private static void addTls(List<String> fields, TlsFacts told) {
        add(fields, "tls.version", told.version().map(String::valueOf).orElse(""));
        add(fields, "tls.cipher_suite", told.cipherSuite().map(String::valueOf).orElse(""));
        add(fields, "tls.client_cert", told.clientCertificate().orElse(""));
        add(
                fields,
                "tls.client_name",
                told.clientName().map(NativeStrings::ofText).orElse(""));
    }

    /** In their order, with names in lower case; HTTP/2's authority comes first, as host (A03). */
    private static void addHeaders(List<String> fields, RequestFacts facts) {
        List<Header> headers = facts.headers();
        fields.add(Integer.toString(headers.size()));
        int first = fields.size();
        boolean isHostFirst = facts.protocol().equals("HTTP/2");
        for (Header header : headers) {
            String name = lowerCase(header.name());
            if (isHostFirst && name.equals("host")) {
                fields.add(first, header.value());
                fields.add(first, name);
                isHostFirst = false;
            } else {
                add(fields, name, header.value());
            }
        }
    }

    /** Most containers give lower case already, or names that are in it: the same object then. */
    private static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static String scheme(String kind, RequestFacts facts) {
        return kind.equals("http") ? facts.scheme() : facts.isSecure() ? "wss" : "ws";
    }

    /** {@code 1.0}, {@code 1.1} or {@code 2} (A04). */
    private static String version(String protocol) {
        return protocol.startsWith("HTTP/") ? protocol.substring("HTTP/".length()) : protocol;
    }

    /** The target's path as it was sent, without scheme and authority of an absolute one (RFC 9112, section 3.2), and without the query (A02). */
    static String rawPath(String target) {
        int end = target.indexOf('?');
        String path = end < 0 ? target : target.substring(0, end);
        int authority = path.startsWith("/") ? -1 : path.indexOf("://");
        if (authority < 0) {
            return path;
        }
        int slash = path.indexOf('/', authority + "://".length());
        return slash < 0 ? "/" : path.substring(slash);
    }
}
