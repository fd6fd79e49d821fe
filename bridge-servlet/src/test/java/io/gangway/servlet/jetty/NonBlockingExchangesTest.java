package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeListener;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application for which no thread waits. */
@Timeout(60)
class NonBlockingExchangesTest {
    private static final int THREADS = 8;

    /** Far more than the threads of the servers here. */
    private static final int MANY = 100;

    private static final String LAST = "GET /now HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

    /** The grace of five seconds, and a busy machine. */
    private static final Duration TOO_SLOW = Duration.ofSeconds(30);

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

    /** The container reads such a target as an authority where it suspends a request. */
    @ParameterizedTest
    @ValueSource(strings = {"//x/../y", "//x/%2e%2e/y", "//y", "//y:z/../../y", "http://here//x/../y"})
    void a_path_that_begins_with_two_slashes_is_a_path(String target) throws Exception {
        try (GatewayServer server = start()) {
            assertThat(talk(server, "GET " + target + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith(target.contains(":z") ? "\r\n\r\ny" : "\r\n\r\n/y");
        }
    }

    @Test
    void a_path_that_begins_with_two_slashes_is_a_path_in_http_2() throws Exception {
        try (GatewayServer server = start();
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            Http2Talk talk = new Http2Talk(socket);
            talk.get("//x/../y");
            assertThat(talk.read(Http2Talk.HEADERS).status()).isEqualTo(200);
            assertThat(talk.read(Http2Talk.DATA).payload()).isEqualTo("/y");
        }
    }

    @Test
    void a_response_whose_path_begins_with_two_slashes_is_broken_off_too() throws Exception {
        try (GatewayServer server = start()) {
            assertThat(get(server, "/x/../../short"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("Content-Length: 10\r\n")
                    .doesNotContain("HTTP/1.1 5");
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

    @Test
    void a_client_that_sends_its_body_too_slowly_gets_a_408() throws Exception {
        try (GatewayServer server = start("1G");
                Socket slow = send(server, "POST /now HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nxx")) {
            assertThat(rest(slow))
                    .startsWith("HTTP/1.1 408 ")
                    .contains("Connection: close\r\n", "\r\n\r\n408 Request Timeout\nRequest id: ");
        }
    }

    @Test
    void a_server_that_has_not_read_what_arrived_blames_no_client() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "this system does not show its connections");
        List<Socket> sockets = new ArrayList<>();
        try (GatewayServer server = start("1G")) {
            List<Socket> fast = sendHalf(server, sockets);
            List<Socket> slow = sendHalf(server, sockets);
            await().until(() -> application.reading.size() == fast.size() + slow.size());
            for (int i = 0; i < 2 * THREADS; i++) {
                sockets.add(send(server, "GET /busy HTTP/1.1\r\nHost: here\r\n\r\n"));
            }
            await().until(() -> application.blocked.getQueueLength() >= THREADS / 2); // some threads are Jetty's own
            for (Socket each : fast) {
                each.getOutputStream().write(("xx" + LAST).getBytes(UTF_8));
            }
            await().atMost(TOO_SLOW).until(() -> application.failed.get() == slow.size());

            application.blocked.release(MANY);

            for (Socket each : fast) {
                assertThat(rest(each)).contains("\r\n\r\nnow: xxxx").endsWith("\r\n\r\nnow");
            }
            for (Socket each : slow) {
                assertThat(rest(each)).startsWith("HTTP/1.1 408 ");
            }
        } finally {
            application.blocked.release(MANY);
            for (Socket each : sockets) {
                each.close();
            }
        }
    }

    private static List<Socket> sendHalf(GatewayServer server, List<Socket> all) throws IOException {
        List<Socket> sent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sent.add(send(server, "POST /now HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nxx"));
        }
        all.addAll(sent);
        return sent;
    }

    @Test
    void a_client_that_takes_its_response_too_slowly_loses_its_connection() throws Exception {
        try (GatewayServer server = start("1G");
                Socket slow = send(server, "GET /endless HTTP/1.1\r\nHost: here\r\n\r\n")) {
            await().atMost(TOO_SLOW).until(() -> application.left.get() == 1);
            assertThat(rest(slow)).startsWith("HTTP/1.1 200 OK\r\n").doesNotEndWith("0\r\n\r\n");
            assertThat(get(server, "now")).endsWith("\r\n\r\nnow");
        }
    }

    @Test
    void an_application_that_wants_to_know_is_told_that_its_silent_client_has_closed_its_side() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "this system does not show its connections");
        try (GatewayServer server = start();
                Socket client = send(server, "GET /silent HTTP/1.1\r\nHost: here\r\n\r\n")) {
            await().until(() -> application.waiting.size() == 1);
            client.shutdownOutput();
            await().until(() -> application.closing.get() == 1);

            application.waiting.remove().run();
            assertThat(rest(client)).as("it may still wait for its answer").endsWith("\r\n\r\nsilent");
        }
    }

    @Test
    void it_is_told_of_a_client_that_resets_its_connection_before_anybody_has_looked() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "this system does not show its connections");
        try (GatewayServer server = start();
                Socket client = send(server, "GET /leaving HTTP/1.1\r\nHost: here\r\n\r\n")) {
            await().until(() -> application.waiting.size() == 1);
            reset(client);
            await().atMost(TOO_SLOW).until(() -> application.closing.get() == 1);
        }
    }

    @Test
    void an_application_that_blocks_while_it_is_told_so_keeps_nobody_else_from_being_told() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "this system does not show its connections");
        try (GatewayServer server = start();
                Socket first = send(server, "GET /blocking HTTP/1.1\r\nHost: here\r\n\r\n");
                Socket second = send(server, "GET /silent HTTP/1.1\r\nHost: here\r\n\r\n")) {
            await().until(() -> application.waiting.size() == 2);
            first.shutdownOutput();
            await().until(() -> application.blocked.hasQueuedThreads());

            second.shutdownOutput();
            await().until(() -> application.closing.get() == 1);
            application.blocked.release();
            application.waiting.forEach(Runnable::run);
            assertThat(rest(first)).endsWith("\r\n\r\nblocking");
            assertThat(rest(second)).endsWith("\r\n\r\nsilent");
        }
    }

    private GatewayServer start() throws IOException {
        return start("240");
    }

    private GatewayServer start(String minDataRate) throws IOException {
        SettingSource rate = SettingSource.initParams(Map.of("gangway.min-data-rate", minDataRate));
        return GatewayServer.deploying(() -> Deployment.start(
                        Settings.resolve(CoreSettings.all(), List.of(rate)), LoadedApplication.of(application)))
                .port(0)
                .threads(THREADS)
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

    private static void reset(Socket client) throws IOException {
        try (client) {
            client.setSoLinger(true, 0);
        }
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }

    /** Answers at once, or when the test says so; on the caller's thread, or on a thread of its own. */
    private static final class Patient implements ExchangeApplication, GatewayApplication {
        private static final byte[] LARGE = new byte[60_000];

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private final AtomicInteger left = new AtomicInteger();
        private final AtomicInteger closing = new AtomicInteger();
        private final Semaphore blocked = new Semaphore(0);
        /** Requests whose body has been waited for. */
        private final Set<Exchange> reading = ConcurrentHashMap.newKeySet();
        /** Of these, those whose body did not come. */
        private final AtomicInteger failed = new AtomicInteger();

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            throw new AssertionError("somebody wants to wait");
        }

        @Override
        public boolean isBlocking() {
            return false;
        }

        @Override
        public void serve(Exchange exchange) {
            String path = exchange.facts().path().substring(1);
            switch (path) {
                case "later" ->
                    waiting.add(
                            () -> answer(exchange, path + "?" + exchange.facts().query()));
                case "large" -> inOtherThread(() -> answer(exchange, LARGE, LARGE.length));
                case "short" -> inOtherThread(() -> answer(exchange, new byte[3], 10));
                case "failing" -> answer(exchange, new byte[0], 10);
                case "empty" -> answer(exchange, "");
                case "busy" -> {
                    blocked.acquireUninterruptibly();
                    answer(exchange, path);
                }
                case "silent", "leaving", "blocking" -> {
                    new Watching(exchange);
                    waiting.add(() -> answer(exchange, path));
                }
                case "endless" -> {
                    exchange.head("200 OK", List.of());
                    new Watching(exchange).writable();
                }
                default -> new Reading(exchange, path, reading, failed).readable();
            }
        }

        private static void inOtherThread(Runnable task) {
            new Thread(task).start();
        }

        /** Wants to know whether its client is still there. */
        private final class Watching implements ExchangeListener {
            private final Exchange exchange;

            Watching(Exchange exchange) {
                this.exchange = exchange;
                exchange.listen(this);
            }

            @Override
            public void readable() {
                // no body
            }

            /** Writes for as long as there is room. */
            @Override
            public void writable() {
                try {
                    while (exchange.write(LARGE, 0, LARGE.length, true)) {
                        // until the client does not take it
                    }
                } catch (ClientException e) {
                    exchange.fail(e);
                }
            }

            @Override
            public void left(ClientException how) {
                exchange.fail(how);
                left.incrementAndGet();
            }

            @Override
            public void closing() {
                switch (exchange.facts().path()) {
                    case "/blocking" -> blocked.acquireUninterruptibly();
                    case "/leaving" -> {
                        exchange.fail(new ClientException("it has left", new IOException("closed")));
                        closing.incrementAndGet();
                    }
                    default -> closing.incrementAndGet();
                }
            }

            @Override
            public boolean isClosingWanted() {
                return true;
            }
        }

        private static void answer(Exchange exchange, String text) {
            byte[] body = text.getBytes(UTF_8);
            answer(exchange, body, body.length);
        }

        private static void answer(Exchange exchange, byte[] body, int promised) {
            try {
                exchange.head(
                        "200 OK",
                        List.of(
                                new Header("Content-Type", "text/plain; charset=utf-8"),
                                new Header("Content-Length", Integer.toString(promised))));
                exchange.write(body, 0, body.length, false);
                exchange.end();
            } catch (ClientException e) {
                exchange.fail(e);
            }
        }
    }

    /** Reads a body as it comes, and then answers. */
    private static final class Reading implements ExchangeListener {
        private final Exchange exchange;
        private final String path;
        private final Set<Exchange> waiting;
        private final AtomicInteger failed;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        Reading(Exchange exchange, String path, Set<Exchange> waiting, AtomicInteger failed) {
            this.exchange = exchange;
            this.path = path;
            this.waiting = waiting;
            this.failed = failed;
            exchange.listen(this);
        }

        @Override
        public void readable() {
            byte[] piece = new byte[100];
            try {
                int count = exchange.read(piece, 0, piece.length);
                for (; count > 0; count = exchange.read(piece, 0, piece.length)) {
                    body.write(piece, 0, count);
                }
                if (count < 0) {
                    Patient.answer(exchange, path + (body.size() == 0 ? "" : ": " + body.toString(UTF_8)));
                } else if (body.size() > 0) {
                    waiting.add(exchange);
                }
            } catch (IOException e) {
                failed.incrementAndGet();
                exchange.fail(e);
            }
        }

        @Override
        public void writable() {
            // the answer is one write
        }

        @Override
        public void left(ClientException how) {
            exchange.fail(how);
        }
    }
}
