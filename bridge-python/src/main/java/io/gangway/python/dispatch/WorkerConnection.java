package io.gangway.python.dispatch;

import io.gangway.python.protocol.ExchangeState;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameDecoder;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exchange connection of a worker: frames over a blocking channel, one exchange at a time.
 *
 * <p>Used by the one thread that took it, except where a method says otherwise.
 */
public final class WorkerConnection {
    private static final long NOT_WAITING = 0;

    private final ServingWorker worker;
    private final int slot;
    private final SocketChannel channel;
    private final FrameDecoder decoder;
    private final ExchangeState state = new ExchangeState();
    private int sequence;

    private volatile long waitingSince = NOT_WAITING;
    private volatile boolean isTimedOut;
    private volatile String request = "";

    /**
     * A connection whose HELLO has been read.
     *
     * @param worker whose it is
     * @param slot its number, from 0
     * @param channel blocking; belongs to this connection
     * @param decoder what the HELLO was read with
     */
    public WorkerConnection(ServingWorker worker, int slot, SocketChannel channel, FrameDecoder decoder) {
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

    /**
     * Begins an exchange.
     *
     * @param event which kind of REQUEST
     * @param flags of the frame
     * @param environ key, value, key, value
     * @param pushed the whole body, for a pushed one
     * @param name of the request, for messages
     * @throws FrameEncoder.UnencodableException if the environ cannot be carried; the connection is as before
     * @throws IOException if the connection is broken
     */
    public void request(Event event, int flags, List<String> environ, byte[] pushed, String name) throws IOException {
        int next = worker.nextSequence(slot);
        ByteBuffer head = ByteBuffer.wrap(FrameEncoder.request(FrameType.REQUEST, next, flags, environ));
        sequence = next;
        request = name;
        isTimedOut = false;
        state.take(event);
        if (event != Event.REQUEST_PUSHED) {
            write(head);
            return;
        }
        state.take(Event.BODY);
        state.take(Event.BODY_END);
        write(
                head,
                ByteBuffer.wrap(FrameEncoder.bytes(FrameType.BODY, pushed, 0, pushed.length)),
                ByteBuffer.wrap(FrameEncoder.empty(FrameType.BODY_END)));
    }

    /**
     * Sends a frame.
     *
     * @param event what it means
     * @param frame encoded
     * @throws IOException if the connection is broken
     */
    public void send(Event event, byte[] frame) throws IOException {
        state.take(event);
        write(ByteBuffer.wrap(frame));
    }

    private void write(ByteBuffer... buffers) throws IOException {
        ByteBuffer last = buffers[buffers.length - 1];
        waitingSince = System.nanoTime() | 1;
        try {
            while (last.hasRemaining()) {
                channel.write(buffers);
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
     * The next frame, if it is here already.
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

    /**
     * Whether another exchange may follow: the last one ended cleanly, and nothing came after it.
     *
     * @return true between two exchanges
     */
    public boolean isReusable() {
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

    /** Closes the channel; a thread that waits on it fails. Any thread may call it, more than once. */
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger("io.gangway.python").log(System.Logger.Level.DEBUG, "closing a worker's connection", e);
        }
    }
}
