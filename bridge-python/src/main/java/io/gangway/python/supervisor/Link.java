package io.gangway.python.supervisor;

import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameDecoder;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.python.supervisor.Reception.Guest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A connection that the event loop reads: frames on launcher and control connections, lines on the others. */
final class Link {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final SocketChannel channel;
    private final FrameDecoder decoder;
    private final Receiver receiver;
    private final Runnable ended;
    private boolean isEnded;

    /** Takes the frames of a link. */
    @FunctionalInterface
    interface FrameHandler {
        /** Takes a frame; throws if it is not allowed on this connection. */
        void take(Frame frame) throws ProtocolException;
    }

    @FunctionalInterface
    private interface Receiver {
        void receive(FrameDecoder decoder) throws ProtocolException;
    }

    private Link(Guest guest, Receiver receiver, Runnable ended) {
        this.channel = guest.channel();
        this.decoder = guest.decoder().withOwnBuffer();
        this.receiver = receiver;
        this.ended = ended;
        guest.key().attach((Runnable) this::read);
    }

    /** A link that carries frames. {@link #begin} reads the frames that came together with HELLO. */
    static Link ofFrames(Guest guest, FrameHandler handler, Runnable ended) {
        return new Link(
                guest,
                decoder -> {
                    for (Frame frame = decoder.next(); frame != null; frame = decoder.next()) {
                        handler.take(frame);
                    }
                },
                ended);
    }

    /** A link that carries lines. */
    static Link ofLines(Guest guest, LineSplitter lines) {
        return new Link(guest, decoder -> lines.feed(decoder.remainder()), lines::end);
    }

    void begin() {
        guarded(() -> receiver.receive(decoder));
    }

    private void read() {
        guarded(this::receiveOnce);
    }

    private int receiveOnce() throws IOException {
        int count = decoder.receive(channel::read);
        receiver.receive(decoder);
        if (count < 0) {
            close();
        }
        return count;
    }

    /** Reads the last bytes of a process that has ended. Another process that inherited the connection may hold it open. */
    void drain() {
        guarded(() -> {
            int count = 1;
            while (!isEnded && count > 0) {
                count = receiveOnce();
            }
        });
    }

    /**
     * Sends a frame that is small enough for the kernel to take at once. A peer that has not read earlier frames counts as broken; one that has ended may have sent frames that say
     * why, so the link ends when these have been read.
     */
    void send(byte[] frame) {
        guarded(() -> {
            ByteBuffer buffer = ByteBuffer.wrap(frame);
            try {
                channel.write(buffer);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a Python worker's process has ended before it got a frame", e);
                return;
            }
            if (buffer.hasRemaining()) {
                throw new IOException("the peer does not read");
            }
        });
    }

    boolean isEnded() {
        return isEnded;
    }

    /** Closes it, and tells its owner. */
    void close() {
        if (!isEnded) {
            isEnded = true;
            Reception.close(channel);
            ended.run();
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private void guarded(Step step) {
        if (isEnded) {
            return;
        }
        try {
            step.run();
        } catch (ProtocolException e) {
            LOG.log(
                    Level.ERROR,
                    () -> "a Python worker's connection was closed because the worker broke the protocol: "
                            + e.getMessage());
            close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "a Python worker's connection broke", e);
            close();
        }
    }
}
