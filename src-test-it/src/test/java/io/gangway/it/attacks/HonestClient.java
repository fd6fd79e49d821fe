package io.gangway.it.attacks;

import static java.util.Objects.requireNonNull;

import io.gangway.it.attacks.Attack.Protocol;
import io.gangway.it.client.Answer;
import io.gangway.it.client.Http2Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A client that sends one request after the other, in HTTP/2 several at once, and checks each byte of the answers. */
final class HonestClient {
    private static final int AT_ONCE = 3;

    /** Leaves the processors to the attackers and the server. */
    private static final int LONGEST_PAUSE_MILLIS = 40;

    private static final List<Kind> KINDS = List.of(
            Kind.ECHO,
            Kind.ECHO,
            Kind.ECHO,
            Kind.SLOW,
            Kind.SILENT,
            Kind.IGNORE,
            Kind.PAUSE,
            Kind.STREAM,
            Kind.LARGE,
            Kind.FILE);

    /** The numbers of a client, which no other client and no attack has. */
    private static final int NUMBERS = 1_000_000;

    private final Protocol protocol;
    private final Mount mount;
    private final int client;
    private final Random random;
    private final Queue<String> faults;
    private int sent;
    private int answered;
    private long idle = System.nanoTime();
    private long begun = idle;

    HonestClient(Protocol protocol, Mount mount, int client, long seed, Queue<String> faults) {
        this.protocol = protocol;
        this.mount = mount;
        this.client = client;
        this.random = new Random(seed + client);
        this.faults = faults;
    }

    /**
     * Asks until it is over, or until the first fault.
     *
     * @return how many answers were right
     */
    int ask(BooleanSupplier isOver) {
        List<TestRequest> asked = new ArrayList<>();
        try {
            if (protocol == Protocol.HTTP_1) {
                askHttp1(isOver, asked);
            } else {
                askHttp2(isOver, asked);
            }
        } catch (IOException | AssertionError | RuntimeException | InterruptedException e) {
            faults.add("honest client " + client + " (" + protocol + ", " + mount + ") with " + asked + ", "
                    + millisSince(begun) + " ms after it was sent and " + millisSince(idle)
                    + " ms after the previous answer: " + e);
        }
        return answered;
    }

    private void askHttp1(BooleanSupplier isOver, List<TestRequest> asked) throws IOException, InterruptedException {
        @Nullable RawConnection connection = null;
        try {
            while (!isOver.getAsBoolean()) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                if (connection == null) {
                    connection = new RawConnection(mount.port());
                }
                TestRequest request = next(asked);
                connection.send(request.inHttp1());
                begun = System.nanoTime();
                Answer answer = connection.read(request.method());
                request.check(answer);
                answered++;
                idle = System.nanoTime();
                if (!answer.values("Connection").isEmpty()) { // Tomcat says so after a hundred requests
                    connection.close();
                    connection = null;
                }
            }
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
    }

    private TestRequest next(List<TestRequest> asked) {
        int number = NUMBERS * (1 + client) + ++sent;
        TestRequest request = TestRequest.of(KINDS.get(random.nextInt(KINDS.size())), mount.base(), number, random);
        if (protocol == Protocol.HTTP_1 && asked.size() > 1) {
            asked.remove(0); // the previous request is told too: it may be why the connection was closed
        }
        asked.add(request);
        return request;
    }

    private void askHttp2(BooleanSupplier isOver, List<TestRequest> asked) throws IOException, InterruptedException {
        try (Http2Connection connection = new Http2Connection(mount.port())) {
            while (!isOver.getAsBoolean()) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_PAUSE_MILLIS));
                idle = System.nanoTime();
                asked.clear();
                Map<Integer, TestRequest> byStream = new HashMap<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    TestRequest request = next(asked);
                    byStream.put(ask(connection, request), request);
                }
                connection.flush();
                begun = System.nanoTime();
                while (!byStream.isEmpty()) {
                    Http2Answer answer = connection.read();
                    requireNonNull(byStream.remove(answer.stream())).check(answer.answer());
                }
                answered += AT_ONCE;
            }
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private static int ask(Http2Connection connection, TestRequest request) throws IOException {
        return request.kind().hasBody()
                ? connection.request(request.method(), request.path(), request.headers(), request.body())
                : connection.request(
                        request.method(), request.path(), request.headers().toArray(String[]::new));
    }
}
