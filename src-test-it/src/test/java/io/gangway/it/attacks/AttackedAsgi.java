package io.gangway.it.attacks;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.ConnectionScope;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Scope;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.asgi.WebSocketScope;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The same application as {@code attacked_asgi.py}, in Java. */
public final class AttackedAsgi implements AsgiApplication, AutoCloseable {
    /** Blocks that a WebSocket is flooded with. */
    static final int FLOOD = 48;

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);
    private static final byte[] NOTHING = new byte[0];

    private final Marks marks;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    /** Opens the journal. */
    public AttackedAsgi() throws IOException {
        marks = new Marks();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    @Override
    public CompletionStage<Void> call(Scope scope, Receive receive, Send send) {
        if (!(scope instanceof ConnectionScope connection)) {
            throw new UnsupportedOperationException("no lifespan");
        }
        String[] path =
                connection.path().substring(connection.rootPath().length()).split("/", -1);
        int number = Integer.parseInt(path[2]);
        marks.note("begun", number);
        CompletionStage<Void> serving = scope instanceof WebSocketScope socket
                ? socket(socket, receive, send, number)
                : new Call((HttpScope) scope, receive, send, number).serve(path[1]);
        return serving.whenComplete((ended, problem) -> marks.note("ended", number));
    }

    private CompletionStage<Void> pause(long millis) {
        Executor later = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, timer);
        return CompletableFuture.runAsync(() -> {}, later);
    }

    private CompletionStage<Void> socket(WebSocketScope scope, Receive receive, Send send, int number) {
        return receive.receive()
                .thenCompose(connect -> {
                    if (!scope.queryString().equals("late")) {
                        return DONE;
                    }
                    marks.note("silent", number);
                    return pause(Marks.SILENCE);
                })
                .thenCompose(waited -> send.send(
                        new WebSocketEvent.Accept(null, List.of(new Header("x-number", Integer.toString(number))))))
                .thenCompose(accepted -> receive.forEach(
                        event -> event instanceof WebSocketEvent.Message message ? hear(message, send, number) : DONE));
    }

    private CompletionStage<Void> hear(WebSocketEvent.Message message, Send send, int number) {
        byte[] bytes = message.bytes();
        if (bytes != null) {
            return send.send(new WebSocketEvent.Send(checked(bytes, number, bytes.length)));
        }
        String text = String.valueOf(message.text());
        if (text.equals(number + " flood")) {
            return flood(send, number, FLOOD);
        }
        if (text.equals(number + " bye")) {
            return send.send(new WebSocketEvent.Close(4000, ""));
        }
        if (!text.startsWith(number + " ")) {
            marks.note("wrong", number);
        }
        return send.send(new WebSocketEvent.Send(text));
    }

    private static CompletionStage<Void> flood(Send send, int number, int count) {
        return count == 0
                ? DONE
                : send.send(new WebSocketEvent.Send(Marks.pattern(number, Marks.BLOCK)))
                        .thenCompose(sent -> flood(send, number, count - 1));
    }

    private byte[] checked(byte[] body, int number, int size) {
        if (!Arrays.equals(body, Marks.pattern(number, size))) {
            marks.note("wrong", number);
        }
        return body;
    }

    /** One request. */
    private final class Call {
        private final HttpScope scope;
        private final Receive receive;
        private final Send send;
        private final int number;
        private final int size;

        Call(HttpScope scope, Receive receive, Send send, int number) {
            this.scope = scope;
            this.receive = receive;
            this.send = send;
            this.number = number;
            this.size = Integer.parseInt(scope.header("x-size").orElseThrow());
        }

        CompletionStage<Void> serve(String kind) {
            return switch (kind) {
                case "echo" -> read(0, false);
                case "slow" -> read(Marks.PAUSE, false);
                case "silent" -> read(0, true);
                case "ignore" -> whole(Marks.pattern(number, Math.min(size, Marks.SMALL)));
                case "gather" -> gather();
                case "file" -> start(size).thenCompose(started -> blocks(file(), 0, Marks.BLOCK, 0));
                case "stream" -> start(-1).thenCompose(started -> blocks(body(), 0, size / 20, Marks.PAUSE));
                case "large" -> start(size).thenCompose(started -> blocks(body(), 0, Marks.BLOCK, 0));
                case "pause" ->
                    start(size)
                            .thenCompose(started -> more(Arrays.copyOf(body(), 1)))
                            .thenCompose(sent -> AttackedAsgi.this.pause(Marks.SILENCE))
                            .thenCompose(waited -> last(Marks.pattern(number, 1, size)));
                default -> throw new IllegalArgumentException(kind);
            };
        }

        private byte[] body() {
            return Marks.pattern(number, size);
        }

        /** Reads the whole body and returns it; nothing if the client has left. */
        private CompletionStage<Void> read(long pause, boolean isSilent) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            AtomicBoolean hasLeft = new AtomicBoolean();
            return receive.forEach(event -> {
                        if (!(event instanceof HttpEvent.Request part)) {
                            hasLeft.set(true);
                            return DONE;
                        }
                        body.writeBytes(part.body());
                        return pause == 0 || !part.moreBody() ? DONE : pause(pause);
                    })
                    .thenCompose(all -> hasLeft.get() ? DONE : echo(body.toByteArray(), isSilent));
        }

        private CompletionStage<Void> echo(byte[] body, boolean isSilent) {
            checked(body, number, size);
            if (!isSilent) {
                return whole(body);
            }
            marks.note("silent", number);
            return pause(Marks.SILENCE).thenCompose(waited -> whole(body));
        }

        private CompletionStage<Void> gather() {
            marks.note("silent", number);
            return awaitFile(marks.file(scope.queryString()), System.nanoTime() + TimeUnit.MINUTES.toNanos(1))
                    .thenCompose(there -> whole(body()));
        }

        private CompletionStage<Void> awaitFile(Path gate, long deadline) {
            return Files.exists(gate) || System.nanoTime() - deadline > 0
                    ? DONE
                    : pause(Marks.PAUSE).thenCompose(waited -> awaitFile(gate, deadline));
        }

        private byte[] file() {
            try (RandomAccessFile file = new RandomAccessFile(marks.file("file").toFile(), "r")) {
                byte[] bytes = new byte[size];
                file.seek(file.length() - size);
                file.readFully(bytes);
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private CompletionStage<Void> whole(byte[] body) {
            return start(body.length).thenCompose(started -> last(body));
        }

        private CompletionStage<Void> start(int length) {
            List<Header> head = new ArrayList<>(List.of(
                    new Header("content-type", "text/plain"), new Header("x-number", Integer.toString(number))));
            if (length >= 0) {
                head.add(new Header("content-length", Integer.toString(length)));
            }
            return send.send(new HttpEvent.ResponseStart(200, head));
        }

        private CompletionStage<Void> more(byte[] block) {
            return send.send(new HttpEvent.ResponseBody(block, true));
        }

        private CompletionStage<Void> last(byte[] block) {
            return send.send(new HttpEvent.ResponseBody(block));
        }

        /** Blocks of so many bytes from a position on, with a pause before each but the first. */
        private CompletionStage<Void> blocks(byte[] body, int begin, int block, long pause) {
            if (begin >= body.length) {
                return last(NOTHING);
            }
            int end = Math.min(body.length, begin + block);
            return (begin == 0 || pause == 0 ? DONE : pause(pause))
                    .thenCompose(waited -> more(Arrays.copyOfRange(body, begin, end)))
                    .thenCompose(sent -> blocks(body, end, block, pause));
        }
    }
}
