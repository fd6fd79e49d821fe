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
 * One exchange with a worker, as far as nobody has to wait for it.
 *
 * <p>A response that comes at once is handed on as a whole. Everything else, be it a body that the worker asks for, a file, a stream or
 * a failure, is a {@link WorkerConversation} for a thread that can wait.
 */
final class WorkerExchange implements Claim, AnswerListener {
    /** Seconds after which a refused client may come again: a moment is what most queues need. */
    static final String RETRY_AFTER = "1";

    /** Broken connections that one request may meet before any worker took it: all those of a worker that died, and more. */
    private static final int MOST_ATTEMPTS = 100;

    private static final List<byte[]> NOTHING = List.of();
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Dispatcher dispatcher;
    private final WorkerRequest request;
    private final RequestFrames frames;
    private final Consumer<Resumption> resume;
    private int attempts;
    private @Nullable ResponseStart start;
    /** Whether the connection is to be given back by this exchange. */
    private boolean isHolding;
    /** The client has the whole response; only the worker has not ended it yet. */
    private boolean isAnswered;

    /**
     * An exchange that has not begun.
     *
     * @param resume told how it goes on
     * @throws FrameEncoder.UnencodableException if the request cannot be carried
     */
    WorkerExchange(Dispatcher dispatcher, WorkerRequest request, Consumer<Resumption> resume) {
        this.dispatcher = dispatcher;
        this.request = request;
        this.frames = request.frames();
        this.resume = resume;
    }

    /** Sends the request, as soon as a worker can take it. */
    void begin() {
        attempts++;
        if (attempts <= MOST_ATTEMPTS) {
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
        resume.accept(Rest.failed(problem));
    }

    @Override
    public void refused(RefusedException why) {
        String status = "503 Service Unavailable";
        Rest answer = WorkerApplication.answer(request, status, new Header("Retry-After", RETRY_AFTER));
        resume.accept(Rest.whole(answer.size(), (environ, startResponse) -> {
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

    /** The connection first: its worker has nothing to do. */
    private void answer(WorkerConnection connection, ResponseStart head, List<byte[]> body) {
        try {
            release(connection);
        } finally {
            resume.accept(whole(head, body));
        }
    }

    /** A wrong length is told by an error page, or by breaking off: not on the loop. */
    private Rest whole(ResponseStart head, List<byte[]> body) {
        GatewayApplication answer = (environ, startResponse) -> {
            head.call(startResponse);
            return body;
        };
        int size = body.isEmpty() ? 0 : body.get(0).length;
        boolean isRight = head.contentLength() < 0 || head.contentLength() == size || (size == 0 && request.isHead());
        return isRight ? Rest.whole(size, answer) : Rest.later(answer);
    }

    /** An application that failed before its head had left the worker is done with; after it, the server has a say. */
    private void abort(WorkerConnection connection, Frame frame) throws ProtocolException {
        if (start != null) {
            converse(connection, List.of(frame));
            return;
        }
        Exception problem = PythonApplicationException.of(frame);
        release(connection);
        resume.accept(Rest.failed(problem));
    }

    private void converse(WorkerConnection connection, List<Frame> early) {
        try {
            connection.takeOver();
        } catch (IOException e) {
            ended(connection, null);
            return;
        }
        WorkerConversation conversation = new WorkerConversation(dispatcher, connection, request, start, early);
        Rest rest = Rest.later((environ, startResponse) -> conversation.run(startResponse), conversation::finish);
        isHolding = false;
        try {
            resume.accept(rest);
        } catch (RuntimeException | Error e) {
            rest.drop();
            throw e;
        }
    }

    /** After the last byte of the response: what the worker does now concerns nobody but the log. */
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
                            + connection.worker().pid() + " did not come to the end of it");
        } else if (fault == null && !connection.isTimedOut() && !connection.isTaken()) {
            begin();
        } else {
            WorkerLoss loss = new WorkerLoss(connection, request, fault);
            resume.accept(Rest.later((environ, startResponse) -> loss.answer(startResponse)));
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
                resume.accept(Rest.failed(problem)); // of no effect where it has been resumed before
            }
        }
    }
}
