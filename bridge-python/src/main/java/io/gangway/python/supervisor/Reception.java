package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.python.loop.EventLoop;
import io.gangway.python.loop.LoopLogger;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameDecoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Accepts connections and reads their HELLO, which tells the process and the connection's purpose. Belongs to the event loop. */
final class Reception {
    private static final String VERSION = "1";

    /** Connections that may wait to be accepted: all threads of all workers open theirs at once. */
    private static final int BACKLOG = 4096;

    /** Max bytes of a HELLO: its five fields have about a hundred, and an unknown peer gets no more memory than this. */
    private static final int LONGEST_HELLO = 1 << 10;

    /** How long a connection may take to send HELLO, which is sent at once: as long as a worker goes on trying to connect. */
    static final Duration HELLO_TIMEOUT = Duration.ofSeconds(10);

    /** How often silent connections are looked for. */
    private static final Duration HELLO_INTERVAL = Duration.ofSeconds(1);

    /** Pause after a failed accept: by then, a JVM that had no file descriptor left may have one again. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private final EventLoop loop;
    private final ServerSocketChannel listener;
    private final Consumer<Guest> introduced;
    private final IntSupplier maxStrangers;
    private final Duration helloTimeout;
    /** Connections that have not sent HELLO, with the {@link System#nanoTime} of their arrival; the oldest first. */
    private final Map<SocketChannel, Long> strangers = new LinkedHashMap<>();
    /** What all of them are received into: a buffer for each would stay until the garbage collector finds it, and an exchange's connection has the loop's. */
    private final ByteBuffer received = ByteBuffer.allocateDirect(LONGEST_HELLO);

    private @Nullable SelectionKey accepting;

    /** The purpose of a connection. */
    enum Purpose {
        LAUNCHER,
        CONTROL,
        EXCHANGE,
        STDOUT,
        STDERR;

        private static final Map<String, Purpose> BY_NAME = new HashMap<>();

        static {
            for (Purpose purpose : values()) {
                BY_NAME.put(purpose.name().toLowerCase(java.util.Locale.ROOT), purpose);
            }
        }
    }

    /**
     * A connection that has sent a valid HELLO.
     *
     * @param key its registration with the loop, for its new owner
     * @param slot its number on exchange connections, -1 on others
     * @param decoder holds what came after the HELLO
     */
    record Guest(
            Purpose purpose,
            String token,
            long pid,
            int slot,
            SocketChannel channel,
            SelectionKey key,
            FrameDecoder decoder) {

        void refuse() {
            close(channel);
        }
    }

    /**
     * Listens; connections are accepted once {@link #open} was called.
     *
     * @param maxStrangers how many connections may be open without a HELLO; above it the oldest is closed, because Gangway's processes
     *     send HELLO at once
     */
    Reception(EventLoop loop, Path socket, IntSupplier maxStrangers, Consumer<Guest> introduced) throws IOException {
        this(loop, socket, maxStrangers, HELLO_TIMEOUT, introduced);
    }

    Reception(EventLoop loop, Path socket, IntSupplier maxStrangers, Duration helloTimeout, Consumer<Guest> introduced)
            throws IOException {
        this.loop = loop;
        this.maxStrangers = maxStrangers;
        this.helloTimeout = helloTimeout;
        this.introduced = introduced;
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    void open() throws IOException {
        accepting = loop.register(listener, SelectionKey.OP_ACCEPT, this::accept);
        Duration interval = helloTimeout.compareTo(HELLO_INTERVAL) < 0 ? helloTimeout : HELLO_INTERVAL;
        loop.repeat(interval, this::dismissSilent);
    }

    private void dismissSilent() {
        long now = System.nanoTime();
        for (Map.Entry<SocketChannel, Long> stranger : List.copyOf(strangers.entrySet())) {
            if (now - stranger.getValue() > helloTimeout.toNanos()) {
                dismiss(stranger.getKey(), "it did not send HELLO within " + helloTimeout.toMillis() + " ms");
            }
        }
    }

    private void dismiss(SocketChannel stranger, String why) {
        LOG.log(Level.DEBUG, () -> "a connection to the workers' socket was closed: " + why);
        strangers.remove(stranger);
        close(stranger);
    }

    void close() {
        close(listener);
        strangers.keySet().forEach(Reception::close);
    }

    /** Accepts all waiting connections: the launcher may report a process's end next, and the process's own frames are read first. */
    private void accept() {
        while (acceptOne()) {
            // the next one
        }
    }

    private boolean acceptOne() {
        SocketChannel channel = null;
        try {
            channel = listener.accept();
            if (channel != null) {
                new Introduction(channel).begin();
            }
            return channel != null;
        } catch (IOException | RuntimeException | Error e) { // memory may be short, too
            LOG.log(
                    Level.WARNING,
                    "a worker's connection could not be accepted; it is tried again in " + PAUSE.toMillis() + " ms",
                    e);
            close(channel);
            pause();
            return false;
        }
    }

    /** The connection still waits to be accepted: without a pause, the loop would do nothing but fail to accept it. */
    private void pause() {
        SelectionKey key = accepting;
        if (key != null && key.isValid()) {
            key.interestOps(0);
            loop.schedule(PAUSE, () -> {
                if (key.isValid()) {
                    key.interestOps(SelectionKey.OP_ACCEPT);
                }
            });
        }
    }

    static void close(java.nio.channels.@Nullable Channel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a channel of a Python worker", e);
        }
    }

    /** The first frame of a connection. */
    private final class Introduction {
        private final SocketChannel channel;
        private final FrameDecoder decoder = new FrameDecoder(received, LONGEST_HELLO);
        private @Nullable SelectionKey key;

        Introduction(SocketChannel channel) {
            this.channel = channel;
        }

        void begin() throws IOException {
            int max = maxStrangers.getAsInt();
            if (strangers.size() >= max) {
                dismiss(
                        strangers.keySet().iterator().next(),
                        max + " connections had not sent HELLO, and it was the oldest");
            }
            strangers.put(channel, System.nanoTime());
            key = loop.register(channel, SelectionKey.OP_READ, this::read);
            read();
        }

        private void read() {
            try {
                int count = decoder.receive(channel::read);
                Frame hello = decoder.next();
                decoder.keep();
                if (hello != null && key != null) {
                    strangers.remove(channel);
                    introduced.accept(guest(hello, key));
                } else if (count < 0) {
                    throw new IOException("it ended before its HELLO");
                }
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a connection to the workers' socket was refused", e);
                strangers.remove(channel);
                close(channel);
            } catch (RuntimeException | Error e) {
                strangers.remove(channel);
                close(channel); // a process that needs it connects again, or ends and is replaced
                throw e;
            }
        }

        private Guest guest(Frame hello, SelectionKey known) throws ProtocolException {
            if (hello.type() != FrameType.HELLO) {
                throw new ProtocolException(hello.type() + " in place of HELLO");
            }
            List<String> fields = hello.fields(5);
            Purpose purpose = Purpose.BY_NAME.get(fields.get(1));
            if (!fields.get(0).equals(VERSION) || purpose == null) {
                throw new ProtocolException(
                        "HELLO of version " + quote(fields.get(0)) + " for " + quote(fields.get(1)));
            }
            try {
                long pid = Processes.pid(fields.get(3));
                int slot = purpose == Purpose.EXCHANGE ? Integer.parseInt(fields.get(4)) : -1;
                return new Guest(purpose, fields.get(2), pid, slot, channel, known, decoder);
            } catch (NumberFormatException e) {
                throw new ProtocolException(
                        "HELLO with pid " + quote(fields.get(3)) + ", slot " + quote(fields.get(4)));
            }
        }
    }
}
