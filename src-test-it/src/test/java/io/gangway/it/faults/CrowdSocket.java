package io.gangway.it.faults;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of many WebSockets to {@code crowd.py}. Its code when it is closed; 1006 if the connection breaks. */
final class CrowdSocket implements WebSocket.Listener {
    static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final int number;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;

    private CrowdSocket(int number) {
        this.number = number;
    }

    /** Opens it; the stage fails if it is refused. */
    static CompletableFuture<CrowdSocket> open(HttpClient client, int port, int number) {
        CrowdSocket made = new CrowdSocket(number);
        return client.newWebSocketBuilder()
                .connectTimeout(MAX_WAIT)
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/talk?" + number), made)
                .thenApply(opened -> {
                    made.socket = opened;
                    return made;
                });
    }

    int number() {
        return number;
    }

    CompletableFuture<Integer> closed() {
        return closed;
    }

    /** Takes the first message, which has its number. Returns false if it was closed before that. */
    boolean isGreeted() throws InterruptedException {
        String first = next();
        if (!first.isEmpty() && !first.endsWith(" " + number)) {
            throw new AssertionError("number " + number + " got the message of another: " + first);
        }
        return !first.isEmpty();
    }

    /** The process that serves it: the first message, which also has its number. */
    long pid() throws InterruptedException {
        String first = next();
        if (!first.endsWith(" " + number)) {
            throw new AssertionError("number " + number + " got the message of another: " + first);
        }
        return Long.parseLong(first.substring(0, first.indexOf(' ')));
    }

    /** Sends a text and takes its answer. Returns false if it was closed before that. */
    @SuppressWarnings("FutureReturnValueIgnored") // what cannot be sent has no answer
    boolean talks(String what) throws InterruptedException {
        WebSocket opened = socket;
        if (opened == null) {
            throw new IllegalStateException("it is not open");
        }
        opened.sendText(what, true);
        String answer = next();
        if (answer.isEmpty()) {
            return false;
        }
        if (!answer.equals(number + " " + what)) {
            throw new AssertionError("number " + number + " said " + what + ", and heard " + answer);
        }
        return true;
    }

    /** The next message; empty if it is closed. */
    private String next() throws InterruptedException {
        String message = heard.poll(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("number " + number + " heard nothing for " + MAX_WAIT);
        }
        return message;
    }

    void leave() {
        if (socket != null) {
            socket.abort();
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
        text.append(data);
        if (isLast) {
            heard.add(text.toString());
            text.setLength(0);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        heard.add("");
        closed.complete(code);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable problem) {
        heard.add("");
        closed.complete(1006);
    }
}
