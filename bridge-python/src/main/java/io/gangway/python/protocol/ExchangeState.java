package io.gangway.python.protocol;

import static java.util.Map.entry;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which frame may follow which on an exchange connection: one table, the same for both ends.
 *
 * <p>An exchange is two conversations on one connection: the request's body, which the worker pulls, and the response. The
 * rules that the table keeps:
 *
 * <ol>
 *   <li>REQUEST opens both conversations, and only an idle connection takes one.
 *   <li>One PULL is answered by one BODY, BODY_FILE, BODY_END or BODY_ABORT, and none of these comes without a PULL, except after a request
 *       flagged <i>pushed</i>, which its body follows; then there is no PULL.
 *   <li>After BODY_FILE a PULL says that the worker could not open the file.
 *   <li>After BODY_END or BODY_ABORT, and on a request flagged <i>empty</i>, there is no PULL.
 *   <li>HEAD or TRAILED_HEAD comes once and first. FILE waits for its reply; a file that was sent is the remaining body. After TRAILED_HEAD, TRAILERS come once, behind the data.
 *   <li>END, or ABORT before a head, leaves the connection idle. ABORT after a head closes it.
 *   <li>A response that ends while a PULL is unanswered closes it: the late answer must not reach the next request.
 *   <li>After a response that ends before its request's pushed body, the remaining body is skipped; until BODY_END there is no REQUEST.
 *   <li>LEFT changes nothing, and may come late: between two exchanges too.
 *   <li>A WebSocket is answered once: with ACCEPT, with CLOSE, or with HEAD, which is the beginning of a response. Messages follow only ACCEPT.
 *   <li>The bridge sends CLOSE once for each WebSocket, and nothing after it; END or ABORT is the worker's last frame. Both leave the connection idle,
 *       whichever comes first: what comes from the client after END is skipped.
 *   <li>A closed connection takes nothing.
 * </ol>
 *
 * <p>Keeps the state of one connection at one end. Not thread-safe.
 */
public final class ExchangeState {
    /** A step on a connection: a frame, with more than one event where its payload decides. */
    public enum Event {
        /** REQUEST or SCOPE: the worker pulls the body, if there is one. */
        REQUEST,
        /** There is no body. */
        REQUEST_EMPTY,
        /** The body follows without a PULL. */
        REQUEST_PUSHED,
        /** As the frame. */
        BODY,
        /** As the frame. */
        BODY_FILE,
        /** As the frame. */
        BODY_END,
        /** As the frame. */
        BODY_ABORT,
        /** FILE_REPLY, the file was sent. */
        FILE_SENT,
        /** FILE_REPLY, the worker is to send the bytes. */
        FILE_REFUSED,
        /** As the frame. */
        PULL,
        /** As the frame. */
        HEAD,
        /** As the frame. */
        DATA,
        /** As the frame. */
        FILE,
        /** As the frame. */
        END,
        /** As the frame. */
        ABORT,
        /** As the frame. */
        LEFT,
        /** SCOPE of a WebSocket. */
        SCOPE_WEBSOCKET,
        /** As the frame. */
        ACCEPT,
        /** PART, TEXT or BINARY from the bridge. */
        MESSAGE_CLIENT,
        /** PART, TEXT or BINARY from the worker. */
        MESSAGE_APPLICATION,
        /** CLOSE from the bridge. */
        CLOSE_CLIENT,
        /** CLOSE from the worker. */
        CLOSE_APPLICATION,
        /** As the frame. */
        TRAILED_HEAD,
        /** As the frame. */
        TRAILERS;

        /**
         * The event of a frame from a worker.
         *
         * @param type of the frame
         * @return its event
         * @throws ProtocolException if workers do not send it on exchange connections
         */
        public static Event received(FrameType type) throws ProtocolException {
            return switch (type) {
                case PULL -> PULL;
                case HEAD -> HEAD;
                case TRAILED_HEAD -> TRAILED_HEAD;
                case DATA -> DATA;
                case FILE -> FILE;
                case TRAILERS -> TRAILERS;
                case END -> END;
                case ABORT -> ABORT;
                case ACCEPT -> ACCEPT;
                case PART, TEXT, BINARY -> MESSAGE_APPLICATION;
                case CLOSE -> CLOSE_APPLICATION;
                default -> throw new ProtocolException(type + " from a worker on an exchange connection");
            };
        }
    }

    /** The state of the request's body. */
    public enum Body {
        /** Between two exchanges. */
        IDLE,
        /** No PULL is unanswered. */
        OPEN,
        /** A PULL waits for its answer. */
        ASKED,
        /** It comes without a PULL. */
        PUSHED,
        /** Complete, or given up. */
        DONE,
        /** It still comes, and is ignored. */
        SKIPPED,
        /** A WebSocket's client may send messages. */
        LISTENING,
        /** A WebSocket's client has closed. */
        HEARD,
        /** What a WebSocket's client still sends is ignored, until CLOSE. */
        MUTED,
        /** The connection is of no further use. */
        CLOSED
    }

    /** The state of the response. */
    public enum Response {
        /** Between two exchanges. */
        IDLE,
        /** There is no head yet. */
        WAITING,
        /** The head has been sent, and perhaps data. */
        STARTED,
        /** The same, and trailers are to come. */
        TRAILED,
        /** A file waits for its reply. */
        OFFERED,
        /** A file or the trailers were sent. */
        SENT,
        /** A WebSocket is not answered yet. */
        CONNECTING,
        /** A WebSocket is accepted. */
        OPENED,
        /** The application has closed the WebSocket, or denied it. */
        ENDING,
        /** The connection is of no further use. */
        CLOSED
    }

    private static final Map<Body, Map<Event, Body>> BODY_TABLE = table(
            Body.class,
            entry(
                    Body.IDLE,
                    Map.of(
                            Event.REQUEST, Body.OPEN,
                            Event.REQUEST_EMPTY, Body.DONE,
                            Event.REQUEST_PUSHED, Body.PUSHED,
                            Event.SCOPE_WEBSOCKET, Body.LISTENING,
                            Event.LEFT, Body.IDLE)),
            entry(
                    Body.OPEN,
                    Map.of(
                            Event.PULL, Body.ASKED,
                            Event.LEFT, Body.OPEN,
                            Event.END, Body.IDLE,
                            Event.ABORT, Body.IDLE)),
            entry(
                    Body.ASKED,
                    Map.of(
                            Event.BODY, Body.OPEN,
                            Event.BODY_FILE, Body.OPEN,
                            Event.BODY_END, Body.DONE,
                            Event.BODY_ABORT, Body.DONE,
                            Event.LEFT, Body.ASKED,
                            Event.END, Body.CLOSED,
                            Event.ABORT, Body.CLOSED)),
            entry(
                    Body.PUSHED,
                    Map.of(
                            Event.BODY, Body.PUSHED,
                            Event.BODY_END, Body.DONE,
                            Event.BODY_ABORT, Body.DONE,
                            Event.END, Body.SKIPPED,
                            Event.ABORT, Body.SKIPPED)),
            entry(Body.DONE, Map.of(Event.LEFT, Body.DONE, Event.END, Body.IDLE, Event.ABORT, Body.IDLE)),
            entry(
                    Body.SKIPPED,
                    Map.of(
                            Event.BODY, Body.SKIPPED,
                            Event.BODY_END, Body.IDLE,
                            Event.BODY_ABORT, Body.IDLE)),
            entry(
                    Body.LISTENING,
                    Map.of(
                            Event.MESSAGE_CLIENT, Body.LISTENING,
                            Event.CLOSE_CLIENT, Body.HEARD,
                            Event.END, Body.MUTED,
                            Event.ABORT, Body.MUTED)),
            entry(Body.HEARD, Map.of(Event.END, Body.IDLE, Event.ABORT, Body.IDLE)),
            entry(Body.MUTED, Map.of(Event.MESSAGE_CLIENT, Body.MUTED, Event.CLOSE_CLIENT, Body.IDLE)),
            entry(Body.CLOSED, Map.of()));

    private static final Map<Response, Map<Event, Response>> RESPONSE_TABLE = table(
            Response.class,
            entry(
                    Response.IDLE,
                    Map.of(
                            Event.REQUEST, Response.WAITING,
                            Event.REQUEST_EMPTY, Response.WAITING,
                            Event.REQUEST_PUSHED, Response.WAITING,
                            Event.SCOPE_WEBSOCKET, Response.CONNECTING)),
            entry(
                    Response.WAITING,
                    Map.of(
                            Event.HEAD, Response.STARTED,
                            Event.TRAILED_HEAD, Response.TRAILED,
                            Event.ABORT, Response.IDLE)),
            entry(
                    Response.TRAILED,
                    Map.of(
                            Event.DATA, Response.TRAILED,
                            Event.TRAILERS, Response.SENT,
                            Event.ABORT, Response.CLOSED)),
            entry(
                    Response.STARTED,
                    Map.of(
                            Event.DATA, Response.STARTED,
                            Event.FILE, Response.OFFERED,
                            Event.END, Response.IDLE,
                            Event.ABORT, Response.CLOSED)),
            entry(Response.OFFERED, Map.of(Event.FILE_SENT, Response.SENT, Event.FILE_REFUSED, Response.STARTED)),
            entry(Response.SENT, Map.of(Event.END, Response.IDLE, Event.ABORT, Response.CLOSED)),
            entry(
                    Response.CONNECTING,
                    Map.of(
                            Event.ACCEPT, Response.OPENED,
                            Event.CLOSE_APPLICATION, Response.ENDING,
                            Event.HEAD, Response.STARTED,
                            Event.ABORT, Response.IDLE)),
            entry(
                    Response.OPENED,
                    Map.of(
                            Event.MESSAGE_APPLICATION, Response.OPENED,
                            Event.CLOSE_APPLICATION, Response.ENDING,
                            Event.END, Response.IDLE,
                            Event.ABORT, Response.IDLE)),
            entry(Response.ENDING, Map.of(Event.END, Response.IDLE, Event.ABORT, Response.IDLE)),
            entry(Response.CLOSED, Map.of()));

    private Body body = Body.IDLE;
    private Response response = Response.IDLE;

    /**
     * The state of the request's body.
     *
     * @return the state
     */
    public Body body() {
        return body;
    }

    /**
     * The state of the response.
     *
     * @return the state
     */
    public Response response() {
        return response;
    }

    /**
     * Takes a step.
     *
     * @param event a frame that is about to be sent, or was received
     * @throws ProtocolException if it is not allowed here; the connection's state is closed then
     */
    public void take(Event event) throws ProtocolException {
        Body nextBody = next(BODY_TABLE, body, event, isBodyEvent(event));
        Response nextResponse = next(RESPONSE_TABLE, response, event, isResponseEvent(event));
        if (nextBody == null || nextResponse == null) {
            throw misplaced(event);
        }
        boolean closed = nextBody == Body.CLOSED || nextResponse == Response.CLOSED;
        body = closed ? Body.CLOSED : nextBody;
        response = closed ? Response.CLOSED : nextResponse;
    }

    /**
     * Whether another exchange may follow now.
     *
     * @return true between two exchanges
     */
    public boolean isIdle() {
        return body == Body.IDLE && response == Response.IDLE;
    }

    private ProtocolException misplaced(Event event) {
        TreeSet<Event> expected = new TreeSet<>();
        for (Event each : Event.values()) {
            if (next(BODY_TABLE, body, each, isBodyEvent(each)) != null
                    && next(RESPONSE_TABLE, response, each, isResponseEvent(each)) != null) {
                expected.add(each);
            }
        }
        String message = event + " out of place: the body is " + body + ", the response is " + response
                + "; expected one of " + expected;
        body = Body.CLOSED;
        response = Response.CLOSED;
        return new ProtocolException(message);
    }

    /** The next state of a conversation; the same one if the event is not part of it. */
    private static <S extends Enum<S>> @Nullable S next(
            Map<S, Map<Event, S>> table, S state, Event event, boolean isKnown) {
        Map<Event, S> row = table.get(state);
        return !isKnown ? state : row == null ? null : row.get(event);
    }

    private static boolean isBodyEvent(Event event) {
        return switch (event) {
            case HEAD,
                    TRAILED_HEAD,
                    DATA,
                    FILE,
                    TRAILERS,
                    FILE_SENT,
                    FILE_REFUSED,
                    ACCEPT,
                    MESSAGE_APPLICATION,
                    CLOSE_APPLICATION -> false;
            default -> true;
        };
    }

    private static boolean isResponseEvent(Event event) {
        return switch (event) {
            case PULL, BODY, BODY_FILE, BODY_END, BODY_ABORT, LEFT, MESSAGE_CLIENT, CLOSE_CLIENT -> false;
            default -> true;
        };
    }

    @SafeVarargs
    private static <S extends Enum<S>> Map<S, Map<Event, S>> table(
            Class<S> states, Map.Entry<S, Map<Event, S>>... rows) {
        Map<S, Map<Event, S>> table = new EnumMap<>(states);
        for (Map.Entry<S, Map<Event, S>> row : rows) {
            Map<Event, S> steps = new EnumMap<>(Event.class);
            steps.putAll(row.getValue());
            table.put(row.getKey(), steps);
        }
        return table;
    }
}
