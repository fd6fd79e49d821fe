package io.gangway.exchange;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.asgi.WebSocketClose;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket, for any kind of application and any server: what {@link Exchange} is for an ordinary request.
 *
 * <p>An application asks for {@link #facts} and {@link #subprotocols}, then accepts or denies, asks for messages one by one, sends messages, closes, and ends the
 * exchange once. The exchange keeps the rules (A30-A36):
 *
 * <ul>
 *   <li>nothing is answered before the application accepts or denies (A30);
 *   <li>the subprotocol is one that the client offered, and the headers are those that a response may have, without {@code sec-websocket-*} (A30);
 *   <li>only codes that an endpoint may send are sent (A35);
 *   <li>a failure before the accept is answered with 500, and one afterwards closes with 1011 (A35); an end without a close closes with 1000;
 *   <li>an application that does not answer in time is answered for with 504, and told that the WebSocket is closed;
 *   <li>a send after the WebSocket was closed fails with a {@link ClientException} (A34).
 * </ul>
 *
 * <p><b>Threading.</b> An application uses it on one thread at a time. Events for the {@link WebSocketListener} come from any thread.
 */
public final class WebSocketExchange {
    /** The state of the application's side. What the client's side does is in {@link #closed}. */
    private enum State {
        CONNECTING,
        OPEN,
        CLOSING,
        DENIED
    }

    /** How it was closed. */
    private record Closed(int code, String reason) {}

    /** Switching Protocols (RFC 9110, section 15.2.2). */
    private static final int SWITCHED = 101;

    /** In HTTP/2, the connection stays what it is, and any 2xx opens the WebSocket (RFC 8441, section 5). */
    private static final int OPENED = 200;

    private static final String ACCEPT = "websocket.accept";

    private final RequestFacts facts;
    private final WebSocketWire wire;
    private final ExchangeRules rules;
    private final long arrival = System.currentTimeMillis();
    private final long begin = System.nanoTime();
    /** The application has ended it, and the wire is closed: both are to come before the steps are told. */
    private final AtomicInteger halves = new AtomicInteger(2);
    /** Whether the wire has its answer to the handshake: the application's, or one in its place. */
    private final AtomicBoolean isHandshakeOver = new AtomicBoolean();
    /** Whether that was an accept. */
    private volatile boolean isSwitched;
    /** Whether that was an HTTP response, which has an exchange of its own. */
    private volatile boolean isDenied;

    private volatile State state = State.CONNECTING;
    private boolean isEnded;
    private volatile List<Header> headers = List.of();
    private long sent; // seen by whoever counts the second half
    private volatile @Nullable Throwable problem;
    private volatile boolean isBroken;
    private volatile @Nullable Closed closed;
    private volatile @Nullable WebSocketListener listener;
    private final AtomicInteger closesToTell = new AtomicInteger(1);

    /**
     * Begins a WebSocket.
     *
     * @param facts as the steps of the deployment have left them
     * @param wire used by this exchange alone
     * @param rules what the deployment says about all its exchanges
     */
    public WebSocketExchange(RequestFacts facts, WebSocketWire wire, ExchangeRules rules) {
        this.facts = facts;
        this.wire = wire;
        this.rules = rules;
        wire.attach(new WireEvents());
    }

    /**
     * The request.
     *
     * @return the same object each time
     */
    public RequestFacts facts() {
        return facts;
    }

    /**
     * The subprotocols that the client offers, in its order of preference (A32).
     *
     * @return names; possibly none
     */
    public List<String> subprotocols() {
        List<String> names = new ArrayList<>();
        for (Header header : facts.headers()) {
            if (header.is("Sec-WebSocket-Protocol")) {
                for (String name : header.value().split(",", -1)) {
                    if (!name.isBlank()) {
                        names.add(name.strip());
                    }
                }
            }
        }
        return names;
    }

    /**
     * Asks for events. To be called before {@link WebSocketApplication#serve} returns.
     *
     * @param wanting called from now on; at once, if the client has left already
     */
    public void listen(WebSocketListener wanting) {
        listener = wanting;
        tellClosed();
    }

    /**
     * Answers the handshake: the client may send messages from now on, and get some.
     *
     * @param subprotocol one of {@link #subprotocols}, or null for none
     * @param added headers for the response; those that belong to the connection are dropped
     * @throws ApplicationViolation if a rule is broken; the WebSocket is still to be accepted or denied
     * @throws IllegalStateException if it was accepted or denied before
     */
    public void accept(@Nullable String subprotocol, List<Header> added) {
        requireConnecting("accepted");
        if (subprotocol != null && !subprotocols().contains(subprotocol)) {
            throw new ApplicationViolation(
                    "A30",
                    ACCEPT,
                    "one of the subprotocols that the client offers: " + quote(String.join(", ", subprotocols())),
                    quote(subprotocol),
                    "choose one from the scope's subprotocols, or none");
        }
        ResponseHead head =
                ResponseHead.of(ACCEPT, "200 OK", added); // the checks and the steps are those of any response
        for (Header header : head.headers()) {
            if (header.name().toLowerCase(Locale.ROOT).startsWith("sec-websocket-")) {
                throw new ApplicationViolation(
                        "A30",
                        ACCEPT,
                        "headers that are not the handshake's own",
                        quote(header.name()),
                        "leave it out; the subprotocol has a place of its own in the event");
            }
        }
        rules.repairs().log(head, facts);
        for (int i = rules.steps().size() - 1; i >= 0; i--) {
            head = rules.steps().get(i).head(facts, head);
        }
        headers = head.headers().stream()
                .filter(header -> !header.is("Content-Length"))
                .toList();
        state = State.OPEN;
        if (takeHandshake()) {
            isSwitched = true;
            wire.accept(subprotocol, headers);
        }
    }

    /** Refuses the WebSocket with 403 (A31). The exchange is still to be ended. */
    public void deny() {
        deny(exchange -> exchange.answer(
                ServerAnswer.of("403 Forbidden", exchange.facts().requestId())));
    }

    /** Gives the HTTP response to a WebSocket that is denied. */
    @FunctionalInterface
    public interface Denial {
        /**
         * Answers. It may return before the exchange has ended.
         *
         * @param exchange to be ended exactly once, by {@link Exchange#end} or {@link Exchange#fail}
         */
        void answer(Exchange exchange);
    }

    /**
     * Refuses the WebSocket with an HTTP response of the application (A31, A50). The steps see that response; nothing is told to the listener any more. The WebSocket's exchange is
     * still to be ended.
     *
     * @param denial gets the exchange for the response, at once or later, on any thread
     * @throws IllegalStateException if it was accepted or denied before
     */
    public void deny(Denial denial) {
        requireConnecting("denied");
        state = State.DENIED;
        if (takeHandshake()) {
            denyBy(denial);
        }
    }

    private void denyBy(Denial denial) {
        isDenied = true;
        ExchangeRules answering = isOverHttp2() ? rules.with(new Unopened()) : rules;
        wire.deny(http -> denial.answer(new Exchange(facts, http, answering)));
    }

    private boolean isOverHttp2() {
        return facts.protocol().equals("HTTP/2");
    }

    /** Makes 403 of a 2xx that denies: in HTTP/1.1 a client takes only 101 for an open WebSocket, in HTTP/2 that. */
    private static final class Unopened implements Step {
        @Override
        public ResponseHead head(RequestFacts facts, ResponseHead head) {
            return head.code() / 100 == 2 ? ResponseHead.of("403 Forbidden", head.headers()) : head;
        }
    }

    /** Returns whether the client still waits for an answer, and nobody else gives it: then the caller must. */
    private boolean takeHandshake() {
        return closed == null && isHandshakeOver.compareAndSet(false, true);
    }

    private void requireConnecting(String what) {
        if (state != State.CONNECTING || isEnded) {
            throw new IllegalStateException(
                    "a WebSocket was " + what + " after it was " + state + ". Fix: accept or deny each WebSocket once");
        }
    }

    /**
     * Whether it has been accepted or denied.
     *
     * @return false until then
     */
    public boolean isAnswered() {
        return state != State.CONNECTING;
    }

    /**
     * Takes the next message of the client.
     *
     * @return a message, whole (A33); null if none is here now: {@link WebSocketListener#readable} or {@link WebSocketListener#closed} follows, unless
     *     {@code closed} was called before
     */
    public @Nullable WebSocketMessage receive() {
        return state == State.OPEN || state == State.CLOSING ? wire.receive() : null;
    }

    /**
     * Sends a message.
     *
     * @param message not to be changed any more
     * @return true if there is room for another one; false if {@link WebSocketListener#writable} is to be awaited before the next one (A36)
     * @throws ClientException if the WebSocket is closed (A34)
     * @throws IllegalStateException if it was not accepted, or the application has closed it
     */
    public boolean send(WebSocketMessage message) throws ClientException {
        Closed how = closed;
        if (how != null) {
            throw left(how);
        }
        if (state != State.OPEN || isEnded) {
            throw new IllegalStateException("a message was sent on a WebSocket that is " + state
                    + ". Fix: accept it first, and send nothing after a close");
        }
        sent += message.size();
        return wire.send(message);
    }

    private static ClientException left(Closed how) {
        return new ClientException(
                "the WebSocket was closed with code " + how.code() + " before the message was sent",
                new EOFException("closed"));
    }

    /**
     * Closes an accepted WebSocket after what was sent; {@link WebSocketListener#closed} follows. It does nothing if it is closed already.
     *
     * @param code see {@link WebSocketClose#isSendable}
     * @param reason at most 123 bytes in UTF-8
     * @throws ApplicationViolation if code or reason cannot be sent (A35)
     * @throws IllegalStateException if it was not accepted
     */
    public void close(int code, String reason) {
        WebSocketClose.check(code, reason);
        if (state == State.CONNECTING || state == State.DENIED) {
            throw new IllegalStateException(
                    "a WebSocket was closed that is " + state + ". Fix: deny what is not to be accepted");
        }
        if (state == State.OPEN) {
            state = State.CLOSING;
            if (closed == null) {
                wire.close(code, reason);
            }
        }
    }

    /** Ends the exchange: the application is done. What is still open is closed with 1000 (A35); what was never answered has failed. */
    public void end() {
        if (state == State.CONNECTING && closed == null) {
            fail(new ApplicationViolation(
                    "A31",
                    "the application's end",
                    "a WebSocket that was accepted or closed",
                    "neither",
                    "send websocket.accept or websocket.close before the application ends"));
            return;
        }
        requireFirstEnd();
        if (state == State.OPEN) {
            close(WebSocketClose.NORMAL, "");
        }
        half();
    }

    /**
     * Ends the exchange with a failure: a 500 before the WebSocket was answered, code 1011 afterwards (A35). After a denial the failure is that of the response's own exchange.
     *
     * @param failure what happened; a {@link ClientException} behind it says that it is the client's fault
     */
    public void fail(Throwable failure) {
        requireFirstEnd();
        if (state == State.CONNECTING && takeHandshake()) {
            state = State.DENIED;
            denyBy(http -> http.fail(failure));
            return;
        }
        problem = failure;
        if (state == State.OPEN) {
            isBroken = closed == null;
            close(WebSocketClose.FAILED, "");
        }
        half();
    }

    private void requireFirstEnd() {
        if (isEnded) {
            throw new IllegalStateException("a WebSocket's exchange was ended twice. Fix: end it in one place");
        }
        isEnded = true;
    }

    private void half() {
        if (halves.decrementAndGet() > 0) {
            return;
        }
        Closed how = closed;
        boolean isLost = how != null && how.code() == WebSocketClose.ABNORMAL;
        Throwable what = problem;
        Ending ending = (what != null && ClientException.isBehind(what)) || (isLost && what == null)
                ? Ending.CLIENT_LEFT
                : isBroken ? Ending.BROKEN : Ending.COMPLETE;
        EndedExchange ended = new EndedExchange(
                facts,
                !isSwitched ? 0 : isOverHttp2() ? OPENED : SWITCHED,
                headers,
                sent,
                arrival,
                System.nanoTime() - begin,
                new Outcome(ending, what));
        if (isDenied) { // the steps are told of the response's exchange
            rules.log().accept(ended);
        } else {
            rules.ended(ended);
        }
    }

    private void tellClosed() {
        Closed how = closed;
        WebSocketListener wanting = listener;
        if (how != null && wanting != null && closesToTell.getAndSet(0) == 1) {
            wanting.closed(how.code(), how.reason());
        }
    }

    private final class WireEvents implements WebSocketWire.Events {
        @Override
        public void readable() {
            WebSocketListener wanting = listener;
            if (wanting != null) {
                wanting.readable();
            }
        }

        @Override
        public void writable() {
            WebSocketListener wanting = listener;
            if (wanting != null) {
                wanting.writable();
            }
        }

        @Override
        public boolean unanswered(Duration waited) {
            return denyInPlace(http -> http.fail(new UnansweredException(waited)));
        }

        @Override
        public boolean stopped() {
            return denyInPlace(http -> http.answer(ServerAnswer.of("503 Service Unavailable", facts.requestId())));
        }

        private boolean denyInPlace(Denial denial) {
            boolean isUnanswered = takeHandshake();
            if (isUnanswered) {
                denyBy(denial);
            }
            return isUnanswered;
        }

        @Override
        public void closed(int code, String reason) {
            closed = new Closed(code, reason);
            tellClosed();
            half();
        }
    }
}
