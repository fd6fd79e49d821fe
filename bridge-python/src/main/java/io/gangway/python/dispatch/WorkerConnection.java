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
 * <p>Its owner changes in the course of an exchange:
 *
 * <ol>
 *   <li>while it is idle, it belongs to the dispatcher, whose loop watches for its end;
 *   <li>the claim that was granted it calls {@link #begin}, on any thread, and then no other method;
 *   <li>the loop reads the answer, frame by frame, and an {@link AnswerListener} takes the frames;
 *   <li>where a thread has to wait for the answer, it takes the connection over ({@link #takeOver}): from then on {@link #send},
 *       {@link #receive} and {@link #poll} belong to that thread, and the first two block;
 *   <li>{@link Dispatcher#release} ends the exchange.
 * </ol>
 *
 * <p>Nothing is read before the request has been written. Methods that any thread may call say so.
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

    /** The part of a request that the kernel has not taken yet. Only the loop uses it. */
    private ByteBuffer @Nullable [] unsent;

    private volatile @Nullable SelectionKey key;
    private volatile @Nullable AnswerListener listener;
    private int sequence;

    private volatile long waitingSince = NOT_WAITING;
    private volatile boolean isTimedOut;
    private volatile String request = "";

    /** Whether the request has been written: a quick worker's answer can arrive before {@link #begin} has returned from its write. */
    private enum Writing {
        DONE,
        UNDER_WAY,
        /** The loop has seen an answer meanwhile, and ignores the channel until the write is done. */
        AWAITED
    }

    /**
     * A connection whose HELLO has been read. {@link #join} adds it to the dispatcher.
     *
     * @param dispatcher its loop watches the connection
     * @param worker the worker that opened it
     * @param slot its number, from 0
     * @param channel registered with no selector; belongs to this connection
     * @param decoder the one that read the HELLO
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
     * The worker that opened it.
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
     * Registers it with the loop, and then adds it to the dispatcher. Any thread may call it, once.
     *
     * @param joined called after that, on the loop
     */
    public void join(Runnable joined) {
        Runnable add = () -> {
            dispatcher.add(this);
            joined.run();
        };
        // The end of the slot's previous connection is handled first. That reads whether its request was
        // taken, a mark that the slot's next request would overwrite.
        if (!dispatcher.loop().executeAfterReading(() -> watchAnd(add))) {
            closeChannel();
        }
    }

    /** Ends the exchange of a connection that was taken over, after the loop watches it again. Any thread may call it. */
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
     * Begins an exchange. To be called after the connection was granted, by any thread. Returns without waiting, also if the connection is
     * broken. If it throws, the exchange has not begun, and the listener is not called.
     *
     * @param event the kind of REQUEST
     * @param frames the encoded REQUEST, and for a pushed one its body
     * @param name of the request, for messages
     * @param awaiting receives the answer
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
            throw new IllegalStateException("a request was begun on a connection that is not idle", e);
        }
        waitingSince = System.nanoTime() | 1;
        writing.set(Writing.UNDER_WAY);
        listener = awaiting;
        try {
            channel.write(buffers);
            if (buffers[buffers.length - 1].hasRemaining()) {
                dispatcher.loop().executeAlways(() -> writeRemaining(awaiting, buffers));
            } else if (!writing.compareAndSet(Writing.UNDER_WAY, Writing.DONE)) {
                dispatcher.loop().executeAlways(() -> listenAgain(awaiting));
            }
        } catch (IOException e) {
            dispatcher.loop().executeAlways(() -> end(awaiting, null));
        } catch (RuntimeException | Error e) { // it has begun: the listener is told, not the caller
            dispatcher.loop().executeAlways(() -> awaiting.failed(this, e));
        }
    }

    private void writeRemaining(AnswerListener awaiting, ByteBuffer[] buffers) {
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
            dispatcher.lost(this); // an idle worker sends nothing: this is its end, or a fault
        } else if (unsent != null) {
            writeRemaining(awaiting, unsent);
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
     * Takes the connection from the loop, for a thread that can wait. To be called on the loop.
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
     * @param event the frame's event in the state table
     * @param frame the encoded frame
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
     * @throws ProtocolException if the frame is not allowed here
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
     * The next frame, if it has been received already. The loop may call it too, while it receives an answer.
     *
     * @return null if it has not
     * @throws ProtocolException if the frame is not allowed here
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

    /** Whether another exchange may follow. The dispatcher calls it when an exchange is over. */
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
     * Since when the exchange has been waiting for the worker. Any thread may call it.
     *
     * @return a value of {@link System#nanoTime}; 0 if it does not wait
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
     * The request that is being served, for messages. Any thread may call it.
     *
     * @return request id, method and path, quoted
     */
    public String request() {
        return request;
    }

    /** Closes it: a thread that waits on it fails, and the listener is called. Any thread may call it, more than once. */
    public void close() {
        closeChannel();
        AnswerListener awaiting = listener;
        // Even without a listener: a registered channel is not closed before the selector's next pass, which this task
        // causes.
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
