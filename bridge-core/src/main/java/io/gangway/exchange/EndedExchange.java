package io.gangway.exchange;

import io.gangway.wsgi.Header;
import java.util.List;

/**
 * An exchange that is over.
 *
 * @param facts as the steps left them
 * @param status the status that was sent to the client; 0 if nothing was sent
 * @param headers the headers that were sent to the client, without those that the container adds
 * @param bytes bytes of the body that were handed to the container
 * @param arrival when the request arrived: a value of {@link System#currentTimeMillis}
 * @param nanos how long the exchange took
 * @param outcome how it ended
 */
public record EndedExchange(
        RequestFacts facts, int status, List<Header> headers, long bytes, long arrival, long nanos, Outcome outcome) {
    /** Copies the headers. */
    public EndedExchange {
        headers = List.copyOf(headers);
    }

    /** Whether it opened a WebSocket: with 101, or over HTTP/2 with CONNECT (RFC 8441), which nothing else is answered with 2xx. */
    public boolean isWebSocket() {
        return status == 101 || (facts.method().equals("CONNECT") && status / 100 == 2);
    }

    /** The same exchange with a further problem, which the client has not noticed. */
    EndedExchange with(Throwable later) {
        return new EndedExchange(facts, status, headers, bytes, arrival, nanos, outcome.with(later));
    }
}
