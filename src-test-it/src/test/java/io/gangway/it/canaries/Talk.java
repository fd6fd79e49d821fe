package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket of a client that waits for each message. */
final class Talk implements AutoCloseable {
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Listener listener = new Listener();
    private final WebSocket socket;

    private Talk(URI target, Map<String, String> headers, String... subprotocols) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder().connectTimeout(MAX_WAIT);
        headers.forEach(builder::header);
        if (subprotocols.length > 0) {
            builder.subprotocols(subprotocols[0], java.util.Arrays.copyOfRange(subprotocols, 1, subprotocols.length));
        }
        socket = builder.buildAsync(target, listener).join();
    }

    /** Connects to a path below an application's URL. */
    static Talk to(URI base, String path, String... subprotocols) {
        return with(Map.of(), base, path, subprotocols);
    }

    /** The same with headers. */
    static Talk with(Map<String, String> headers, URI base, String path, String... subprotocols) {
        return new Talk(target(base, path), headers, subprotocols);
    }

    private static URI target(URI base, String path) {
        return URI.create(base.toString().replaceFirst("^http", "ws") + path);
    }

    /** The status of the answer to a WebSocket that is refused. */
    static int refusal(URI base, String path) {
        return refusal(Map.of(), base, path);
    }

    /** The same with headers. */
    static int refusal(Map<String, String> headers, URI base, String path) {
        try (Talk talk = with(headers, base, path)) {
            throw new AssertionError("accepted: " + talk.socket);
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                HttpResponse<?> response = refused.getResponse();
                return response.statusCode();
            }
            throw e;
        }
    }

    String subprotocol() {
        return socket.getSubprotocol();
    }

    Talk say(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    Talk say(byte[] data) {
        socket.sendBinary(ByteBuffer.wrap(data), true).join();
        return this;
    }

    Talk hears(String text) throws InterruptedException {
        CanaryTable.checked();
        assertThat(next()).isEqualTo(text);
        return this;
    }

    /** The next message; for a close {@code closed CODE REASON}, for the end of the connection {@code broken}. */
    String next() throws InterruptedException {
        String next = listener.heard.poll(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
        return next == null ? "nothing within " + MAX_WAIT : next;
    }

    void leave(int code) {
        socket.sendClose(code, "").join();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private static final class Listener implements WebSocket.Listener {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            heard.add("bytes " + UTF_8.decode(data));
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            heard.add("closed " + code + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable problem) {
            heard.add("broken");
        }
    }
}
