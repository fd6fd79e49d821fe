package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeRules;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.WebSocketExchange;
import io.gangway.exchange.WebSocketMessage;
import io.gangway.exchange.WebSocketWire;
import io.gangway.exchange.Wire;
import io.gangway.wsgi.Header;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The client of a WebSocket, which does what a test says. What it gets, it tells as texts. */
final class TestSocket implements WebSocketWire {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final long MAX_SECONDS = 60;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<EndedExchange> ended = new CompletableFuture<>();

    // Guarded by this object.
    private @Nullable Events events;
    private final Deque<WebSocketMessage> said = new ArrayDeque<>();
    private boolean isReadAwaited;
    private boolean isTaking = true;
    private boolean isWriteAwaited;
    private boolean isClosed;
    private int taken;

    /** A WebSocket to a path of an application; subprotocols that it offers. */
    static TestSocket to(Served served, String target, String... subprotocols) {
        TestSocket socket = new TestSocket();
        String[] parts = target.split("\\?", 2);
        RequestFacts facts = RequestFacts.of("socket-" + NUMBERS.incrementAndGet(), "GET")
                .target(target)
                .path("", parts[0])
                .query(parts.length == 1 ? "" : parts[1])
                .headers(List.of(new Header("Sec-WebSocket-Protocol", String.join(",", subprotocols))))
                .build();
        ExchangeRules rules = new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(), socket.ended::complete);
        ((ExchangeApplication) served.application())
                .webSockets()
                .orElseThrow()
                .serve(new WebSocketExchange(facts, socket, rules));
        return socket;
    }

    @Override
    public synchronized void attach(Events wanting) {
        events = wanting;
    }

    @Override
    public void accept(@Nullable String subprotocol, List<Header> headers) {
        heard.add("accepted " + subprotocol + " " + headers);
    }

    @Override
    public void deny(Consumer<? super Wire> response) {
        response.accept(new Denial());
    }

    @Override
    public synchronized @Nullable WebSocketMessage receive() {
        WebSocketMessage next = said.poll();
        isReadAwaited = next == null;
        if (next != null) {
            taken++;
        }
        return next;
    }

    @Override
    public synchronized boolean send(WebSocketMessage message) {
        heard.add(
                message instanceof WebSocketMessage.Text text
                        ? text.text()
                        : "bytes " + ((WebSocketMessage.Binary) message).data().length);
        isWriteAwaited = !isTaking;
        return isTaking;
    }

    @Override
    public void close(int code, String reason) {
        heard.add("closed " + code + " " + reason);
        leave(code, reason);
    }

    // What the client does.

    TestSocket say(String text) {
        return say(new WebSocketMessage.Text(text));
    }

    TestSocket say(WebSocketMessage message) {
        Events wanting;
        synchronized (this) {
            said.add(message);
            wanting = isReadAwaited ? events : null;
            isReadAwaited = false;
        }
        if (wanting != null) {
            wanting.readable();
        }
        return this;
    }

    /** Takes one message for each {@link #takes} from now on. */
    synchronized void takesNothing() {
        isTaking = false;
    }

    void takes() {
        Events wanting;
        synchronized (this) {
            isTaking = true;
            wanting = isWriteAwaited ? events : null;
            isWriteAwaited = false;
        }
        if (wanting != null) {
            wanting.writable();
        }
    }

    void leave(int code, String reason) {
        Events wanting;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            wanting = events;
        }
        if (wanting != null) {
            wanting.closed(code, reason);
        }
    }

    /** How many of the client's messages the application's side has taken. */
    synchronized int taken() {
        return taken;
    }

    int waiting() {
        return heard.size();
    }

    String next() {
        try {
            String next = heard.poll(MAX_SECONDS, TimeUnit.SECONDS);
            return next == null ? "nothing within " + MAX_SECONDS + " s" : next;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    TestSocket hears(String expected) {
        assertThat(next()).isEqualTo(expected);
        return this;
    }

    EndedExchange ended() throws Exception {
        return ended.get(MAX_SECONDS, TimeUnit.SECONDS);
    }

    /** Takes the HTTP response of a WebSocket that is denied. */
    private final class Denial implements Wire {
        private Wire.@Nullable Events http;

        @Override
        public void attach(Wire.Events wanting) {
            http = wanting;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return -1;
        }

        @Override
        public void head(ResponseHead head) {
            heard.add("denied " + head.code());
        }

        @Override
        public boolean write(byte[] data, int offset, int length, boolean flush) {
            heard.add(new String(data, offset, length, java.nio.charset.StandardCharsets.UTF_8));
            return true;
        }

        @Override
        public void end(Ending ending) {
            Wire.Events wanting = http;
            if (wanting != null) {
                wanting.ended();
            }
        }
    }
}
