package io.gangway.python.dispatch;

import io.gangway.python.loop.EventLoop;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.ExchangeState;
import io.gangway.python.protocol.ExchangeState.Body;
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
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One exchange connection of a worker: frames over a socket, one exchange at a time. It never blocks, and is read and written independently: a
 * worker may answer before it has read the whole request.
 *
 * <p>Its owner changes in the course of an exchange:
 *
 * <ol>
 *   <li>while it is idle, it belongs to the dispatcher, whose loop watches for its end;
 *   <li>the claim that was granted it calls {@link #begin}, on any thread, and then no other method;
 *   <li>the loop gives the answer to an {@link AnswerListener}, frame by frame. Everything else happens on the loop too: {@link #send}, {@link #pause} and
 *       {@link #resume}, and what other threads ask for by {@link #execute};
 *   <li>{@link Dispatcher#release} ends the exchange.
 * </ol>
 *
 * <p>Methods that any thread may call say so.
 */
public final class WorkerConnection {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");
    private static final long NOT_WAITING = 0;

    private final Dispatcher dispatcher;
    private final EventLoop loop;
    private final ServingWorker worker;
    private final int slot;
    private final SocketChannel channel;
    private final FrameDecoder decoder;
    private final ExchangeState state;
    private final SendQueue unsent = new SendQueue();
    private final AtomicReference<Beginning> beginning = new AtomicReference<>(Beginning.DONE);

    /** A frame that {@link #peek} has shown. Only the loop uses it, as the fields before it. */
    private @Nullable Frame shown;

    private boolean isPaused;

    private volatile @Nullable SelectionKey key;
    private volatile @Nullable AnswerListener listener;
    private int sequence;

    private volatile long waitingSince = NOT_WAITING;
    private volatile boolean isTimedOut;
    private volatile String request = "";

    /** Whether a thread is still within {@link #begin}: a quick worker's answer can arrive before. */
    private enum Beginning {
        DONE,
        UNDER_WAY,
        /** The loop has seen an answer meanwhile, and ignores the channel until that thread is done. */
        AWAITED
    }

    /**
     * A connection whose HELLO has been read, and nothing else: the worker sends nothing before a request comes. {@link #join} adds it to the dispatcher.
     *
     * @param dispatcher its loop watches the connection
     * @param worker the worker that opened it
     * @param slot its number, from 0
     * @param channel registered with no selector; belongs to this connection
     * @param state which frames it may carry, in which order; belongs to this connection
     */
    public WorkerConnection(
            Dispatcher dispatcher, ServingWorker worker, int slot, SocketChannel channel, ExchangeState state) {
        this.dispatcher = dispatcher;
        this.loop = dispatcher.loop();
        this.worker = worker;
        this.slot = slot;
        this.channel = channel;
        this.decoder = new FrameDecoder(dispatcher.received());
        this.state = state;
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

    /**
     * Runs a task soon, on the loop. Any thread may call it.
     *
     * @param task dropped if the loop has ended: then all exchanges have
     */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /**
     * Runs a task on the loop, if this is the loop's thread: then others have their turn before. Any thread may call it.
     *
     * @param task runs once, if this returns true
     * @return false if this is another thread, or the loop has ended
     */
    public boolean executeAfterOthers(Runnable task) {
        return loop.isCurrent() && loop.executeAfterReading(task);
    }

    /**
     * Runs a task later, on the loop, whose own thread calls this.
     *
     * @param delay from now
     * @param task dropped if the loop has ended by then
     */
    public void schedule(Duration delay, Runnable task) {
        loop.schedule(delay, task);
    }

    /**
     * Whether requests wait for a worker, this one's or another.
     *
     * @return true if there is at least one
     */
    public boolean isWorkerWanted() {
        return dispatcher.waiting() > 0;
    }

    // Idle.

    /**
     * Registers it with the loop, and then adds it to the dispatcher. Any thread may call it, once.
     *
     * @param joined called after that, on the loop
     */
    public void join(Runnable joined) {
        // The end of the slot's previous connection is handled first. That reads whether its request was
        // taken, a mark that the slot's next request would overwrite.
        boolean isAccepted = loop.executeAfterReading(() -> {
            watch();
            dispatcher.add(this);
            joined.run();
        });
        if (!isAccepted) {
            closeChannel();
        }
    }

    private void watch() {
        try {
            key = loop.register(channel, SelectionKey.OP_READ, this::ready);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a worker's connection was closed before it could be used", e);
            closeChannel();
        }
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
        try {
            state.take(event);
            if (event == Event.REQUEST_PUSHED) {
                state.take(Event.BODY);
                state.take(Event.BODY_END);
            }
        } catch (ProtocolException e) {
            throw new IllegalStateException("a request was begun on a connection that is not idle", e);
        }
        ByteBuffer[] buffers = frames.numbered(sequence);
        waitingSince = now();
        beginning.set(Beginning.UNDER_WAY);
        listener = awaiting;
        try {
            channel.write(buffers);
            if (buffers[buffers.length - 1].hasRemaining()) {
                loop.executeAlways(() -> writeLater(buffers));
            } else if (!beginning.compareAndSet(Beginning.UNDER_WAY, Beginning.DONE)) {
                loop.executeAlways(this::begun);
            }
        } catch (IOException e) {
            loop.executeAlways(() -> end(awaiting, null));
        } catch (RuntimeException | Error e) { // it has begun: the listener is told, not the caller
            loop.executeAlways(() -> awaiting.failed(this, e));
        }
    }

    /** Writes what the kernel has not taken while the request was begun; the answer is read meanwhile. */
    private void writeLater(ByteBuffer[] buffers) {
        unsent.add(buffers);
        begun();
    }

    private void begun() {
        beginning.set(Beginning.DONE);
        watchOperations();
    }

    private void watchOperations() {
        SelectionKey registered = key;
        if (registered != null && registered.isValid()) {
            int reading = isPaused ? 0 : SelectionKey.OP_READ;
            registered.interestOps(unsent.isEmpty() ? reading : reading | SelectionKey.OP_WRITE);
        }
    }

    /** Never 0, unless the worker's time does not count: that of an ASGI application is not limited, only its loop is watched. */
    private long now() {
        return worker.isAsgi() ? NOT_WAITING : System.nanoTime() | 1;
    }

    // The rest of the exchange, on the loop.

    private void ready() {
        if (listener == null && unsent.isEmpty()) {
            dispatcher.lost(this); // an idle worker sends nothing: this is its end, or a fault
            return;
        }
        SelectionKey registered = key;
        if (registered == null
                || beginning.compareAndSet(Beginning.UNDER_WAY, Beginning.AWAITED)
                || beginning.get() == Beginning.AWAITED) {
            ignore(registered);
            return;
        }
        AnswerListener awaiting = listener;
        if (awaiting != null && registered.isValid() && registered.isWritable()) {
            write(awaiting);
        }
        if (awaiting != null && awaiting == listener && registered.isValid() && registered.isReadable()) {
            read(awaiting);
        }
    }

    private static void ignore(@Nullable SelectionKey registered) {
        if (registered != null && registered.isValid()) {
            registered.interestOps(0);
        }
    }

    private void write(AnswerListener awaiting) {
        try {
            unsent.writeTo(channel);
            watchOperations();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a worker's connection broke", e);
            end(awaiting, null);
            return;
        }
        if (unsent.isEmpty()) {
            tellWritten(awaiting);
        }
    }

    private void tellWritten(AnswerListener awaiting) {
        try {
            awaiting.written(this);
        } catch (RuntimeException | Error e) {
            awaiting.failed(this, e);
        }
    }

    /**
     * Whether the kernel has taken all that was sent: the worker reads.
     *
     * @return false until {@link AnswerListener#written}
     */
    public boolean isAllWritten() {
        return unsent.isEmpty();
    }

    /** Tells the listener that the worker retires. Any thread may call it. */
    void retiring() {
        loop.execute(() -> {
            AnswerListener awaiting = listener;
            if (awaiting != null) {
                awaiting.retiring(this);
            }
        });
    }

    private void read(AnswerListener awaiting) {
        deliver(awaiting, () -> decoder.receive(channel::read));
    }

    /** Receives bytes. */
    @FunctionalInterface
    private interface Receiving {
        /** Returns how many bytes came; negative at the end. */
        int receive() throws IOException;
    }

    /** Gives the listener all frames that are complete, unless it pauses. */
    private void deliver(AnswerListener awaiting, Receiving receiving) {
        try {
            int count = receiving.receive();
            waitingSince = isWaitedFor() ? NOT_WAITING : now();
            Frame frame = poll();
            while (frame != null) {
                awaiting.received(this, frame);
                frame = listener == awaiting && !isPaused ? poll() : null;
            }
            if (count < 0) {
                end(awaiting, null);
            } else if (listener == awaiting && isWaitedFor()) {
                waitingSince = NOT_WAITING;
            }
        } catch (ProtocolException e) {
            end(awaiting, e);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a worker's connection broke", e);
            end(awaiting, null);
        } catch (RuntimeException | Error e) {
            awaiting.failed(this, e);
        } finally {
            decoder.keep();
        }
    }

    /** Whether the worker can do nothing before the client does: send more of the request's body, or take more of the answer. */
    private boolean isWaitedFor() {
        return isPaused || state.body() == Body.ASKED;
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

    /**
     * The next frame, if it is here already. It stays the next one.
     *
     * @return null if it is not complete
     * @throws ProtocolException if the worker sent no frame
     */
    public @Nullable Frame peek() throws ProtocolException {
        if (shown == null) {
            shown = decoder.next();
        }
        return shown;
    }

    /**
     * Takes the next frame, if it is here already: the listener does not get it then.
     *
     * @return null if it is not complete
     * @throws ProtocolException if the worker sent no frame, or one that is not allowed here
     */
    public @Nullable Frame poll() throws ProtocolException {
        Frame frame = peek();
        shown = null;
        if (frame != null) {
            state.take(Event.received(frame.type()));
        }
        return frame;
    }

    /**
     * Sends a frame, behind what has not been written yet. If the connection is broken, the listener is told later.
     *
     * @param event the frame's event in the state table
     * @param frame the encoded frame, which must not be changed afterwards
     * @throws IllegalStateException if the frame is not allowed here, or far too much has not been written: Gangway's fault
     */
    public void send(Event event, ByteBuffer frame) {
        AnswerListener awaiting = listener;
        if (awaiting == null) {
            return; // it has broken, and the listener knows
        }
        try {
            state.take(event);
            unsent.add(frame);
            waitingSince = isWaitedFor() ? NOT_WAITING : now(); // a paused worker can go on only when the client does
            unsent.writeTo(channel);
            watchOperations();
        } catch (ProtocolException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (IOException e) {
            loop.executeAlways(() -> end(awaiting, null));
        }
    }

    /** Reads nothing more until {@link #resume}: the kernel's buffer then holds the worker back, whose time does not count meanwhile. */
    public void pause() {
        isPaused = true;
        waitingSince = NOT_WAITING;
        watchOperations();
    }

    /** Reads on, after {@link #pause}. */
    public void resume() {
        AnswerListener awaiting = listener;
        if (!isPaused || awaiting == null) {
            return;
        }
        isPaused = false;
        watchOperations();
        deliver(awaiting, () -> 0);
    }

    /** Ends an exchange whose answer is still awaited. Any thread may call it. */
    void giveUp() {
        AnswerListener awaiting = listener;
        if (awaiting != null) {
            loop.executeAlways(() -> end(awaiting, null));
        }
    }

    // The end.

    /**
     * Whether another exchange may follow. The dispatcher calls it when an exchange is over.
     *
     * @return false if it is to be closed
     */
    boolean isReusable() {
        return state.isIdle() && shown == null && decoder.isBetweenFrames() && channel.isOpen();
    }

    /** The exchange is over; its listener gets no further call. */
    void finish() {
        stopListening();
        if (isPaused) {
            isPaused = false;
            watchOperations();
        }
    }

    /**
     * Goes on writing a request that the worker has answered before it has read all of it, and then releases the connection.
     *
     * @return false if all is written
     */
    boolean goOnWriting() {
        if (unsent.isEmpty() || !channel.isOpen()) {
            return false;
        }
        waitingSince = now();
        listener = new Rest();
        return true;
    }

    /** What is awaited from a worker that has answered: that it reads what is left of the request. */
    private final class Rest implements AnswerListener {
        @Override
        public void written(WorkerConnection connection) {
            stopListening();
            dispatcher.release(WorkerConnection.this);
        }

        @Override
        public void received(WorkerConnection connection, Frame frame) throws ProtocolException {
            throw new ProtocolException(frame.type() + " after the end of an exchange");
        }

        @Override
        public void ended(WorkerConnection connection, @Nullable ProtocolException fault) {
            dispatcher.release(connection);
        }

        @Override
        public void failed(WorkerConnection connection, Throwable problem) {
            closeChannel();
            dispatcher.release(connection);
        }
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

    /** Closes it; the listener is told. Any thread may call it, more than once. */
    public void close() {
        closeChannel();
        AnswerListener awaiting = listener;
        // Even without a listener: a registered channel is not closed before the selector's next pass, which this task
        // causes.
        loop.executeAlways(() -> {
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
