package io.gangway.it.faults;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Answer.Ending;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Clients that send requests without a pause, each with a token of its own; collects their answers. */
final class Storm {
    /** Bytes of a body that the bridge does not send with the request: the worker must pull it. */
    private static final int LARGE = 150_000;

    final AtomicInteger answered = new AtomicInteger();
    /** Tokens that were answered 502. */
    final Queue<String> refused = new ConcurrentLinkedQueue<>();
    /** Tokens whose answer broke off after its head. */
    final Queue<String> broken = new ConcurrentLinkedQueue<>();
    /** Nanoseconds of the slowest answer. */
    final AtomicLong slowest = new AtomicLong();
    /** Descriptions of events that must not happen. */
    final Queue<String> faults = new ConcurrentLinkedQueue<>();

    private final int port;
    private final BooleanSupplier isOver;

    Storm(int port, BooleanSupplier isOver) {
        this.port = port;
        this.isOver = isOver;
    }

    int requests() {
        return answered.get() + refused.size() + broken.size() + faults.size();
    }

    /** One client's work. */
    void ask(int client) {
        Random chance = new Random(client);
        @Nullable RawConnection connection = null;
        try {
            for (int i = 0; !isOver.getAsBoolean(); i++) {
                if (connection == null) {
                    connection = new RawConnection(port);
                }
                if (!askOnce(connection, "client-" + client + "-request-" + i, chance.nextInt(4))) {
                    connection.close();
                    connection = null;
                }
            }
        } catch (IOException e) {
            faults.add("client " + client + ": " + e);
        } finally {
            closeQuietly(connection);
        }
    }

    /** Whether the connection can be used again. */
    private boolean askOnce(RawConnection connection, String token, int kind) {
        String expected = kind == 3 ? (token + "\n").repeat(5) : token + "\n";
        String body = kind == 1 ? expected : kind == 2 ? expected.repeat(LARGE / expected.length()) : "";
        String line = kind == 0 ? "GET /whole" : kind == 3 ? "GET /stream" : "POST /echo";
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        try {
            connection.send(
                    line + " HTTP/1.1\r\nHost: localhost\r\nX-Token: " + token + "\r\n" + length + "\r\n" + body);
        } catch (SocketException e) {
            // A request that was not read to its end may still have an answer.
        } catch (IOException e) {
            faults.add(token + ": " + e);
            return false;
        }
        long sent = System.nanoTime();
        try {
            return judge(token, body.isEmpty() ? expected : body, connection.read("GET"));
        } catch (IOException e) {
            faults.add(token + " (" + line + "): no answer: " + e);
            return false;
        } finally {
            slowest.accumulateAndGet(System.nanoTime() - sent, Math::max);
        }
    }

    private boolean judge(String token, String expected, Answer answer) {
        boolean isMine = answer.values("X-Token").equals(List.of(token));
        if (answer.code() == 502 && answer.values("X-Token").isEmpty()) {
            refused.add(token);
        } else if (answer.code() != 200) {
            faults.add(token + ": " + answer);
        } else if (!isMine || !expected.startsWith(answer.text())) {
            faults.add(token + " got the answer of another: " + answer);
        } else if (answer.ending() != Ending.CLEAN) {
            broken.add(token);
            return false;
        } else if (!answer.text().equals(expected)) {
            faults.add(token + " got a part that looks complete: " + answer);
        } else {
            answered.incrementAndGet();
        }
        return answer.ending() == Ending.CLEAN && !answer.values("Connection").contains("close");
    }

    private static void closeQuietly(@Nullable RawConnection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
