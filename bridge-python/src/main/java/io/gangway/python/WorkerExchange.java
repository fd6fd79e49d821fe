package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One exchange with a worker, until its connection is given back: up to the head here, after it in {@link WorkerBody}. */
final class WorkerExchange {
    /** Bytes of a body that go to the worker at once, whatever it asked for. */
    private static final int MOST_SENT = 64 << 10;

    private static final List<byte[]> NOTHING = List.of();
    private static final Logger LOG = System.getLogger("io.gangway.python");

    private final Dispatcher dispatcher;
    private final WorkerConnection connection;
    private final WorkerRequest request;
    private final StartResponse startResponse;
    /** What reading the client's body threw. */
    private @Nullable Exception clientProblem;

    private boolean isOver;

    WorkerExchange(
            Dispatcher dispatcher, WorkerConnection connection, WorkerRequest request, StartResponse startResponse) {
        this.dispatcher = dispatcher;
        this.connection = connection;
        this.request = request;
        this.startResponse = startResponse;
    }

    /**
     * Sends the request and waits for the head.
     *
     * @return the response's body; nothing if the worker certainly did not take the request, and another one may
     * @throws Exception what the application raised; the connection has been given back
     */
    Optional<Iterable<byte[]>> run() throws Exception {
        boolean handedOn = false;
        try {
            Optional<Iterable<byte[]>> body = attempt();
            handedOn = body.isPresent();
            return body;
        } finally {
            if (!handedOn) {
                finish();
            }
        }
    }

    private Optional<Iterable<byte[]>> attempt() throws Exception {
        Frame frame;
        try {
            connection.request(request.event(), request.flags(), request.fields(), request.pushed(), request.name());
            frame = receive();
        } catch (ProtocolException e) {
            return Optional.of(replaced(e));
        } catch (IOException e) {
            frame = null;
        }
        if (frame == null) {
            finish();
            return connection.isTimedOut() || connection.isTaken() ? Optional.of(replaced(null)) : Optional.empty();
        }
        if (frame.type() == FrameType.ABORT) {
            throw problem(frame);
        }
        List<String> head = frame.fields();
        startResponse.start(head.get(0), headers(head));
        return Optional.of(body());
    }

    private static List<Header> headers(List<String> head) {
        List<Header> headers = new ArrayList<>(head.size() / 2);
        for (int i = 1; i + 1 < head.size(); i += 2) {
            headers.add(new Header(head.get(i), head.get(i + 1)));
        }
        return headers;
    }

    /** What is here with the head is often all there is: the connection is free then, and the server knows the length. */
    private Iterable<byte[]> body() throws IOException {
        Frame first = connection.poll();
        if (first == null) {
            return new WorkerBody(this, null, null);
        }
        if (first.type() == FrameType.END) {
            finish();
            return NOTHING;
        }
        if (first.type() == FrameType.FILE) {
            return file(first);
        }
        Frame second = connection.poll();
        if (first.type() == FrameType.DATA && second != null && second.type() == FrameType.END) {
            finish();
            return List.of(first.payload());
        }
        return new WorkerBody(this, first, second);
    }

    /**
     * Opens the file that the worker offers. It counts as sent then: what is open here needs the worker no more, so that slow
     * clients do not keep it.
     */
    private Iterable<byte[]> file(Frame offer) throws IOException {
        Optional<FileWrapper> opened = opened(offer);
        if (opened.isEmpty()) {
            refuse();
            return new WorkerBody(this, null, null);
        }
        try {
            connection.send(Event.FILE_SENT, FrameEncoder.fields(FrameType.FILE_REPLY, List.of("sent")));
            receive(); // END; if it is ABORT or nothing, the file is whole all the same
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> request.name() + ": the worker did not end it cleanly: " + e);
        }
        finish();
        return opened.get();
    }

    private Optional<FileWrapper> opened(Frame offer) throws ProtocolException {
        List<String> fields = offer.fields(3);
        FileChannel channel = null;
        try {
            Path path = Path.of(fields.get(0));
            if (!Files.isRegularFile(path)) { // opening a pipe would wait
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
     * The next frame of the response; what the worker pulls of the request's body is sent meanwhile.
     *
     * @return null if the connection ended
     */
    @Nullable
    Frame receive() throws IOException {
        Frame frame = connection.receive();
        while (frame != null && frame.type() == FrameType.PULL) {
            pull(frame.wanted());
            frame = connection.receive();
        }
        return frame;
    }

    /** Answers a PULL among the frames that were here already. */
    void pull(int wanted) throws IOException {
        byte[] buffer = new byte[Math.min(wanted, MOST_SENT)];
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

    /** What an ABORT means for the server. */
    Exception problem(Frame abort) throws ProtocolException {
        List<String> fields = abort.fields(3);
        if (fields.get(0).equals("client") && clientProblem != null) {
            return clientProblem;
        }
        return new PythonApplicationException(fields.get(1), fields.get(2));
    }

    /** Answers in the worker's place, where nothing of its answer has been seen. */
    private Iterable<byte[]> replaced(@Nullable ProtocolException fault) {
        finish();
        String happened = whatHappened(fault);
        String status = status();
        LOG.log(Level.ERROR, () -> request.name() + ": answered " + status.substring(0, 3) + ": " + happened);
        return WorkerApplication.answer(request, startResponse, status);
    }

    /**
     * Answers in the worker's place, if nothing of its answer has left.
     *
     * @return the body to send instead
     * @throws WorkerDiedException if something has
     */
    List<byte[]> replacedAfterHead(@Nullable ProtocolException fault) throws WorkerDiedException {
        finish();
        String happened = whatHappened(fault);
        WorkerDiedException problem = new WorkerDiedException(happened);
        String status = status();
        List<byte[]> body = WorkerApplication.body(request, status);
        startResponse.start(status, WorkerApplication.headers(body), problem); // W56: throws it, if it is too late
        LOG.log(Level.ERROR, () -> request.name() + ": answered " + status.substring(0, 3) + ": " + happened);
        return body;
    }

    private String status() {
        return connection.isTimedOut() ? "504 Gateway Timeout" : "502 Bad Gateway";
    }

    private String whatHappened(@Nullable ProtocolException fault) {
        String worker = "worker " + connection.worker().pid();
        if (connection.isTimedOut()) {
            return worker + " took longer than gangway.request-timeout; its stacks are in the log, and it is replaced";
        }
        if (fault != null) {
            return worker + " broke the protocol: " + fault.getMessage();
        }
        return worker
                + connection
                        .worker()
                        .awaitEnd()
                        .map(WorkerEnd::inWords)
                        .map(how -> " " + how)
                        .orElse(" closed its connection in the middle of the answer");
    }

    /** Gives the connection back, once: for the next exchange if this one ended cleanly, otherwise to be closed. */
    void finish() {
        if (!isOver) {
            isOver = true;
            dispatcher.release(connection);
        }
    }
}
