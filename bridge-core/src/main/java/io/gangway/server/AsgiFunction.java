package io.gangway.server;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.TlsFacts;
import io.gangway.exchange.WebSocketApplication;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An ASGI function in Java as an application of exchanges (A01-A42): no thread waits for it or for its clients. Middleware and other WSGI code can call it as well; then their thread waits.
 *
 * <p>Thread-safe.
 */
public final class AsgiFunction implements ExchangeApplication, GatewayApplication {
    private final AsgiApplication function;
    private final Map<String, Object> state;

    /**
     * A function whose lifespan has started, or that has none.
     *
     * @param function called once for each exchange
     * @param state what its lifespan has left for each connection; read at each call
     */
    public AsgiFunction(AsgiApplication function, Map<String, Object> state) {
        this.function = requireNonNull(function, "function");
        this.state = requireNonNull(state, "state");
    }

    @Override
    public boolean isBlocking() {
        return false;
    }

    @Override
    public void serve(Exchange exchange) {
        HttpCall call = new HttpCall(exchange);
        exchange.listen(call);
        call.run(function, FactsScope.http(exchange.facts(), state, httpExtensions(exchange.facts())));
    }

    @Override
    public Optional<WebSocketApplication> webSockets() {
        return Optional.of(exchange -> {
            WebSocketCall call = new WebSocketCall(exchange);
            exchange.listen(call);
            Map<String, Map<String, Object>> extensions = new HashMap<>(extensions(exchange.facts()));
            extensions.put("websocket.http.response", Map.of());
            call.run(function, FactsScope.webSocket(exchange.facts(), exchange.subprotocols(), state, extensions));
        });
    }

    private static Map<String, Map<String, Object>> httpExtensions(RequestFacts facts) {
        Map<String, Map<String, Object>> extensions = new HashMap<>(extensions(facts));
        extensions.put("http.response.pathsend", Map.of());
        extensions.put("http.response.trailers", Map.of());
        return extensions;
    }

    /** What Gangway itself tells, and the TLS connection (A54). */
    private static Map<String, Map<String, Object>> extensions(RequestFacts facts) {
        Map<String, Object> own = Map.of(ScopeFacts.REQUEST_ID, facts.requestId(), ScopeFacts.FACTS, facts);
        return TlsFacts.of(facts)
                .map(told -> Map.of(ScopeFacts.EXTENSION, own, "tls", tls(told)))
                .orElseGet(() -> Map.of(ScopeFacts.EXTENSION, own));
    }

    /** In Java, what is not known is not there. */
    private static Map<String, Object> tls(TlsFacts told) {
        Map<String, Object> tls = new HashMap<>();
        told.version().ifPresent(number -> tls.put("tls_version", number));
        told.cipherSuite().ifPresent(number -> tls.put("cipher_suite", number));
        told.clientName().ifPresent(name -> tls.put("client_cert_name", name));
        tls.put("client_cert_chain", told.clientCertificate().map(List::of).orElseGet(List::of));
        return Map.copyOf(tls);
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        return ExchangeCall.of(this, environ, startResponse);
    }

    @Override
    public String toString() {
        return function.toString();
    }
}
