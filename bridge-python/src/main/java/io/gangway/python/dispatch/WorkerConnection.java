package io.gangway.python.dispatch;

import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.ExchangeState;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameDecoder;
import io.gangway.python.protocol.ProtocolException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One exchange connection of a worker: frames over a socket, one exchange at a time.
 *
 * <p>Who owns it changes in the course of an exchange:
 *
 * <ol>
 *   <li>idle, it belongs to the dispatcher, and its loop watches for its end;
 *   <li>whoever was granted it calls {@link #begin}, on any thread, and then no more;
 *   <li>the loop reads the answer, frame by frame, and a {@link AnswerListener} takes them;
 *   <li>an answer that has to be waited for by a thread is taken over by one ({@link #takeOver}): from then on {@link #send},
 *       {@link #receive} and {@link #poll} are that thread's, and block;
 *   <li>{@link Dispatcher#release} ends the exchange.
 * </ol>
 *
 * <p>Nothing is read before the request has been written. What other threads may call says so.
 */
public final class WorkerConnection {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");
    private static final long NOT_WAITING = 0;

    private final Dispatcher dispatcher;
    private final ServingWorker worker;
    private final int slot;
    private final SocketChannel channel;
    private final FrameDecoder decoder;
    private final ExchangeState state = new ExchangeState();
    private final AtomicReference<Writing> writing = new AtomicReference<>(Writing.DONE);

    /** What is left of a request that the kernel did not take at once. For the loop. */
    private ByteBuffer @Nullable [] unsent;

    private volatile @Nullable SelectionKey key;
    private volatile @Nullable AnswerListener listener;
    private int sequence;

    private volatile long waitingSince = NOT_WAITING;
    private volatile boolean isTimedOut;
    private volatile String request = "";

    /** Where the request stands: for a worker can be so quick that its answer is there before its request's sender is back. */
    private enum Writing {
        DONE,
        UNDER_WAY,
        /** The loop has seen an answer meanwhile, and looks away until it is done. */
        AWAITED
    }

    /**
     * A connection whose HELLO has been read; to be added to the dispatcher by {@link #join}.
     *
     * @param dispatcher whose loop watches it
     * @param worker whose it is
     * @param slot its number, from 0
     * @param channel registered nowhere; belongs to this connection
     * @param decoder what the HELLO was read with
     */
    public WorkerConnection(
            Dispatcher dispatcher, ServingWorker worker, int slot, SocketChannel channel, FrameDecoder decoder) {
        this.dispatcher = dispatcher;
        this.worker = worker;
        this.slot = slot;
        this.channel = channel;
        this.decoder = decoder;
    }

    /**
     * Whose it is.
     *
     * @return the worker
     */
    public ServingWorker worker() {
        return worker;
    }

    int slot() {
        return slot;
    }

    // Idle.

    /**
     * Has the loop watch it, and adds it to the dispatcher then. Any thread may call it, once.
     *
     * @param joined called then, on the loop
     */
    public void join(Runnable joined) {
        Runnable add = () -> {
            dispatcher.add(this);
            joined.run();
        };
        // The end of the connection that had its slot before is seen first: it asks whether that one's request had been
        // taken.
        if (!dispatcher.loop().executeAfterReading(() -> watchAnd(add))) {
            closeChannel();
        }
    }

    /** After it was taken over: the loop watches it again, and the exchange ends then. Any thread may call it. */
    void returnToLoop() {
        if (!dispatcher.loop().executeAfterReading(() -> watchAnd(() -> dispatcher.release(this)))) {
            closeChannel();
            dispatcher.release(this);
        }
    }

    private void watchAnd(Runnable then) {
        try {
            key = dispatcher.loop().register(channel, SelectionKey.OP_READ, this::ready);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a worker's connection was closed before it could be used", e);
            closeChannel();
        }
        then.run();
    }

    // The request.

    /**
     * Begins an exchange; to be called once it was granted, by any thread. Returns without waiting, also if the connection is broken.
     * If it throws, the exchange has not begun, and the listener is not told.
     *
     * @param event which kind of REQUEST
     * @param frames REQUEST, encoded, and for a pushed one its body
     * @param name of the request, for messages
     * @param awaiting who is told of the answer
     */
    public void begin(Event event, RequestFrames frames, String name, AnswerListener awaiting) {
        sequence = worker.nextSequence(slot);
        request = name;
        isTimedOut = false;
        ByteBuffer[] buffers;
        try {
            state.take(event);
            if (event == Event.REQUEST_PUSHED) {
                state.take(Event.BODY);
                state.take(Event.BODY_END);
            }
            buffers = frames.numbered(sequence);
        } catch (ProtocolException e) {
            throw new IllegalStateException("a request on a connection that is not idle", e);
        }
        waitingSince = System.nanoTime() | 1;
        writing.set(Writing.UNDER_WAY);
        listener = awaiting;
        try {
            channel.write(buffers);
            if (buffers[buffers.length - 1].hasRemaining()) {
                dispatcher.loop().executeAlways(() -> writeRest(awaiting, buffers));
            } else if (!writing.compareAndSet(Writing.UNDER_WAY, Writing.DONE)) {
                dispatcher.loop().executeAlways(() -> listenAgain(awaiting));
            }
        } catch (IOException e) {
            dispatcher.loop().executeAlways(() -> end(awaiting, null));
        } catch (RuntimeException | Error e) { // from here on, the listener is told, and not the caller
            dispatcher.loop().executeAlways(() -> awaiting.failed(this, e));
        }
    }

    private void writeRest(AnswerListener awaiting, ByteBuffer[] buffers) {
        if (listener != awaiting) {
            return;
        }
        try {
            channel.write(buffers);
            if (buffers[buffers.length - 1].hasRemaining()) {
                unsent = buffers;
                interestedIn(SelectionKey.OP_WRITE);
            } else {
                unsent = null;
                listenAgain(awaiting);
            }
        } catch (IOException e) {
            end(awaiting, null);
        }
    }

    private void listenAgain(AnswerListener awaiting) {
        if (listener == awaiting) {
            writing.set(Writing.DONE);
            interestedIn(SelectionKey.OP_READ);
        }
    }

    private void interestedIn(int operation) {
        SelectionKey registered = key;
        if (registered != null && registered.isValid()) {
            registered.interestOps(operation);
        }
    }

    // The answer, on the loop.

    private void ready() {
        AnswerListener awaiting = listener;
        if (awaiting == null) {
            dispatcher.lost(this); // an idle worker has nothing to say
        } else if (unsent != null) {
            writeRest(awaiting, unsent);
        } else if (writing.compareAndSet(Writing.UNDER_WAY, Writing.AWAITED) || writing.get() == Writing.AWAITED) {
            interestedIn(0);
        } else {
            read(awaiting);
        }
    }

    private void read(AnswerListener awaiting) {
        try {
            int count = decoder.receive(channel::read);
            waitingSince = System.nanoTime() | 1;
            Frame frame = poll();
            while (frame != null) {
                awaiting.received(this, frame);
                frame = listener == awaiting ? poll() : null;
            }
            if (count < 0) {
                end(awaiting, null);
            }
        } catch (ProtocolException e) {
            end(awaiting, e);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a worker's connection broke", e);
            end(awaiting, null);
        } catch (RuntimeException | Error e) {
            awaiting.failed(this, e);
        }
    }

    private void end(AnswerListener awaiting, @Nullable ProtocolException fault) {
        if (listener == awaiting) {
            closeChannel();
            stopListening();
            try {
                awaiting.ended(this, fault);
            } catch (RuntimeException | Error e) {
                awaiting.failed(this, e);
            }
        }
    }

    private void stopListening() {
        listener = null;
        waitingSince = NOT_WAITING;
    }

    /** Ends an exchange whose answer is still awaited. Any thread may call it. */
    void giveUp() {
        AnswerListener awaiting = listener;
        if (awaiting != null) {
            dispatcher.loop().executeAlways(() -> end(awaiting, null));
        }
    }

    /**
     * Takes the connection from the loop, for a thread that can wait. On the loop.
     *
     * @throws IOException if it is broken
     */
    public void takeOver() throws IOException {
        SelectionKey registered = key;
        stopListening();
        key = null;
        if (registered != null) {
            registered.cancel();
        }
        channel.configureBlocking(true);
    }

    boolean isTakenOver() {
        return key == null;
    }

    // The answer, on the thread that took it over.

    /**
     * Sends a frame.
     *
     * @param event what it means
     * @param frame encoded
     * @throws IOException if the connection is broken
     */
    public void send(Event event, byte[] frame) throws IOException {
        state.take(event);
        ByteBuffer buffer = ByteBuffer.wrap(frame);
        waitingSince = System.nanoTime() | 1;
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } finally {
            waitingSince = NOT_WAITING;
        }
    }

    /**
     * The next frame that the worker sent.
     *
     * @return null if the connection ended
     * @throws ProtocolException if it is out of place
     * @throws IOException if the connection is broken
     */
    public @Nullable Frame receive() throws IOException {
        Frame frame = decoder.next();
        if (frame == null) {
            waitingSince = System.nanoTime() | 1;
            try {
                do {
                    if (decoder.receive(channel::read) < 0) {
                        return null;
                    }
                    frame = decoder.next();
                } while (frame == null);
            } finally {
                waitingSince = NOT_WAITING;
            }
        }
        return taken(frame);
    }

    /**
     * The next frame, if it is here already. The loop may ask too, while an answer is being received.
     *
     * @return null if it is not
     * @throws ProtocolException if it is out of place
     */
    public @Nullable Frame poll() throws ProtocolException {
        Frame frame = decoder.next();
        return frame == null ? null : taken(frame);
    }

    private Frame taken(Frame frame) throws ProtocolException {
        state.take(
                switch (frame.type()) {
                    case PULL -> Event.PULL;
                    case HEAD -> Event.HEAD;
                    case DATA -> Event.DATA;
                    case FILE -> Event.FILE;
                    case END -> Event.END;
                    case ABORT -> Event.ABORT;
                    default -> throw new ProtocolException(frame.type() + " from a worker on an exchange connection");
                });
        return frame;
    }

    // The end.

    /** Called by the dispatcher, when the exchange is over: whether another may follow. */
    boolean isReusable() {
        if (key != null) {
            stopListening();
        }
        return state.isIdle() && decoder.isBetweenFrames() && channel.isOpen();
    }

    /**
     * Whether the worker may have called the application for the request that was sent last.
     *
     * @return false only if it certainly did not
     */
    public boolean isTaken() {
        return worker.hasTaken(slot, sequence);
    }

    /**
     * Since when the exchange has been waiting for the worker. Any thread may ask.
     *
     * @return in terms of {@link System#nanoTime}; 0 if it does not wait
     */
    public long waitingSince() {
        return waitingSince;
    }

    /** Marks the exchange as one that took too long. Any thread may call it. */
    public void timeOut() {
        isTimedOut = true;
    }

    /**
     * Whether the exchange took too long.
     *
     * @return true once {@link #timeOut} was called for it
     */
    public boolean isTimedOut() {
        return isTimedOut;
    }

    /**
     * What is being served, for messages. Any thread may ask.
     *
     * @return request id, method and path, quoted
     */
    public String request() {
        return request;
    }

    /** Closes it; a thread that waits on it fails, and who listens is told. Any thread may call it, more than once. */
    public void close() {
        closeChannel();
        AnswerListener awaiting = listener;
        // In any case: a channel that a selector knows is closed when that looks at it.
        dispatcher.loop().executeAlways(() -> {
            if (awaiting != null) {
                end(awaiting, null);
            }
        });
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a worker's connection", e);
        }
    }
}
