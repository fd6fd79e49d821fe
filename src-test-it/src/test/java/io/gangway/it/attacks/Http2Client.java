package io.gangway.it.attacks;

import static java.util.Objects.requireNonNull;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Http2Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.Http2Connection.GoneAwayException;
import io.gangway.it.client.Http2Frame;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** In HTTP/2; two requests are two streams. */
final class Http2Client implements AttackClient {
    /** RFC 9113, section 7. */
    private static final int CANCEL = 0x8;

    private static final int BLOCK = 1_000;
    private static final int LARGE_WINDOW = 1 << 30;

    private final Http2Connection connection;
    /** Whether the server must wait for windows. */
    private final boolean isNarrow;

    private final Random random;
    /** The requests by their streams, in order. */
    private final Map<Integer, TestRequest> requests = new LinkedHashMap<>();

    private final Map<Integer, Answer> answers = new HashMap<>();
    private State.Sent sent = State.Sent.ALL;
    private byte[] rest = new byte[0];
    private int first;
    private int last;

    private Http2Client(Http2Connection connection, boolean isNarrow, Random random) {
        this.connection = connection;
        this.isNarrow = isNarrow;
        this.random = random;
    }

    /** With windows for everything. */
    static Http2Client open(int port, Random random) throws IOException {
        return new Http2Client(new Http2Connection(port), false, random);
    }

    /** With a window on each stream for the bytes that {@link #awaitBlock} waits for, or for none. */
    static Http2Client withWindow(int port, boolean isForABlock, Random random) throws IOException {
        return new Http2Client(Http2Connection.withWindow(port, isForABlock ? BLOCK : 0), true, random);
    }

    @Override
    public void send(List<TestRequest> all, State.Sent sent) throws IOException {
        this.sent = sent;
        for (TestRequest request : all) {
            last = begin(request);
            first = first == 0 ? last : first;
            requests.put(last, request);
        }
        connection.flush();
    }

    private int begin(TestRequest request) throws IOException {
        if (sent == State.Sent.PART_OF_HEAD) {
            rest = request.body();
            return connection.beginHead(request.method(), request.path(), request.headers());
        }
        if (!request.kind().hasBody()) {
            return connection.request(
                    request.method(), request.path(), request.headers().toArray(String[]::new));
        }
        byte[] body = request.body();
        int part = switch (sent) {
            case PART_OF_HEAD, HEAD -> 0;
            case PART_OF_BODY -> request.kind() == Kind.IGNORE ? body.length / 2 : 1 + random.nextInt(body.length - 1);
            case ALL -> body.length;
        };
        int stream = connection.begin(
                request.method(), request.path(), request.headers().toArray(String[]::new));
        if (part > 0) {
            connection.sendBody(stream, Arrays.copyOf(body, part), part == body.length);
        }
        rest = Arrays.copyOfRange(body, part, body.length);
        return stream;
    }

    @Override
    public void awaitHead() throws IOException {
        connection.head(first);
    }

    @Override
    public void awaitBlock() throws IOException {
        connection.head(first);
        if (connection.body(first).readNBytes(BLOCK).length < BLOCK) {
            throw new EOFException("stream " + first + " has ended: " + connection.soFar(first));
        }
    }

    @Override
    public Answer awaitAnswer() throws IOException {
        while (!answers.containsKey(first)) {
            take(connection.read());
        }
        requests.remove(first);
        return answers.get(first);
    }

    private void take(Http2Answer answer) {
        if (answer.head() == null && !requests.containsKey(answer.stream())) {
            return; // a stream that this client has reset
        }
        answers.put(answer.stream(), answer.answer());
    }

    @Override
    public Map<Integer, Answer> goOn() throws IOException {
        if (isNarrow) {
            connection.send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, 0, LARGE_WINDOW));
            for (int stream : requests.keySet()) {
                connection.send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, stream, LARGE_WINDOW));
            }
        }
        if (requests.containsKey(last)) {
            if (sent == State.Sent.PART_OF_HEAD) {
                connection.endHead(last);
            }
            if (sent != State.Sent.ALL) {
                connection.sendBody(last, rest, true);
            }
        }
        Map<Integer, Answer> all = new TreeMap<>();
        for (int stream : requests.keySet()) {
            while (!answers.containsKey(stream)) {
                take(connection.read());
            }
            all.put(all.size(), answers.get(stream));
        }
        return all;
    }

    @Override
    public Map<Integer, Answer> readToEnd() throws IOException {
        Set<Integer> ended = new HashSet<>(answers.keySet());
        try {
            while (!ended.containsAll(requests.keySet())) {
                Http2Answer next = connection.read();
                ended.add(next.stream());
                if (next.head() != null) {
                    answers.put(next.stream(), next.answer());
                }
            }
        } catch (GoneAwayException | EOFException | SocketException e) {
            // the server has closed the connection
        }
        Map<Integer, Answer> all = new TreeMap<>();
        int number = 0;
        for (int stream : requests.keySet()) {
            Answer answer = answers.containsKey(stream) ? answers.get(stream) : soFar(stream, ended);
            if (answer != null) {
                all.put(number, answer);
            }
            number++;
        }
        return all;
    }

    private @Nullable Answer soFar(int stream, Set<Integer> ended) {
        return ended.contains(stream) ? null : connection.soFar(stream).head();
    }

    @Override
    public void resetConnection() throws IOException {
        connection.reset();
    }

    @Override
    public void halfClose() throws IOException {
        connection.finishSending();
    }

    @Override
    public void leave() throws IOException {
        connection.leave();
    }

    /** GOAWAY, and then the end. */
    void goAway() throws IOException {
        connection.send(new Http2Frame(Http2Frame.GOAWAY, 0, 0, new byte[8]));
        connection.leave();
    }

    /** Resets the first stream. */
    void resetStream() throws IOException {
        connection.send(Http2Frame.ofInt(Http2Frame.RST_STREAM, first, CANCEL));
        connection.flush();
        requests.remove(first);
    }

    /** Sends another request on the same connection, and waits for its answer. */
    Answer ask(TestRequest request) throws IOException {
        requests.clear();
        answers.clear();
        first = 0;
        send(List.of(request), State.Sent.ALL);
        return requireNonNull(goOn().get(0));
    }

    /** Without waiting for the server, which may have other streams to finish. */
    @Override
    public void close() throws IOException {
        try {
            connection.leave();
        } catch (SocketException e) {
            // The server has closed the connection before.
        }
    }
}
