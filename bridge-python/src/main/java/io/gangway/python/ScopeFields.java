package io.gangway.python;

import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.TlsFacts;
import io.gangway.server.ScopeValues;
import io.gangway.wsgi.NativeStrings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The fields of a SCOPE frame: the facts of a request, of which the worker makes an ASGI scope (A01-A06). */
final class ScopeFields {
    /** Headers and additions besides the fixed fields that a list has room for at first. */
    private static final int USUAL = 64;

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
        fields.add(ScopeValues.httpVersion(facts));
        fields.add(kind.equals("http") ? facts.scheme() : ScopeValues.webSocketScheme(facts));
        fields.add(facts.mount() + facts.path());
        fields.add(ScopeValues.rawPath(facts));
        fields.add(facts.mount());
        fields.add(facts.query());
        fields.add(facts.clientAddress().orElse(""));
        fields.add(ScopeValues.port(facts.clientPort().orElse("")));
        fields.add(facts.serverName());
        fields.add(ScopeValues.port(facts.serverPort()));
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

    private static void addHeaders(List<String> fields, RequestFacts facts) {
        int count = fields.size();
        fields.add("");
        ScopeValues.headers(facts, (name, header) -> add(fields, name, header.value()));
        fields.set(count, Integer.toString((fields.size() - count) / 2));
    }
}
