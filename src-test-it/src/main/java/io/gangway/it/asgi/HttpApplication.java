package io.gangway.it.asgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.HttpEvent;
import io.gangway.asgi.HttpScope;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Send;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Requests: the first part of the path says what is done with one, the second the run. */
final class HttpApplication {
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);
    private static final byte[] BLOCK = new byte[16 << 10];

    private final Runs runs;
    private final Path file;

    HttpApplication(Runs runs) throws IOException {
        this.runs = runs;
        file = Files.createTempFile("gangway-rules", ".txt");
        file.toFile().deleteOnExit();
        Files.writeString(file, "the whole file");
    }

    CompletionStage<Void> call(String what, String run, HttpScope scope, Receive receive, Send send) {
        return switch (what) {
            case "release" -> {
                runs.gate(run).complete(null);
                yield answer(send, "");
            }
            case "journal" -> answer(send, runs.seen(run));
            case "scope" -> answer(send, dump(scope));
            case "state" -> answer(send, state(scope.state()));
            case "tls" -> answer(send, tls(scope));
            case "echo" -> read(run, receive).thenCompose(body -> answer(send, new String(body, UTF_8)));
            case "late" ->
                runs.gate(run)
                        .thenCompose(open -> read(run, receive))
                        .thenCompose(body -> answer(send, new String(body, UTF_8)));
            case "head-first" ->
                start(send)
                        .thenCompose(started -> read(run, receive))
                        .thenCompose(body -> last(send, new String(body, UTF_8)));
            case "early" ->
                start(send)
                        .thenCompose(started -> more(send, "first "))
                        .thenCompose(sent -> runs.gate(run))
                        .thenCompose(open -> read(run, receive))
                        .thenCompose(body -> last(send, new String(body, UTF_8)));
            case "unread" -> runs.gate(run).thenCompose(open -> answer(send, "without the body"));
            case "early-end" -> answer(send, "without the body");
            case "head" -> head(run, receive, send);
            case "wait" ->
                receive.receive().thenCompose(body -> {
                    runs.note(run, "waiting");
                    return noteNext(run, receive);
                });
            case "after" -> answer(send, "whole").thenCompose(ended -> noteNext(run, receive));
            case "flood" -> flood(run, send);
            case "pathsend" -> start(send).thenCompose(started -> send.send(new HttpEvent.PathSend(file)));
            default -> faulty(what, run, send);
        };
    }

    private CompletionStage<Void> faulty(String what, String run, Send send) {
        return switch (what) {
            case "fail" -> throw new IllegalStateException("on purpose, before the start");
            case "fail-started" -> start(send).thenCompose(fail("after the start"));
            case "fail-later" ->
                start(send)
                        .thenCompose(started -> more(send, "a part"))
                        .thenCompose(sent -> runs.gate(run))
                        .thenCompose(fail("in the body"));
            case "half" -> start(send).thenCompose(started -> more(send, "a part"));
            case "cancelled" -> {
                CompletableFuture<Void> cancelled = new CompletableFuture<>();
                cancelled.completeExceptionally(new CancellationException("on purpose"));
                yield cancelled;
            }
            case "twice" -> start(send).thenCompose(started -> start(send));
            case "body-first" -> last(send, "no start");
            case "goes-on" ->
                answer(send, "whole")
                        .thenCompose(ended -> last(send, "more"))
                        .thenCompose(ignored -> start(send))
                        .thenAccept(ignored -> runs.note(run, "ignored"));
            case "long" ->
                start(send, 200, new Header("content-length", "3")).thenCompose(started -> last(send, "abcde"));
            case "short" ->
                start(send, 200, new Header("content-length", "5")).thenCompose(started -> last(send, "abc"));
            case "bodiless" -> start(send, 204).thenCompose(started -> last(send, "abc"));
            case "coding" ->
                start(send, 200, new Header("transfer-encoding", "chunked")).thenCompose(started -> last(send, "abc"));
            case "split" ->
                start(send, 200, new Header("x-split", "a\r\nx-other: b")).thenCompose(started -> last(send, "abc"));
            default -> what.startsWith("trailers") ? trailers(what, run, send) : DONE;
        };
    }

    private CompletionStage<Void> trailers(String what, String run, Send send) {
        Header sum = new Header("x-sum", "6");
        if (what.equals("trailers-unannounced")) {
            return answer(send, "whole").thenCompose(ended -> trailers(send, sum));
        }
        Header[] more =
                what.equals("trailers-of-length") ? new Header[] {new Header("content-length", "3")} : new Header[0];
        CompletionStage<Void> started = send.send(new HttpEvent.ResponseStart(200, List.of(more), true));
        if (what.equals("trailers-first")) {
            return started.thenCompose(begun -> trailers(send, sum));
        }
        String body = switch (what) {
            case "trailers-alone" -> "";
            case "trailers-of-length", "trailers-of-none" -> "abc";
            default -> "abcdef";
        };
        CompletionStage<Void> complete = started.thenCompose(begun -> last(send, body));
        return switch (what) {
            case "trailers-missing" -> complete;
            case "trailers-alone" -> complete.thenCompose(ended -> trailers(send, new Header("x-sum", "0")));
            case "trailers-of-length" -> complete.thenCompose(ended -> trailers(send, new Header("x-sum", "3")));
            case "trailers-of-none" -> complete.thenCompose(ended -> trailers(send));
            case "trailers-later" ->
                complete.thenCompose(ended -> runs.gate(run)).thenCompose(open -> trailers(send, sum));
            case "trailers-then-body" ->
                complete.thenCompose(ended -> send.send(new HttpEvent.ResponseTrailers(List.of(sum), true)))
                        .thenCompose(sent -> last(send, "more"));
            case "trailers-split" ->
                complete.thenCompose(ended -> trailers(send, new Header("x-split", "a\r\nx-other: b")));
            case "trailers-large" ->
                complete.thenCompose(ended -> trailers(send, new Header("x-large", "x".repeat(8153))));
            case "trailers-forbidden" ->
                complete.thenCompose(ended -> trailers(send, new Header("content-length", "6")));
            default ->
                complete.thenCompose(ended -> send.send(
                                new HttpEvent.ResponseTrailers(List.of(sum, new Header("x-part", "one")), true)))
                        .thenCompose(sent -> trailers(send, new Header("X-Part", "two")));
        };
    }

    private static CompletionStage<Void> trailers(Send send, Header... fields) {
        return send.send(new HttpEvent.ResponseTrailers(List.of(fields)));
    }

    private static <T> Function<T, CompletionStage<Void>> fail(String when) {
        return before -> {
            throw new IllegalStateException("on purpose, " + when);
        };
    }

    private static CompletionStage<Void> start(Send send) {
        return start(send, 200);
    }

    private static CompletionStage<Void> start(Send send, int status, Header... more) {
        List<Header> headers = new ArrayList<>(
                List.of(new Header("content-type", "text/plain"), new Header("x-whose", "the application's")));
        headers.addAll(List.of(more));
        return send.send(new HttpEvent.ResponseStart(status, headers));
    }

    private static CompletionStage<Void> more(Send send, String text) {
        return send.send(new HttpEvent.ResponseBody(text.getBytes(UTF_8), true));
    }

    private static CompletionStage<Void> last(Send send, String text) {
        return send.send(new HttpEvent.ResponseBody(text.getBytes(UTF_8)));
    }

    private static CompletionStage<Void> answer(Send send, String text) {
        return start(send).thenCompose(started -> last(send, text));
    }

    /** Reads the body, and notes how many bytes have come. */
    private CompletionStage<byte[]> read(String run, Receive receive) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        return receive.forEach(event -> {
                    if (event instanceof HttpEvent.Request part) {
                        body.writeBytes(part.body());
                        runs.note(run, Integer.toString(body.size()));
                    }
                    return DONE;
                })
                .thenApply(all -> body.toByteArray());
    }

    /** Waits, with its head sent, for its client and for a test. */
    private CompletionStage<Void> head(String run, Receive receive, Send send) {
        return start(send)
                .thenCompose(started -> receive.receive())
                .thenCompose(body -> {
                    CompletionStage<AsgiEvent.Received> left = receive.receive();
                    return runs.gate(run)
                            .thenCompose(open -> last(send, "released"))
                            .thenCompose(sent -> left);
                })
                .thenAccept(left -> {});
    }

    private CompletionStage<Void> noteNext(String run, Receive receive) {
        return receive.receive().thenAccept(event -> runs.note(run, event.type()));
    }

    /** Sends until it is refused, and notes how many blocks that were. */
    private CompletionStage<Void> flood(String run, Send send) {
        AtomicInteger sent = new AtomicInteger();
        return start(send).thenCompose(started -> flood(run, send, sent)).whenComplete((never, problem) -> {
            runs.note(run, "refused");
        });
    }

    private CompletionStage<Void> flood(String run, Send send, AtomicInteger sent) {
        return send.send(new HttpEvent.ResponseBody(BLOCK, true)).thenCompose(room -> {
            runs.note(run, Integer.toString(sent.incrementAndGet()));
            return flood(run, send, sent);
        });
    }

    private static String dump(HttpScope scope) {
        StringBuilder text = new StringBuilder();
        text.append("type=").append(scope.type()).append('\n');
        text.append("asgi=")
                .append(scope.asgiVersion())
                .append(' ')
                .append(scope.specVersion())
                .append('\n');
        text.append("method=").append(scope.method()).append('\n');
        text.append("http_version=").append(scope.httpVersion()).append('\n');
        text.append("scheme=").append(scope.scheme()).append('\n');
        text.append("path=").append(scope.path()).append('\n');
        text.append("raw_path=").append(scope.rawPath()).append('\n');
        text.append("query_string=").append(scope.queryString()).append('\n');
        text.append("root_path=").append(scope.rootPath()).append('\n');
        scope.client()
                .ifPresent(
                        client -> text.append("client=").append(client.host()).append('\n'));
        scope.server()
                .ifPresent(server -> text.append("server=")
                        .append(server.host())
                        .append(' ')
                        .append(server.port().orElse(0))
                        .append('\n'));
        for (Header header : scope.headers()) {
            byte[] value = header.value().getBytes(ISO_8859_1);
            text.append("header ")
                    .append(header.name())
                    .append('=')
                    .append(new String(value, UTF_8))
                    .append('\n');
        }
        return text.toString();
    }

    /** What the startup left, and whether another request's changes are there. */
    private static String state(Map<String, Object> state) {
        String text = "startups=" + state.get("startups") + " shared="
                + ((AtomicInteger) requireNonNull(state.get("shared"))).incrementAndGet() + " name="
                + state.get("name");
        state.put("name", "of a request");
        return text;
    }

    private static String tls(HttpScope scope) {
        Map<String, Object> tls = scope.extensions().get("tls");
        if (tls == null) {
            return "none";
        }
        return "chain of " + ((List<?>) requireNonNull(tls.get("client_cert_chain"))).size()
                + (tls.containsKey("cipher_suite") ? ", a cipher suite" : "");
    }
}
