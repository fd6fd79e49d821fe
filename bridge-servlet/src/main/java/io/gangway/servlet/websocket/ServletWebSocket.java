package io.gangway.servlet.websocket;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.WebSocketClose;
import io.gangway.exchange.WebSocketMessage;
import io.gangway.exchange.WebSocketWire;
import io.gangway.exchange.Wire;
import io.gangway.servlet.watch.ClientConnection;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket of a servlet container: first a request whose handshake waits for the application, then a connection.
 *
 * <p><b>The handshake.</b> The application decides on any thread. A container upgrades only within {@code service()}, so a request that has not been decided there is suspended, and
 * dispatched again when it is; {@link #answer} has the decision then. Nothing of the request is touched in between.
 *
 * <p><b>The connection.</b> {@link IncomingMessages} and {@link OutgoingMessages} hold up the side that is too fast. The container calls on one thread at a time; the application on any. No lock is
 * held while either is called.
 */
final class ServletWebSocket implements WebSocketWire {
    /** The application's answer to the handshake. */
    sealed interface Answer {}

    /** It accepts. */
    record Accept(@Nullable String subprotocol, List<Header> headers) implements Answer {}

    /** It gives an HTTP response. */
    record Deny(Consumer<? super Wire> response) implements Answer {}

    /** The container has ended the request before. */
    private record Gone() implements Answer {}

    /** The request is suspended, and is to be dispatched when there is an answer. */
    private record Suspended(AsyncContext context) implements Answer {}

    /** How this side has closed it first, and when. */
    private record Close(int code, String reason, long since) {}

    /** Bytes per second of a large message: slower than any client that reads. */
    private static final long MIN_RATE = 1 << 10;

    /** Most handshakes are answered by then, and their clients need no look at the system's connections. */
    private static final Duration MOST_ANSWERED = Duration.ofSeconds(1);

    /** How long a client may be held up; without an end, but its nanoseconds are a {@code long}. */
    private static final Duration MAX_HOLD = Duration.ofDays(36_500);

    /** The same where the thread reads all streams of an HTTP/2 connection: these wait as long. */
    private static final Duration MAX_SHARED_HOLD = Duration.ofSeconds(1);

    private static final byte[] PAYLOAD = {'g'};

    private final WebSockets all;
    private final @Nullable SocketReader reader;
    private final Duration maxHold;
    private final IncomingMessages incoming;
    private final OutgoingMessages outgoing;
    private final LongSupplier nanoTime;
    private final long askedSince;

    private final AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
    private final CountDownLatch answered = new CountDownLatch(1);
    /** Whether the answer is being served, or the container has ended the request before. */
    private final AtomicBoolean isTaken = new AtomicBoolean();

    private final AtomicBoolean isOver = new AtomicBoolean();

    /** Whether the end of a handshake without a client has begun; used by those who look. */
    private boolean isEndBegun;

    /** Of a suspended handshake. */
    private volatile @Nullable ClientConnection client;

    private @Nullable Events events;
    private volatile @Nullable Connection connection;
    /** This side's close; the container may report another code. */
    private final AtomicReference<@Nullable Close> ownClose = new AtomicReference<>();
    /** 0 if it has not happened, as for all times here. */
    private volatile long acceptedSince;

    private volatile long pingedSince;
    private volatile long lastPing;
    /** Whether the client is held up, so that its pongs are not read either. */
    private final AtomicBoolean isHeldUp = new AtomicBoolean();

    /** An open connection of a container. */
    interface Connection extends OutgoingMessages.Sender {
        /** Sends a ping. Returns false if that failed. */
        boolean ping(ByteBuffer payload);

        /** Ends the connection without waiting for the client. */
        void abort();
    }

    /**
     * Makes one.
     *
     * @param reader what reads its connection, if the server tells; otherwise a thread waits where the client is to be held up
     * @param isStream whether the connection has other WebSockets and requests
     */
    ServletWebSocket(WebSockets all, @Nullable SocketReader reader, boolean isStream) {
        this.all = all;
        this.reader = reader;
        this.maxHold = isStream ? MAX_SHARED_HOLD : MAX_HOLD;
        this.incoming = new IncomingMessages(all.limits());
        this.nanoTime = all.nanoTime();
        this.outgoing = new OutgoingMessages(nanoTime);
        this.askedSince = nanoTime.getAsLong();
        this.lastPing = askedSince;
    }

    private Events events() {
        return requireNonNull(events);
    }

    // What the application does, on any thread.

    @Override
    public void attach(Events wanting) {
        events = wanting;
    }

    @Override
    public void accept(@Nullable String subprotocol, List<Header> headers) {
        decide(new Accept(subprotocol, headers));
    }

    @Override
    public void deny(Consumer<? super Wire> response) {
        decide(new Deny(response));
    }

    private void decide(Answer decision) {
        Answer before = answer.getAndUpdate(now -> now instanceof Gone ? now : decision);
        answered.countDown();
        if (before instanceof Suspended suspended) {
            dispatch(suspended.context());
        }
    }

    private void dispatch(AsyncContext context) {
        try {
            context.dispatch();
        } catch (IllegalStateException e) { // the container has ended the request meanwhile
            failed();
        } catch (RuntimeException e) { // Tomcat undeploys, and knows no way to the servlet
            if (context.getResponse() instanceof HttpServletResponse response) {
                response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            }
            complete(context);
            failed();
        }
    }

    @Override
    public @Nullable WebSocketMessage receive() {
        WebSocketMessage next = incoming.next();
        readOn();
        return next;
    }

    @Override
    public boolean send(WebSocketMessage message) throws ClientException {
        if (isOver.get()) {
            throw new ClientException("the WebSocket is closed", new EOFException("closed"));
        }
        return outgoing.add(message);
    }

    @Override
    public void close(int code, String reason) {
        if (ownClose.compareAndSet(null, new Close(code, reason, nanoTime.getAsLong() | 1))) {
            outgoing.close(code, reason);
            if (isHeldUp.get()) {
                stopReceiving(); // the client's own close is behind the messages that nobody takes
            }
        }
    }

    // The handshake, on the container's thread.

    /** Whether the application has accepted or denied. */
    boolean isAnswered() {
        return answered.getCount() == 0;
    }

    /** Waits for an answer, if the request cannot be suspended: the application's, or one in its place. */
    void awaitAnswer() {
        boolean isInterrupted = false;
        while (!isAnswered()) {
            try {
                answered.await();
            } catch (InterruptedException e) { // the container stops
                isInterrupted = true;
                stop();
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Goes on when there is an answer. The request has been suspended by now. Its client may be known. */
    void suspend(@Nullable ClientConnection from, AsyncContext context) {
        client = from;
        context.addListener(new Waiting());
        if (!answer.compareAndSet(null, new Suspended(context))) {
            dispatch(context);
        }
    }

    /** Takes what the application has answered, unless the container has ended the request before. */
    Answer answer() {
        return isTaken.compareAndSet(false, true) ? requireNonNull(answer.get()) : new Gone();
    }

    /** Ends the handshake if its client has left, which no container tells in HTTP/1.1, or has it answered in the application's place, if that takes too long. */
    void lookForAnswer(long now, Predicate<ClientConnection> closedByClient) {
        Duration limit = all.limits().handshake();
        if (!isEndBegun
                && now - askedSince > MOST_ANSWERED.toNanos()
                && answer.get() instanceof Suspended suspended
                && isClientGone(closedByClient)) {
            isEndBegun = true;
            all.tell(() -> complete(suspended.context()));
        } else if (now - askedSince > limit.toNanos() && events().unanswered(limit)) {
            endElsewhere();
        }
    }

    private boolean isClientGone(Predicate<ClientConnection> closedByClient) {
        ClientConnection from = client;
        return (reader != null && reader.isClientGone()) || (from != null && closedByClient.test(from));
    }

    /** {@link #gone} follows. */
    private void complete(AsyncContext context) {
        try {
            context.complete();
        } catch (IllegalStateException e) { // it has been dispatched, or ended, meanwhile
            if (answer.get() instanceof Suspended) {
                gone();
            }
        }
    }

    /** Has the handshake answered in the application's place, because the server stops. */
    void stop() {
        if (events().stopped()) {
            endElsewhere();
        }
    }

    /** The container has ended the request: perhaps after the application has answered, but before it has dispatched the request for the answer. */
    private void gone() {
        if (isTaken.compareAndSet(false, true)) {
            answer.set(new Gone());
            failed();
        }
    }

    /** The handshake has failed; the client has, or gets, another response. */
    void failed() {
        tellClosed(WebSocketClose.ABNORMAL, "");
    }

    // The connection, on the container's threads.

    /** The container upgrades the connection now. */
    void upgrading() {
        acceptedSince = nanoTime.getAsLong() | 1;
        all.add(this);
        if (isOver.get()) { // the container has ended the request at the same time
            all.remove(this);
        }
    }

    void opened(Connection made) {
        connection = made;
        outgoing.begin(made);
        if (isOver.get()) {
            made.abort();
        }
    }

    void text(String part, boolean isLast) {
        taken(incoming.text(part, isLast));
    }

    void bytes(ByteBuffer part, boolean isLast) {
        taken(incoming.bytes(part, isLast));
    }

    private void taken(IncomingMessages.Taken what) {
        switch (what) {
            case ROOM -> {}
            case AWAITED -> events().readable();
            case TOO_LARGE -> {
                stopReceiving();
                close(WebSocketClose.TOO_LARGE, "");
            }
        }
        if (incoming.isFull()) {
            holdUp();
        }
    }

    private void holdUp() {
        if (reader != null) {
            reader.pause();
            isHeldUp.set(true);
            stopIfClosed();
            readOn(); // the application may have taken messages in between
        } else if (all.mayBlock().tryAcquire()) {
            try {
                block();
            } finally {
                all.mayBlock().release();
            }
        } else {
            refuseMore();
        }
    }

    private void block() {
        isHeldUp.set(true);
        stopIfClosed();
        try {
            if (!incoming.awaitRoom(maxHold)) {
                refuseMore();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the container stops
        } finally {
            endHold();
        }
    }

    /** Has the reader go on, if it is paused and there is room. */
    private void readOn() {
        if (reader != null && isHeldUp.get() && !incoming.isFull() && endHold()) {
            reader.resume();
        }
    }

    /** Pongs are read again. Returns whether they were not. */
    private boolean endHold() {
        pingedSince = 0;
        lastPing = nanoTime.getAsLong();
        return isHeldUp.compareAndSet(true, false);
    }

    private void stopIfClosed() {
        if (ownClose.get() != null) {
            stopReceiving();
        }
    }

    private void refuseMore() {
        stopReceiving();
        close(WebSocketClose.TRY_LATER, "");
    }

    private void stopReceiving() {
        incoming.end();
        readOn();
    }

    /** The container has taken a message, or could not send it. */
    void sent(@Nullable Throwable problem) {
        if (problem != null) {
            giveUp();
        } else if (outgoing.taken()) {
            events().writable();
        }
    }

    /** The connection is of no use any more. The application is told on another thread: it may block, and the other WebSockets must be looked after. */
    void giveUp() {
        if (endElsewhere()) {
            abort();
        }
    }

    private boolean endElsewhere() {
        boolean isFirst = end();
        if (isFirst) {
            all.tell(() -> events().closed(WebSocketClose.ABNORMAL, ""));
        }
        return isFirst;
    }

    private void abort() {
        Connection there = connection;
        if (there != null) {
            there.abort();
        }
    }

    /** The container has closed it. */
    void closed(int code, String reason) {
        Close own = ownClose.get();
        if (own == null) {
            tellClosed(code, reason);
        } else {
            tellClosed(own.code(), own.reason());
        }
    }

    /** Our own code has failed in a call of the container. */
    void failed(Throwable problem) {
        all.log(Level.ERROR, "a WebSocket is closed with code 1011, because Gangway's own code failed", problem);
        stopReceiving();
        close(WebSocketClose.FAILED, "");
    }

    private void tellClosed(int code, String reason) {
        if (end()) {
            events().closed(code, reason);
        }
    }

    /** Ends it. Returns whether it had not ended before. */
    private boolean end() {
        if (!isOver.compareAndSet(false, true)) {
            return false;
        }
        stopReceiving();
        outgoing.end();
        all.remove(this);
        return true;
    }

    /** The container has found a fault, usually of the client's; a close follows. */
    void troubled(Throwable problem) {
        all.log(Level.DEBUG, "a WebSocket's connection has failed", problem);
    }

    void ponged() {
        pingedSince = 0;
    }

    // The timer's.

    /** Gives up a client that is gone, and asks the others whether they are there. */
    void look(long now) {
        Connection there = connection;
        Close own = ownClose.get();
        if (there == null) {
            if (isPast(acceptedSince, all.times().opening(), now)) {
                giveUp();
            }
        } else if ((own != null && isPast(own.since(), all.times().closing(), now)) || isStalled(now)) {
            giveUp();
        } else if (!isHeldUp.get() && !all.limits().pingInterval().isZero()) {
            ping(there, now);
        }
    }

    private void ping(Connection there, long now) {
        if (isPast(pingedSince, all.limits().pingTimeout(), now)) {
            giveUp();
        } else if (pingedSince == 0
                && outgoing.stalled(now) == 0 // then the container would wait
                && now - lastPing >= all.limits().pingInterval().toNanos()) {
            lastPing = now;
            pingedSince = now | 1;
            if (!there.ping(ByteBuffer.wrap(PAYLOAD))) {
                giveUp();
            }
        }
    }

    /** A message of many megabytes takes its time, but not for ever. */
    private boolean isStalled(long now) {
        long stalled = outgoing.stalled(now);
        return stalled
                > all.times().closing().toNanos()
                        + all.limits().pingInterval().toNanos()
                        + all.limits().pingTimeout().toNanos()
                        + TimeUnit.SECONDS.toNanos(outgoing.stalledSize() / MIN_RATE);
    }

    private static boolean isPast(long since, Duration time, long now) {
        return since != 0 && now - since > time.toNanos();
    }

    /** What may happen while the request waits. */
    private final class Waiting implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) {
            gone(); // although it has no timeout
        }

        @Override
        public void onError(AsyncEvent event) {
            gone();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            gone();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // there is one start
        }
    }
}
