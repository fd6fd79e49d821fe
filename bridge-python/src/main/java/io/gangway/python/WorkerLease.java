package io.gangway.python;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.ServerAnswer;
import io.gangway.python.dispatch.AnswerListener;
import io.gangway.python.dispatch.Claim;
import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.RefusedException;
import io.gangway.python.dispatch.RequestFrames;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One exchange's lease of a worker's connection: the claim, made again until a worker takes the request; the release, once; and the end of an exchange whose worker is lost.
 *
 * <p>Until a worker is granted, it is in the dispatcher's queue. After that, everything happens on the connection's loop.
 */
final class WorkerLease implements Claim, AnswerListener {
    /** Seconds after which a refused client may try again: most queues are shorter by then. */
    static final Header RETRY_AFTER = new Header("Retry-After", "1");

    /** Max broken connections that one request may get before a worker takes it: more than a worker that died has left. */
    private static final int MAX_ATTEMPTS = 100;

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final Dispatcher dispatcher;
    private final Holder holder;

    private @Nullable WorkerRequest request;
    private @Nullable RequestFrames frames;
    private int attempts;
    private volatile @Nullable WorkerConnection connection;

    // Used by the loop.

    private boolean isHeld;
    /** Whether anything of an answer has come: then it is too late for another worker. */
    private boolean isBegun;

    /** The exchange that holds a lease. */
    interface Holder {
        /** The request is in the queue, or has been granted or refused: a client that left before can be told of now. */
        void claimed();

        /**
         * The request has been sent.
         *
         * @param serving leased from now on
         */
        void granted(WorkerConnection serving);

        /** A frame has come, as {@link AnswerListener#received} says. */
        void received(WorkerConnection serving, Frame frame) throws ProtocolException;

        /** As {@link AnswerListener#written}. */
        default void written(WorkerConnection serving) {}

        /** As {@link AnswerListener#retiring}. */
        default void retiring(WorkerConnection serving) {}

        /** Ends the exchange if that takes no worker any more, which has been lost. Returns whether it does. */
        default boolean endsAlone(WorkerConnection serving) {
            return false;
        }

        /** Whether the exchange has ended. */
        boolean isEnded();

        /** Whether something has been sent to the client. */
        boolean isCommitted();

        /** Ends the exchange with an answer of the server; nothing has been sent to the client. */
        void answer(ServerAnswer answer);

        /** Ends the exchange of which something has been sent to the client, when it has that. */
        void breakOff(WorkerDiedException why);

        /** Ends the exchange with a failure. */
        void fail(Throwable problem);
    }

    /**
     * A lease that is not claimed yet.
     *
     * @param holder told of everything
     */
    WorkerLease(Dispatcher dispatcher, Holder holder) {
        this.dispatcher = dispatcher;
        this.holder = holder;
    }

    /** Sends a request as soon as a worker can take it. */
    void claim(WorkerRequest wanted) {
        request = wanted;
        try {
            frames = wanted.frames();
        } catch (RuntimeException e) { // a text that no frame can carry
            holder.fail(e);
            return;
        }
        claim();
    }

    private void claim() {
        attempts++;
        connection = null;
        if (attempts <= MAX_ATTEMPTS) {
            dispatcher.claim(this);
            holder.claimed();
            return;
        }
        LOG.log(Level.ERROR, () -> name() + ": answered 502: no worker lived long enough to take it");
        holder.answer(ServerAnswer.of("502 Bad Gateway", request().id()));
    }

    private WorkerRequest request() {
        return requireNonNull(request);
    }

    private String name() {
        return request().name();
    }

    /** Takes the claim back. Returns whether it was in the queue: otherwise it has been granted or refused, or is just being. */
    boolean withdraw() {
        return dispatcher.withdraw(this);
    }

    @Override
    public void granted(WorkerConnection free) {
        WorkerRequest sent = request();
        RequestFrames fitting = framesFor(free);
        connection = free;
        isHeld = true;
        free.begin(sent.event(), fitting, sent.name(), this);
        holder.granted(free);
    }

    /** A reload may have replaced a WSGI application by an ASGI application since the request came, or the other way around. */
    private RequestFrames framesFor(WorkerConnection free) {
        boolean isAsgi = free.worker().isAsgi();
        return isAsgi == request().isAsgi()
                ? requireNonNull(frames)
                : request().as(isAsgi).frames();
    }

    @Override
    public void refused(RefusedException why) {
        dispatcher.refusals().log(name() + ": answered 503: " + why.getMessage());
        holder.answer(ServerAnswer.of("503 Service Unavailable", request().id(), RETRY_AFTER));
    }

    @Override
    public void failed(Throwable problem) {
        isHeld = false;
        holder.fail(problem);
    }

    /**
     * Does something on the loop, unless the request has been claimed again by then. Any thread may call it.
     *
     * @return false if no worker has been granted
     */
    boolean onLoop(Consumer<WorkerConnection> task) {
        WorkerConnection serving = connection;
        if (serving == null) {
            return false;
        }
        serving.execute(() -> {
            if (connection == serving) {
                task.accept(serving);
            }
        });
        return true;
    }

    // On the loop.

    /** Whether the connection is still to be released. */
    boolean isHeld() {
        return isHeld;
    }

    /** Gives the connection back, if that has not been done. */
    void release() {
        if (isHeld) {
            isHeld = false;
            dispatcher.release(requireNonNull(connection));
        }
    }

    /** A part of an exchange that fails if the client has left, or if the application has broken a rule. */
    @FunctionalInterface
    interface Part {
        void run() throws IOException;
    }

    /** Returns whether it was done; if not, the exchange has failed. */
    boolean attempt(Part part) {
        try {
            part.run();
            return true;
        } catch (IOException | RuntimeException e) {
            release();
            holder.fail(e);
            return false;
        }
    }

    @Override
    public void received(WorkerConnection serving, Frame frame) throws ProtocolException {
        isBegun = true;
        holder.received(serving, frame);
    }

    @Override
    public void written(WorkerConnection serving) {
        holder.written(serving);
    }

    @Override
    public void retiring(WorkerConnection serving) {
        if (isHeld && connection == serving) {
            holder.retiring(serving);
        }
    }

    @Override
    public void ended(WorkerConnection serving, @Nullable ProtocolException fault) {
        release();
        if (!isBegun && fault == null && !serving.isTimedOut() && !serving.isTaken()) {
            claim();
        } else if (!holder.endsAlone(serving)) {
            WorkerLoss loss = new WorkerLoss(serving, fault);
            if (loss.needsReport()) {
                dispatcher.awaitEnd(serving, report -> lost(loss, report));
            } else {
                lost(loss, Optional.empty());
            }
        }
    }

    /** The answer in place of the worker's. A worker that dies may have had hundreds of exchanges. */
    private void lost(WorkerLoss loss, Optional<WorkerEnd> report) {
        String happened = loss.inWords(report);
        boolean isEnded = holder.isEnded(); // the client has left meanwhile, or has all that it can get
        boolean isCommitted = holder.isCommitted();
        String what = isEnded ? "ended, but " : isCommitted ? "broken off: " : "answered " + loss.code() + ": ";
        loss.log(name() + ": " + what + happened);
        if (isEnded) {
            return;
        }
        if (isCommitted) {
            holder.breakOff(new WorkerDiedException(happened));
        } else {
            holder.answer(ServerAnswer.of(loss.status(), request().id()));
        }
    }

    @Override
    public void failed(WorkerConnection serving, Throwable problem) {
        try {
            release();
        } finally {
            if (holder.isEnded()) {
                LOG.log(Level.ERROR, name() + ": ended, but then something in Gangway failed", problem);
            } else {
                holder.fail(problem);
            }
        }
    }
}
