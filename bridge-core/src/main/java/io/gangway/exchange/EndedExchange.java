package io.gangway.exchange;

/**
 * An exchange that is over.
 *
 * @param facts as the steps left them
 * @param status the status that was sent to the client; 0 if nothing was sent
 * @param bytes bytes of the body that were handed to the container
 * @param arrival when the request arrived: a value of {@link System#currentTimeMillis}
 * @param nanos how long the exchange took
 * @param outcome how it ended
 */
public record EndedExchange(RequestFacts facts, int status, long bytes, long arrival, long nanos, Outcome outcome) {
    /** The same exchange with a further problem, which the client has not noticed. */
    EndedExchange with(Throwable later) {
        return new EndedExchange(facts, status, bytes, arrival, nanos, outcome.with(later));
    }
}
