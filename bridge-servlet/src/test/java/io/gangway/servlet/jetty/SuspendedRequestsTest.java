package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Settings;
import io.gangway.server.SuspendableApplication;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application for which no thread waits. */
@Timeout(60)
class SuspendedRequestsTest {
    /** Far more than the threads of the servers here. */
    private static final int MANY = 100;

    private static final String LAST = "GET /now HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

    private final Patient application = new Patient();

    @Test
    void more_requests_wait_than_there_are_threads() throws Exception {
        try (GatewayServer server = start()) {
            List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
            HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            for (int i = 0; i < MANY; i++) {
                HttpRequest request = HttpRequest.newBuilder(server.uri().resolve("later?" + i))
                        .build();
                responses.add(client.sendAsync(request, BodyHandlers.ofString()));
            }
            await().until(() -> application.waiting.size() == MANY);
            assertThat(get(server, "now")).endsWith("\r\n\r\nnow");

            application.waiting.forEach(Runnable::run);
            for (int i = 0; i < MANY; i++) {
                HttpResponse<String> response = responses.get(i).get(30, TimeUnit.SECONDS);
                assertThat(response.body()).isEqualTo("later?" + i);
                assertThat(response.headers().firstValue("Content-Length"))
                        .contains(Integer.toString(response.body().length()));
            }
        }
    }

    @Test
    void bodies_that_do_not_come_keep_nobody_else_waiting() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try (GatewayServer server = start()) {
            for (int i = 0; i < 4; i++) {
                slow.add(send(server, "POST /now HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nxx"));
            }
            assertThat(get(server, "now")).endsWith("\r\n\r\nnow");
            for (Socket each : slow) {
                each.getOutputStream().write(("xx" + LAST).getBytes(UTF_8));
                assertThat(rest(each)).contains("\r\n\r\nnow: xxxx").endsWith("\r\n\r\nnow");
            }
        } finally {
            for (Socket each : slow) {
                each.close();
            }
        }
    }

    @Test
    void a_client_that_does_not_read_keeps_nobody_else_waiting() throws Exception {
        String request = "GET /large HTTP/1.1\r\nHost: here\r\n\r\n";
        try (GatewayServer server = start();
                Socket lazy = send(server, request.repeat(1_000) + LAST)) { // 60 MB of responses
            assertThat(get(server, "now")).endsWith("\r\n\r\nnow");
            assertThat(rest(lazy).split("HTTP/1.1 200 OK\r\n", -1)).hasSize(1_002);
        }
    }

    @Test
    void a_response_that_breaks_its_promise_is_broken_off() throws Exception {
        try (GatewayServer server = start()) {
            assertThat(get(server, "short"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Content-Length: 10\r\n")
                    .doesNotEndWith("0123456789");
            assertThat(get(server, "failing")).startsWith("HTTP/1.1 500 ");
            assertThat(get(server, "now")).endsWith("\r\n\r\nnow");
        }
    }

    @Test
    void a_response_without_a_body_has_none() throws Exception {
        try (GatewayServer server = start()) {
            assertThat(talk(server, "HEAD /now HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Content-Length: 3\r\n")
                    .endsWith("\r\n\r\n");
            assertThat(get(server, "empty")).contains("Content-Length: 0\r\n").endsWith("\r\n\r\n");
        }
    }

    private GatewayServer start() throws IOException {
        return GatewayServer.deploying(() -> Deployment.start(
                        Settings.resolve(CoreSettings.all(), List.of()), LoadedApplication.of(application)))
                .port(0)
                .threads(8)
                .start();
    }

    private static String get(GatewayServer server, String path) throws IOException {
        return talk(server, "GET /" + path + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    }

    private static String talk(GatewayServer server, String request) throws IOException {
        try (Socket socket = send(server, request)) {
            return rest(socket);
        }
    }

    private static Socket send(GatewayServer server, String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.getOutputStream().write(request.getBytes(UTF_8));
        return socket;
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    /** Answers at once, or when the test says so; on the caller's thread, or on a thread of its own. */
    private static final class Patient implements SuspendableApplication {
        private static final byte[] LARGE = new byte[60_000];

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            throw new AssertionError("somebody wants to wait");
        }

        @Override
        public void begin(Environ environ, Consumer<Resumption> resume) {
            String path = environ.pathInfo().substring(1);
            switch (path) {
                case "later" -> {
                    byte[] text = (path + "?" + environ.string("QUERY_STRING")).getBytes(UTF_8);
                    waiting.add(() -> resume.accept(new Whole(text, text.length)));
                }
                case "large" -> inOtherThread(() -> resume.accept(new Whole(LARGE, LARGE.length)));
                case "short" -> inOtherThread(() -> resume.accept(new Whole(new byte[3], 10)));
                case "failing" -> resume.accept(new Whole(new byte[0], 10));
                case "empty" -> resume.accept(new Whole(new byte[0], 0));
                default -> {
                    byte[] text = (path + body(environ)).getBytes(UTF_8);
                    resume.accept(new Whole(text, text.length));
                }
            }
        }

        private static String body(Environ environ) {
            if (environ.contentLength().isEmpty()) {
                return "";
            }
            try {
                return ": " + new String(environ.input().readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void inOtherThread(Runnable task) {
            new Thread(task).start();
        }

        private static List<byte[]> answer(StartResponse startResponse, byte[] body, int promised) {
            startResponse.start(
                    "200 OK",
                    List.of(
                            new Header("Content-Type", "text/plain; charset=utf-8"),
                            new Header("Content-Length", Integer.toString(promised))));
            return List.of(body);
        }
    }

    private static final class Whole implements SuspendableApplication.Resumption {
        private final byte[] body;
        private final int promised;

        Whole(byte[] body, int promised) {
            this.body = body;
            this.promised = promised;
        }

        @Override
        public int size() {
            return body.length == promised ? promised : UNKNOWN_SIZE;
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            return Patient.answer(startResponse, body, promised);
        }

        @Override
        public void drop() {
            throw new AssertionError("nothing is given up here");
        }
    }
}
