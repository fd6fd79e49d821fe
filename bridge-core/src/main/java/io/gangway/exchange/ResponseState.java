package io.gangway.exchange;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The states of a response, and what may follow in each. The rules that the table keeps:
 *
 * <ol>
 *   <li>A head comes first. It is held until the first byte, a file or the end (W57), and may be replaced until then (W55). A head that is refused
 *       leaves none, not even an earlier one.
 *   <li>After the first byte, the head is final, and bytes follow (W58).
 *   <li>A file is the rest of the body (W67).
 *   <li>Trailers follow the body, once (A52).
 *   <li>An end is final: nothing follows it, also if the response failed or the client left (W68).
 * </ol>
 */
enum ResponseState {
    /** There is no head. */
    NEW,
    /** The head is held, and nothing has been sent. */
    HELD,
    /** The head has been sent, and perhaps bytes. */
    COMMITTED,
    /** The rest of the body is a file. */
    FILE,
    /** The body and the trailers have been given. */
    TRAILED,
    /** Over. */
    ENDED;

    /** What an application does with a response. */
    enum Event {
        /** Status and headers. */
        HEAD,
        /** Status and headers that break a rule, or are too large for the server. */
        REFUSED,
        /** The head is sent, with the first bytes or before the end. */
        COMMIT,
        /** More bytes. */
        DATA,
        /** A file, after which only the end may come. */
        FILE,
        /** The trailers, after which only the end may come. */
        TRAILERS,
        /** The end, or a failure. */
        END
    }

    private static final Map<ResponseState, Map<Event, ResponseState>> TABLE = new EnumMap<>(Map.of(
            NEW, Map.of(Event.HEAD, HELD, Event.REFUSED, NEW, Event.END, ENDED),
            HELD, Map.of(Event.HEAD, HELD, Event.REFUSED, NEW, Event.COMMIT, COMMITTED, Event.END, ENDED),
            COMMITTED, Map.of(Event.DATA, COMMITTED, Event.FILE, FILE, Event.TRAILERS, TRAILED, Event.END, ENDED),
            FILE, Map.of(Event.TRAILERS, TRAILED, Event.END, ENDED),
            TRAILED, Map.of(Event.END, ENDED),
            ENDED, Map.of()));

    /**
     * The state after an event.
     *
     * @throws IllegalStateException if the event is not allowed here
     */
    ResponseState after(Event event) {
        Map<Event, ResponseState> possible = TABLE.getOrDefault(this, Map.of());
        ResponseState next = possible.get(event);
        if (next == null) {
            throw new IllegalStateException(
                    event + " is out of place: the response is " + this + ", and may be followed by "
                            + new TreeSet<>(possible.keySet()) + ". Fix: correct the application's order of calls");
        }
        return next;
    }
}
