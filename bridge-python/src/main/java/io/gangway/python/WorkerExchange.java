package io.gangway.python;

import static java.util.Objects.requireNonNull;

import io.gangway.python.dispatch.AnswerListener;
import io.gangway.python.dispatch.Claim;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.RefusedException;
import io.gangway.python.dispatch.RequestFrames;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.server.SuspendableApplication.Resumption;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One exchange with a worker, as far as no thread has to wait for it.
 *
 * <p>A response that comes at once is handed on as a whole. If the worker pulls the body, offers a file, streams its response or fails
 * after the head, a {@link WorkerConversation} continues the exchange on a thread that can wait.
 */
final class WorkerExchange implements Claim, AnswerListener {
    /** Seconds after which a refused client may try again: most queues are shorter by then. */
    static final String RETRY_AFTER = "1";

    /** Max broken connections that one request may get before a worker takes it: more than a worker that died has left. */
    private static final int MAX_ATTEMPTS = 100;

    private static final List<byte[]> NOTHING = List.of();
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Dispatcher dispatcher;
    private final WorkerRequest request;
    private final RequestFrames frames;
    private final Consumer<Resumption> resume;
    private int attempts;
    private @Nullable ResponseStart start;
    /** Whether this exchange has to give the connection back. */
    private boolean isHolding;
    /** The client has the whole response; only the worker has not ended it yet. */
    private boolean isAnswered;

    /**
     * An exchange that has not begun.
     *
     * @param resume gets the pending call
     * @throws FrameEncoder.UnencodableException if the request cannot be carried
     */
    WorkerExchange(Dispatcher dispatcher, WorkerRequest request, Consumer<Resumption> resume) {
        this.dispatcher = dispatcher;
        this.request = request;
        this.frames = request.frames();
        this.resume = resume;
    }

    /** Sends the request as soon as a worker can take it. */
    void begin() {
        attempts++;
        if (attempts <= MAX_ATTEMPTS) {
            dispatcher.claim(this);
            return;
        }
        LOG.log(Level.ERROR, () -> request.name() + ": answered 502: no worker lived long enough to take it");
        resume.accept(WorkerApplication.answer(request, "502 Bad Gateway"));
    }

    /** Gives it up, if no worker has got it yet. */
    void withdraw() {
        dispatcher.withdraw(this);
    }

    @Override
    public void granted(WorkerConnection connection) {
        isHolding = true;
        connection.begin(request.event(), frames, request.name(), this);
    }

    private void release(WorkerConnection connection) {
        isHolding = false;
        dispatcher.release(connection);
    }

    @Override
    public void failed(Throwable problem) {
        resume.accept(PendingCall.failed(problem));
    }

    @Override
    public void refused(RefusedException why) {
        String status = "503 Service Unavailable";
        PendingCall answer = WorkerApplication.answer(request, status, new Header("Retry-After", RETRY_AFTER));
        resume.accept(PendingCall.whole(answer.size(), (environ, startResponse) -> {
            LOG.log(Level.WARNING, () -> request.name() + ": answered 503: " + why.getMessage());
            return answer.call(environ, startResponse);
        }));
    }

    @Override
    public void received(WorkerConnection connection, Frame frame) throws ProtocolException {
        if (isAnswered) {
            endLate(connection, frame);
            return;
        }
        switch (frame.type()) {
            case HEAD -> start = ResponseStart.of(frame);
            case DATA -> take(connection, requireNonNull(start), frame);
            case END -> answer(connection, requireNonNull(start), NOTHING);
            case ABORT -> abort(connection, frame);
            default -> converse(connection, List.of(frame)); // PULL or FILE: the table lets nothing else through
        }
    }

    private void take(WorkerConnection connection, ResponseStart head, Frame data) throws ProtocolException {
        Frame next = connection.poll();
        if (next != null && next.type() == FrameType.END) {
            answer(connection, head, List.of(data.payload()));
        } else if (next == null && head.contentLength() == data.payload().length && !request.isPulled()) {
            isAnswered = true;
            resume.accept(whole(head, List.of(data.payload())));
        } else {
            converse(connection, next == null ? List.of(data) : List.of(data, next));
        }
    }

    /** Releases the connection first, because its worker is idle now. */
    private void answer(WorkerConnection connection, ResponseStart head, List<byte[]> body) {
        try {
            release(connection);
        } finally {
            resume.accept(whole(head, body));
        }
    }

    /** A whole response. If its length is wrong, the server sends an error page or breaks off, which it must not do on the loop. */
    private PendingCall whole(ResponseStart head, List<byte[]> body) {
        GatewayApplication answer = (environ, startResponse) -> {
            head.call(startResponse);
            return body;
        };
        int size = body.isEmpty() ? 0 : body.get(0).length;
        boolean isRight = head.contentLength() < 0 || head.contentLength() == size || (size == 0 && request.isHead());
        return isRight ? PendingCall.whole(size, answer) : PendingCall.later(answer);
    }

    /** If the application failed before its head was sent, the exchange is over; after the head, the server decides how to end the response. */
    private void abort(WorkerConnection connection, Frame frame) throws ProtocolException {
        if (start != null) {
            converse(connection, List.of(frame));
            return;
        }
        Exception problem = PythonApplicationException.of(frame);
        release(connection);
        resume.accept(PendingCall.failed(problem));
    }

    private void converse(WorkerConnection connection, List<Frame> early) {
        try {
            connection.takeOver();
        } catch (IOException e) {
            ended(connection, null);
            return;
        }
        WorkerConversation conversation = new WorkerConversation(dispatcher, connection, request, start, early);
        PendingCall pending =
                PendingCall.later((environ, startResponse) -> conversation.run(startResponse), conversation::finish);
        isHolding = false;
        try {
            resume.accept(pending);
        } catch (RuntimeException | Error e) {
            pending.drop();
            throw e;
        }
    }

    /** The worker sent a frame after the last byte of the response: this can only be logged. */
    private void endLate(WorkerConnection connection, Frame frame) throws ProtocolException {
        if (frame.type() == FrameType.ABORT) {
            Exception problem = PythonApplicationException.of(frame);
            LOG.log(Level.ERROR, () -> request.name() + ": answered, but failed afterwards: " + problem.getMessage());
        } else if (frame.type() != FrameType.END) {
            LOG.log(
                    Level.ERROR,
                    () -> request.name() + ": answered, but W63: the application went on where its Content-Length had"
                            + " ended. Fix: send the length that the body has, in bytes");
        }
        release(connection);
    }

    @Override
    public void ended(WorkerConnection connection, @Nullable ProtocolException fault) {
        release(connection);
        if (isAnswered) {
            LOG.log(
                    Level.ERROR,
                    () -> request.name() + ": answered, but worker "
                            + connection.worker().pid() + " did not end the exchange");
        } else if (fault == null && !connection.isTimedOut() && !connection.isTaken()) {
            begin();
        } else {
            WorkerLoss loss = new WorkerLoss(connection, request, fault);
            resume.accept(PendingCall.later((environ, startResponse) -> loss.answer(startResponse)));
        }
    }

    @Override
    public void failed(WorkerConnection connection, Throwable problem) {
        try {
            if (isHolding) {
                release(connection);
            }
        } finally {
            if (isAnswered) {
                LOG.log(Level.ERROR, request.name() + ": answered, but then something in Gangway failed", problem);
            } else {
                resume.accept(PendingCall.failed(problem)); // has no effect if it has been resumed before
            }
        }
    }
}
