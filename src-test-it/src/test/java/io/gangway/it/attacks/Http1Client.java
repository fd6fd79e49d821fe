package io.gangway.it.attacks;

import io.gangway.it.client.Answer;
import io.gangway.it.client.AnswerReader;
import io.gangway.it.client.RawConnection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** In HTTP/1.1; two requests are pipelined. */
final class Http1Client implements AttackClient {
    /** Bytes of the receive buffer of a client that does not read. */
    static final int SMALL_BUFFER = 16 << 10;

    private static final int BLOCK = 1_000;

    /** The last byte of the data, and the bytes that end a chunked body after it. */
    private static final int LAST_CHUNK = "x\r\n0\r\n\r\n".length();

    private final RawConnection connection;
    private final Random random;
    private byte[] rest = new byte[0];
    private String method = "";
    private int unread;
    private @Nullable AnswerReader reader;

    Http1Client(int port, boolean isSmall, Random random) throws IOException {
        connection = isSmall ? RawConnection.withReceiveBuffer(port, SMALL_BUFFER) : new RawConnection(port);
        this.random = random;
    }

    @Override
    public void send(List<TestRequest> requests, State.Sent sent) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int cut = 0;
        for (TestRequest request : requests) {
            byte[] head = request.http1Head();
            byte[] body = request.http1Body();
            cut = all.size()
                    + switch (sent) {
                        case PART_OF_HEAD -> 1 + random.nextInt(head.length - 1);
                        case HEAD -> head.length;
                        case PART_OF_BODY -> head.length + part(request, body);
                        case ALL -> head.length + body.length;
                    };
            all.writeBytes(head);
            all.writeBytes(body);
            method = request.method();
        }
        unread = requests.size();
        byte[] bytes = all.toByteArray();
        rest = Arrays.copyOfRange(bytes, cut, bytes.length);
        connection.send(Arrays.copyOf(bytes, cut));
    }

    /** At least one byte of the data is not sent. */
    private int part(TestRequest request, byte[] body) {
        // Nobody reads a large body that is ignored, so no more of it is sent than fits into the sockets' buffers.
        return request.kind() == Kind.IGNORE
                ? body.length / 2
                : 1 + random.nextInt(body.length - (request.isSized() ? 1 : LAST_CHUNK));
    }

    private AnswerReader reader() throws IOException {
        if (reader == null) {
            reader = connection.begin(method);
        }
        return reader;
    }

    @Override
    public void awaitHead() throws IOException {
        reader();
    }

    @Override
    public void awaitBlock() throws IOException {
        reader().readBody(BLOCK);
    }

    @Override
    public Answer awaitAnswer() throws IOException {
        Answer answer = reader().finish();
        reader = null;
        unread--;
        return answer;
    }

    @Override
    public Map<Integer, Answer> goOn() throws IOException {
        try {
            connection.send(rest);
        } catch (SocketException e) {
            if (unread > 0) {
                throw e;
            }
            // It was answered before, and the server has closed the connection instead of reading the rest.
        }
        Map<Integer, Answer> answers = new TreeMap<>();
        while (unread > 0) {
            answers.put(answers.size(), awaitAnswer());
        }
        return answers;
    }

    @Override
    public Map<Integer, Answer> readToEnd() throws IOException {
        Map<Integer, Answer> answers = new TreeMap<>();
        if (reader != null) {
            answers.put(0, reader.finish());
        }
        for (Optional<AnswerReader> next = connection.beginIfAny(method);
                next.isPresent();
                next = connection.beginIfAny(method)) {
            answers.put(answers.size(), next.get().finish());
        }
        return answers;
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
        connection.close();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
