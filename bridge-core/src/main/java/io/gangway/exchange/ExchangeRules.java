package io.gangway.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a deployment says about all its exchanges.
 *
 * @param errorPage what a client gets if the application fails
 * @param repairs logs dropped headers; one object for each application
 * @param steps the first sees the request first
 * @param log gets each exchange that has ended, for the server's own log; called by any thread
 */
public record ExchangeRules(
        ErrorPage errorPage, Repairs repairs, List<Step> steps, Consumer<? super EndedExchange> log) {
    /** Copies the list. */
    public ExchangeRules {
        steps = List.copyOf(steps);
    }

    /** The same with one more step, the last. */
    ExchangeRules with(Step last) {
        List<Step> all = new ArrayList<>(steps);
        all.add(last);
        return new ExchangeRules(errorPage, repairs, all, log);
    }

    /**
     * Lets an application answer a request. Returns when {@link ExchangeApplication#serve} does.
     *
     * @param arrived the facts, before the steps
     * @param wire the client
     * @param application answers, unless a step does
     */
    public void serve(RequestFacts arrived, Wire wire, ExchangeApplication application) {
        RequestFacts facts = arrived;
        ExchangeApplication serving = application;
        RuntimeException failure = null;
        try {
            facts = before(arrived);
            serving = instead(facts).orElse(application);
        } catch (RuntimeException e) { // a step's
            failure = e;
        }
        Exchange exchange = new Exchange(facts, wire, this);
        if (failure == null) {
            serving.serve(exchange);
        } else {
            exchange.fail(failure);
        }
    }

    /**
     * Lets an application serve a WebSocket. A step that answers in the application's place, or fails, denies it.
     *
     * @param arrived the facts, before the steps
     * @param wire the client
     * @param application serves it, unless a step answers
     */
    public void serve(RequestFacts arrived, WebSocketWire wire, WebSocketApplication application) {
        RequestFacts facts = arrived;
        WebSocketApplication serving = application;
        try {
            facts = before(arrived);
            Optional<ExchangeApplication> other = instead(facts);
            if (other.isPresent()) {
                serving = exchange -> denied(exchange, other.get());
            }
        } catch (RuntimeException e) { // a step's
            serving = exchange -> exchange.fail(e);
        }
        serving.serve(new WebSocketExchange(facts, wire, this));
    }

    private static void denied(WebSocketExchange exchange, ExchangeApplication other) {
        exchange.deny(other::serve);
        exchange.end();
    }

    /**
     * The facts as the steps leave them.
     *
     * @param arrived the facts, before the steps
     * @return the facts for the application
     * @throws RuntimeException a step's, for example of a linter; {@link #serve} makes a failed exchange of it
     */
    public RequestFacts before(RequestFacts arrived) {
        RequestFacts facts = arrived;
        for (Step step : steps) {
            facts = step.before(facts);
        }
        return facts;
    }

    private Optional<ExchangeApplication> instead(RequestFacts facts) {
        for (Step step : steps) {
            Optional<ExchangeApplication> other = step.instead(facts);
            if (other.isPresent()) {
                return other;
            }
        }
        return Optional.empty();
    }

    /** Those that watch an exchange. */
    List<ExchangeWatch> watches(RequestFacts facts) {
        List<ExchangeWatch> watches = List.of();
        for (Step step : steps) {
            Optional<ExchangeWatch> watch = step.watch(facts);
            if (watch.isPresent()) {
                watches = new ArrayList<>(watches);
                watches.add(watch.get());
            }
        }
        return watches;
    }

    /** Tells the steps, the last first, and the log. What a step throws is a problem of the exchange, and keeps nothing from the other steps. */
    void ended(EndedExchange ended) {
        EndedExchange told = ended;
        for (int i = steps.size() - 1; i >= 0; i--) {
            try {
                steps.get(i).after(told);
            } catch (RuntimeException e) {
                told = told.with(e);
            }
        }
        log.accept(told);
    }
}
