package io.gangway.server;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.BlockingWire;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseSink;
import io.gangway.exchange.Step;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Serves one request in memory, with the classes that a server uses. */
public final class Serving {
    private Serving() {}

    /** A function that gets this environ. */
    public static Outcome function(
            GatewayApplication function, Environ environ, ResponseSink sink, ErrorPage errorPage, Repairs repairs) {
        return serve(
                        EnvironFacts.of(environ),
                        sink,
                        new WsgiFunction(function, exchange -> environ),
                        errorPage,
                        repairs,
                        List.of())
                .outcome();
    }

    /** Any application; the wire's thread is this one. */
    public static EndedExchange serve(
            RequestFacts facts,
            ResponseSink sink,
            ExchangeApplication application,
            ErrorPage errorPage,
            Repairs repairs,
            List<Step> steps) {
        AtomicReference<EndedExchange> ended = new AtomicReference<>();
        ExchangeRules rules = new ExchangeRules(errorPage, repairs, steps, ended::set);
        BlockingWire wire = new BlockingWire(InputStream.nullInputStream(), sink);
        rules.serve(facts, wire, application);
        wire.run();
        return requireNonNull(ended.get(), "the exchange has not ended");
    }

    /** An environ's objects, from a map. */
    public static Environ.Source objects(Map<String, Object> objects) {
        return new Environ.Source() {
            @Override
            public @Nullable Object value(String key) {
                return objects.get(key);
            }

            @Override
            public Iterable<String> keys() {
                return objects.keySet();
            }
        };
    }
}
