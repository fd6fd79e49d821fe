package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An exchange with a worker for which a thread has to wait: the worker pulls the request's body, offers a file, or produces its response
 * slowly. This class handles the exchange up to the head, {@link WorkerBody} the frames after it.
 */
final class WorkerConversation {
    /** Max bytes of a body that one BODY frame brings to the worker, even if it asked for more. */
    private static final int MAX_SENT = 64 << 10;

    private static final List<byte[]> NOTHING = List.of();
    private static final Logger LOG = System.getLogger("io.gangway.python");

    private final Dispatcher dispatcher;
    private final WorkerConnection connection;
    private final WorkerRequest request;
    /** The frames that came before a thread had to wait. */
    private final Deque<Frame> early;

    private @Nullable ResponseStart start;
    /** The exception of reading the client's body. */
    private @Nullable Exception clientProblem;

    private boolean isOver;

    /**
     * A conversation that continues an exchange of the loop.
     *
     * @param connection taken over from the loop
     * @param start the content of HEAD, if it has come
     * @param early the frames that have come after it, and have not been handled
     */
    WorkerConversation(
            Dispatcher dispatcher,
            WorkerConnection connection,
            WorkerRequest request,
            @Nullable ResponseStart start,
            List<Frame> early) {
        this.dispatcher = dispatcher;
        this.connection = connection;
        this.request = request;
        this.start = start;
        this.early = new ArrayDeque<>(early);
    }

    /**
     * Waits for the head.
     *
     * @return the response's body
     * @throws Exception the application's exception; the connection has been given back
     */
    Iterable<byte[]> run(StartResponse startResponse) throws Exception {
        boolean handedOn = false;
        try {
            Iterable<byte[]> body = converse(startResponse);
            handedOn = true;
            return body;
        } finally {
            if (!handedOn) {
                finish();
            }
        }
    }

    private Iterable<byte[]> converse(StartResponse startResponse) throws Exception {
        if (start == null) {
            Frame frame;
            try {
                frame = receive();
            } catch (ProtocolException e) {
                return replaced(startResponse, e);
            } catch (IOException e) {
                frame = null;
            }
            if (frame == null) {
                return replaced(startResponse, null);
            }
            if (frame.type() == FrameType.ABORT) {
                throw problem(frame);
            }
            start = ResponseStart.of(frame);
        }
        start.call(startResponse);
        return body(startResponse);
    }

    /** Often the whole body has come with the head: then the connection is free at once, and the server knows the length. */
    private Iterable<byte[]> body(StartResponse startResponse) throws IOException {
        Frame first = poll();
        if (first == null) {
            return new WorkerBody(this, startResponse, null, null);
        }
        if (first.type() == FrameType.END) {
            finish();
            return NOTHING;
        }
        if (first.type() == FrameType.FILE) {
            return file(first, startResponse);
        }
        Frame second = poll();
        if (first.type() == FrameType.DATA && second != null && second.type() == FrameType.END) {
            finish();
            return List.of(first.payload());
        }
        return new WorkerBody(this, startResponse, first, second);
    }

    private @Nullable Frame poll() throws ProtocolException {
        return early.isEmpty() ? connection.poll() : early.remove();
    }

    /**
     * Opens the file that the worker offers, and reports it as sent: an open file needs the worker no more, so that a slow client does
     * not occupy the worker.
     */
    private Iterable<byte[]> file(Frame offer, StartResponse startResponse) throws IOException {
        Optional<FileWrapper> opened = opened(offer);
        if (opened.isEmpty()) {
            refuse();
            return new WorkerBody(this, startResponse, null, null);
        }
        try {
            connection.send(Event.FILE_SENT, FrameEncoder.fields(FrameType.FILE_REPLY, List.of("sent")));
            receive(); // END; even after ABORT or a lost connection, the file is complete
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> request.name() + ": the worker did not end the exchange cleanly: " + e);
        }
        finish();
        return opened.get();
    }

    private Optional<FileWrapper> opened(Frame offer) throws ProtocolException {
        List<String> fields = offer.fields(5);
        FileChannel channel = null;
        try {
            Path path = Path.of(fields.get(0));
            if (!isOffered(path, Long.parseLong(fields.get(3)), Long.parseLong(fields.get(4)))) {
                return Optional.empty();
            }
            channel = FileChannel.open(path).position(Long.parseLong(fields.get(1)));
            long length = Long.parseLong(fields.get(2));
            return Optional.of(length < 0 ? FileWrapper.of(channel) : FileWrapper.of(channel, length));
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            closeQuietly(channel);
            return Optional.empty();
        }
    }

    /**
     * Whether a name means the file that the worker has open: in a container, the worker's process id may be the id of another process
     * here. The worker keeps the file open until it gets the reply, so the name means the same file when it is opened.
     */
    private static boolean isOffered(Path path, long device, long inode) throws IOException {
        Map<String, Object> found =
                Files.readAttributes(path, "unix:isRegularFile,dev,ino"); // opening a pipe would block
        return path.isAbsolute()
                && Boolean.TRUE.equals(found.get("isRegularFile"))
                && Objects.equals(found.get("dev"), device)
                && Objects.equals(found.get("ino"), inode);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a file that a worker offered", e);
        }
    }

    void refuse() throws IOException {
        connection.send(Event.FILE_REFUSED, FrameEncoder.fields(FrameType.FILE_REPLY, List.of("refused")));
    }

    /**
     * The next frame of the response. While it waits, it answers the worker's PULLs with the request's body.
     *
     * @return null if the connection ended
     */
    @Nullable
    Frame receive() throws IOException {
        Frame frame = next();
        while (frame != null && frame.type() == FrameType.PULL) {
            pull(frame.wanted());
            frame = next();
        }
        return frame;
    }

    private @Nullable Frame next() throws IOException {
        return early.isEmpty() ? connection.receive() : early.remove();
    }

    /** Answers a PULL with the next bytes of the request's body, its end, or its failure. */
    void pull(int wanted) throws IOException {
        byte[] buffer = new byte[Math.min(wanted, MAX_SENT)];
        int count;
        try {
            count = request.input().read(buffer, 0, buffer.length);
        } catch (IOException | RuntimeException e) {
            clientProblem = e;
            String what = e instanceof ClientException ? "it ended early" : String.valueOf(e.getMessage()); // W46
            byte[] reason = what.getBytes(UTF_8);
            connection.send(Event.BODY_ABORT, FrameEncoder.bytes(FrameType.BODY_ABORT, reason, 0, reason.length));
            return;
        }
        if (count < 0) {
            connection.send(Event.BODY_END, FrameEncoder.empty(FrameType.BODY_END));
        } else {
            connection.send(Event.BODY, FrameEncoder.bytes(FrameType.BODY, buffer, 0, count));
        }
    }

    /** The exception that an ABORT means for the server. */
    Exception problem(Frame abort) throws ProtocolException {
        boolean isClients = abort.fields(3).get(0).equals("client");
        return isClients && clientProblem != null ? clientProblem : PythonApplicationException.of(abort);
    }

    private List<byte[]> replaced(StartResponse startResponse, @Nullable ProtocolException fault) {
        finish();
        return new WorkerLoss(connection, request, fault).answer(startResponse);
    }

    /**
     * Answers in place of the worker, if nothing of its answer has been sent to the client.
     *
     * @return the body to send instead
     * @throws WorkerDiedException if part of its answer has been sent
     */
    List<byte[]> replacedAfterHead(StartResponse startResponse, @Nullable ProtocolException fault)
            throws WorkerDiedException {
        finish();
        return new WorkerLoss(connection, request, fault).answerAfterHead(startResponse);
    }

    /** Gives the connection back, once. The dispatcher uses it again if this exchange ended cleanly, and closes it otherwise. */
    void finish() {
        if (!isOver) {
            isOver = true;
            dispatcher.release(connection);
        }
    }
}
