package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ServerAnswer;
import io.gangway.exchange.WebSocketExchange;
import io.gangway.exchange.WebSocketListener;
import io.gangway.exchange.WebSocketMessage;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket with a worker: the claim, the scope, and messages in both directions (A30-A36). What {@link WorkerExchange} is for a request.
 *
 * <p>Nothing waits here. Messages of the client are taken one by one, as long as the worker reads them; those of the worker as long as the client does. Once a worker is granted,
 * everything happens on the connection's loop. The worker is told of the WebSocket's end once, by CLOSE, and it ends the exchange itself; the connection is given back when both
 * have been said.
 */
final class WorkerWebSocket implements WorkerLease.Holder, WebSocketListener {
    /** The server is restarting (RFC 6455's registry of close codes). */
    private static final int RESTART = 1012;

    /** The code that the worker is told when the application has ended the WebSocket. */
    private static final int NORMAL = 1000;

    /** Max bytes of a response in place of a WebSocket, which is held until it is complete: an error page. */
    private static final int MAX_DENIAL = 1 << 20;

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final WorkerLease lease;
    private final WebSocketExchange exchange;
    private final WorkerRequest request;

    private volatile @Nullable Closed closed;

    // Used by the loop.

    private boolean isAccepted;
    private boolean isPaused;
    private boolean isEnded;
    private boolean isRestarting;
    /** Whether the worker has been told that the client sends nothing more. */
    private boolean isCloseTold;
    /** What the worker has not got whole yet. */
    private @Nullable Giving giving;

    /** The beginning of a message of the worker. */
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream(0);

    /** The response that denies the WebSocket, while it is incomplete. */
    private @Nullable Denial denial;

    private record Closed(int code, String reason) {}

    /** A message of the client, which a worker gets frame by frame: a large one only as fast as it reads. */
    private static final class Giving {
        private final FrameType type;
        private final byte[] payload;
        private int start;

        Giving(WebSocketMessage message) {
            type = message instanceof WebSocketMessage.Text ? FrameType.TEXT : FrameType.BINARY;
            payload = message instanceof WebSocketMessage.Text text
                    ? text.text().getBytes(UTF_8)
                    : ((WebSocketMessage.Binary) message).data();
        }

        /** Sends the next frame. Returns whether it was the last. */
        boolean sendNext(WorkerConnection serving) {
            int length = Math.min(payload.length - start, Frame.MAX_PAYLOAD);
            boolean isLast = start + length == payload.length;
            byte[] frame = FrameEncoder.bytes(isLast ? type : FrameType.PART, payload, start, length);
            start += length;
            serving.send(Event.MESSAGE_CLIENT, ByteBuffer.wrap(frame));
            return isLast;
        }
    }

    /** A response in place of the WebSocket. */
    private record Denial(String status, List<Header> headers, ByteArrayOutputStream body) {
        void answer(Exchange http) {
            try {
                http.head(ResponseHead.DENIAL_START, status, headers, false);
                byte[] all = body.toByteArray();
                http.supplyLength(all.length);
                http.write(all, 0, all.length, false);
                http.end();
            } catch (ClientException | RuntimeException e) {
                http.fail(e);
            }
        }
    }

    WorkerWebSocket(Dispatcher dispatcher, WebSocketExchange exchange) {
        this.lease = new WorkerLease(dispatcher, this);
        this.exchange = exchange;
        this.request = WorkerRequest.ofWebSocket(exchange.facts());
    }

    /** Sends the scope as soon as a worker can take it. */
    void begin() {
        exchange.listen(this);
        lease.claim(request);
    }

    @Override
    public void claimed() {
        withdrawIfClosed();
    }

    /** The client may leave while the request is on its way into the queue: whoever comes second finds it there. */
    private void withdrawIfClosed() {
        if (closed != null && lease.withdraw()) {
            end();
        }
    }

    @Override
    public void granted(WorkerConnection serving) {
        if (closed != null) {
            lease.onLoop(this::giveOn);
        }
        if (serving.worker().isRetired()) {
            lease.onLoop(lease::retiring);
        }
    }

    // The client, on any thread.

    @Override
    public void readable() {
        lease.onLoop(this::giveOn);
    }

    @Override
    public void writable() {
        lease.onLoop(serving -> {
            if (isPaused && lease.isHeld()) {
                isPaused = false;
                serving.resume();
            }
        });
    }

    @Override
    public void closed(int code, String reason) {
        closed = new Closed(code, reason);
        withdrawIfClosed();
        lease.onLoop(serving -> {
            giveOn(serving);
            if (isPaused && lease.isHeld()) { // nobody will make room any more
                isPaused = false;
                serving.resume();
            }
        });
    }

    // The messages of the client, on the loop.

    /** Gives the worker what has come, while it reads (A36), and after the last message the end. */
    private void giveOn(WorkerConnection serving) {
        while (lease.isHeld() && isAccepted && !isCloseTold && serving.isAllWritten()) {
            Closed how = closed; // read first: what comes before it is still given
            WebSocketMessage message = giving == null ? exchange.receive() : null;
            if (message != null) {
                giving = new Giving(message);
            }
            if (giving != null) {
                giving = giving.sendNext(serving) ? null : giving;
            } else if (how != null) {
                tellClose(serving, how);
            } else {
                return;
            }
        }
        Closed how = closed;
        if (lease.isHeld() && !isAccepted && !isCloseTold && how != null) {
            tellClose(serving, how);
        }
    }

    private void tellClose(WorkerConnection serving, Closed how) {
        isCloseTold = true;
        String reason = how.reason().replace('\0', '\ufffd');
        serving.send(
                Event.CLOSE_CLIENT,
                ByteBuffer.wrap(FrameEncoder.fields(FrameType.CLOSE, List.of(Integer.toString(how.code()), reason))));
    }

    @Override
    public void written(WorkerConnection serving) {
        giveOn(serving);
    }

    /** The worker is being replaced, or the application stopped: the client may connect again. */
    @Override
    public void retiring(WorkerConnection serving) {
        if (isAccepted) {
            isRestarting = true;
            lease.attempt(() -> exchange.close(RESTART, "the server is restarting"));
        } else if (denial == null && !exchange.isAnswered()) {
            lease.release();
            answer(ServerAnswer.of("503 Service Unavailable", request.id()));
        }
    }

    // The worker's frames.

    @Override
    public void received(WorkerConnection serving, Frame frame) throws ProtocolException {
        switch (frame.type()) {
            case ACCEPT -> accept(serving, frame.fields());
            case PART -> parts.writeBytes(frame.payload());
            case TEXT, BINARY -> message(serving, frame);
            case CLOSE -> close(frame.fields(2));
            case HEAD -> {
                List<String> fields = frame.fields();
                denial = new Denial(fields.get(0), WorkerExchange.headers(fields), new ByteArrayOutputStream());
            }
            case DATA -> data(frame.payload());
            case END -> {
                Denial response = denial;
                finish(serving);
                if (response != null) {
                    exchange.deny(response::answer);
                }
                end();
            }
            case ABORT -> {
                Exception problem = problem(frame);
                if (denial == null) {
                    finish(serving);
                } else {
                    lease.release(); // the table closes it
                }
                fail(problem);
            }
            default -> throw new ProtocolException(frame.type() + " for a WebSocket");
        }
    }

    /** Subprotocol, name, value… */
    private void accept(WorkerConnection serving, List<String> fields) throws ProtocolException {
        if (fields.size() % 2 == 0) {
            throw new ProtocolException("ACCEPT of " + fields.size() + " fields");
        }
        String subprotocol = fields.get(0);
        if (lease.attempt(
                () -> exchange.accept(subprotocol.isEmpty() ? null : subprotocol, WorkerExchange.headers(fields)))) {
            isAccepted = true;
            giveOn(serving);
        }
    }

    private void message(WorkerConnection serving, Frame frame) throws ProtocolException {
        byte[] payload = frame.payload();
        if (parts.size() > 0) {
            parts.writeBytes(payload);
            payload = parts.toByteArray();
            parts.reset();
        }
        WebSocketMessage message = frame.type() == FrameType.TEXT
                ? new WebSocketMessage.Text(text(payload))
                : new WebSocketMessage.Binary(payload);
        if (isRestarting || closed != null) {
            return; // the worker has not read yet that nobody gets it
        }
        lease.attempt(() -> {
            try {
                if (!exchange.send(message)) {
                    isPaused = true;
                    serving.pause();
                }
            } catch (ClientException e) {
                LOG.log(Level.DEBUG, () -> request.name() + ": " + e.getMessage()); // closed() tells the worker
            }
        });
    }

    private static String text(byte[] payload) throws ProtocolException {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
        } catch (CharacterCodingException e) {
            throw new ProtocolException("a TEXT that is not UTF-8");
        }
    }

    private void close(List<String> fields) throws ProtocolException {
        int code;
        try {
            code = Integer.parseInt(fields.get(0));
        } catch (NumberFormatException e) {
            throw new ProtocolException("CLOSE without a code");
        }
        lease.attempt(() -> {
            if (isAccepted) {
                exchange.close(code, fields.get(1));
            } else {
                exchange.deny();
            }
        });
    }

    private void data(byte[] block) throws ProtocolException {
        Denial response = denial;
        if (response == null || response.body().size() + (long) block.length > MAX_DENIAL) {
            throw new ProtocolException("a response of more than " + MAX_DENIAL + " bytes in place of a WebSocket");
        }
        response.body().writeBytes(block);
    }

    private Exception problem(Frame abort) throws ProtocolException {
        Closed how = closed;
        Exception told = PythonApplicationException.of(abort);
        return abort.fields(3).get(0).equals("client") && how != null
                ? new ClientException("the client closed the WebSocket before the answer", told)
                : told;
    }

    /** The worker has said its last word: it hears ours, and the connection is free. */
    private void finish(WorkerConnection serving) {
        if (!isCloseTold) {
            Closed how = closed;
            tellClose(serving, how == null ? new Closed(NORMAL, "") : how);
        }
        lease.release();
    }

    // The end.

    @Override
    public boolean isEnded() {
        return isEnded;
    }

    @Override
    public boolean isCommitted() {
        return isAccepted;
    }

    @Override
    public void breakOff(WorkerDiedException why) {
        fail(why);
    }

    @Override
    public void answer(ServerAnswer answer) {
        if (!exchange.isAnswered()) {
            exchange.deny(http -> http.answer(answer));
        }
        end();
    }

    private void end() {
        isEnded = true;
        exchange.end();
    }

    @Override
    public void fail(Throwable problem) {
        isEnded = true;
        exchange.fail(problem);
    }
}
