package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Settings;
import io.gangway.servlet.GatewayServlet;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GatewayServerTest {
    private static final GatewayApplication ECHO = (environ, startResponse) -> {
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        String protocol = environ.string("SERVER_PROTOCOL");
        String text = protocol + " " + environ.url() + " "
                + new String(environ.input().readAllBytes(), UTF_8);
        return List.of(text.getBytes(UTF_8));
    };

    @Test
    void serves_http_1_1() throws Exception {
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            HttpResponse<String> response = post(Version.HTTP_1_1, server.uri().resolve("a%2Fb?c=d"), "body");

            assertThat(response.body()).isEqualTo("HTTP/1.1 " + server.uri() + "a/b?c=d body");
            assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
            assertThat(response.headers().allValues("Server")).containsExactly("Gangway");
            assertThat(response.headers().allValues("Date")).hasSize(1);
        }
    }

    @Test
    void says_which_port_is_taken() throws Exception {
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            assertThatThrownBy(() -> GatewayServer.of(ECHO).port(server.port()).start())
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1 port " + server.port() + ": ");
        }
    }

    @Test
    void serves_on_each_of_several_addresses(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("s.sock");
        try (GatewayServer server = GatewayServer.of(ECHO)
                .port(0)
                .andPort("127.0.0.1", 0)
                .andUnixSocket(socket)
                .start()) {
            assertThat(server.uris()).hasSize(3).doesNotHaveDuplicates().startsWith(server.uri());
            assertThat(server.uris().get(2)).isEqualTo(URI.create("unix:" + socket));
            for (URI uri : server.uris().subList(0, 2)) {
                assertThat(post(Version.HTTP_1_1, uri, "body").body()).isEqualTo("HTTP/1.1 " + uri + " body");
            }
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                channel.write(ByteBuffer.wrap("GET / HTTP/1.0\r\nHost: x\r\n\r\n".getBytes(UTF_8)));
                assertThat(new String(Channels.newInputStream(channel).readAllBytes(), UTF_8))
                        .contains(" http://x/ ");
            }
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void names_the_one_of_several_addresses_that_is_taken_and_leaves_the_others_free() throws Exception {
        int free;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = probe.getLocalPort();
        }
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            assertThatThrownBy(() -> GatewayServer.of(ECHO)
                            .port(free)
                            .andPort("127.0.0.1", server.port())
                            .start())
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1 port " + server.port() + ": ");
        }
        GatewayServer.of(ECHO).port(free).start().close();
    }

    @Test
    void says_that_a_host_is_unknown() {
        assertThatThrownBy(() ->
                        GatewayServer.of(ECHO).host("nowhere.invalid").port(0).start())
                .isInstanceOf(BindException.class)
                .hasMessage("cannot listen on nowhere.invalid port 0: there is no such host");
    }

    @Test
    void a_stop_lets_requests_in_progress_finish_and_then_closes_the_application() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        class Held implements GatewayApplication, AutoCloseable {
            private volatile boolean answered;
            private volatile boolean closedAfterAnswer;

            @Override
            public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
                arrived.countDown();
                go.await();
                answered = true;
                return ECHO.call(environ, startResponse);
            }

            @Override
            public void close() {
                closedAfterAnswer = answered;
            }
        }
        Held application = new Held();
        GatewayServer server = GatewayServer.of(application).port(0).start();
        int port = server.port();
        CompletableFuture<HttpResponse<String>> response = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .build()
                .sendAsync(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        arrived.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
        // A stopping server accepts no more connections; only then may the request go on.
        await().untilAsserted(() -> assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class));
        assertThat(stop).isNotDone();
        go.countDown();

        assertThat(response.get().statusCode()).isEqualTo(200);
        stop.get();
        assertThat(application.closedAfterAnswer).isTrue();
    }

    @Test
    void a_body_over_the_limit_is_refused() throws Exception {
        try (GatewayServer server =
                GatewayServer.of(ECHO).port(0).maxRequestBody(4).start()) {
            assertThat(post(Version.HTTP_1_1, server.uri(), "four").statusCode())
                    .isEqualTo(200);
            assertThat(post(Version.HTTP_1_1, server.uri(), "fives").statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void headers_over_the_limit_are_refused() throws Exception {
        try (GatewayServer server = GatewayServer.of(ECHO).port(0).start()) {
            HttpRequest request = HttpRequest.newBuilder(server.uri())
                    .header("X-Long", "x".repeat(33 * 1024))
                    .build();

            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(431);
        }
    }

    @Test
    void a_deployment_is_started_when_the_address_is_taken_and_closed_at_the_end() throws Exception {
        List<Deployment> started = new ArrayList<>();
        try (GatewayServer server =
                GatewayServer.deploying(() -> started(started)).port(0).start()) {
            assertThatThrownBy(() -> GatewayServer.deploying(() -> started(started))
                            .port(server.port())
                            .start())
                    .isInstanceOf(BindException.class);
            assertThat(post(Version.HTTP_1_1, server.uri(), "").statusCode()).isEqualTo(200);
        }
        assertThat(started).extracting(Deployment::state).containsExactly(Deployment.State.STOPPED);
    }

    @Test
    void jetty_starts_while_the_application_starts_and_answers_when_both_have() throws Exception {
        List<Deployment> started = new ArrayList<>();
        GatewayServer.Builder builder = GatewayServer.deploying(() -> {
            await("the servlet waits for the application").until(GatewayServerTest::isServletWaiting);
            return started(started);
        });
        try (GatewayServer server = builder.port(0).start()) {
            assertThat(post(Version.HTTP_1_1, server.uri(), "").statusCode()).isEqualTo(200);
        }
        assertThat(started).extracting(Deployment::state).containsExactly(Deployment.State.STOPPED);
        assertThat(startingThreads()).isEmpty();
    }

    private static boolean isServletWaiting() {
        return startingThreads().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().equals(GatewayServlet.class.getName())
                        && frame.getMethodName().equals("init"));
    }

    /** The stacks of the threads that start a Jetty. */
    private static List<StackTraceElement[]> startingThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().equals("gangway-jetty-start"))
                .map(Map.Entry::getValue)
                .toList();
    }

    @Test
    void an_interrupted_start_leaves_no_thread() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread starting = new Thread(() -> failure.complete(catchThrowable(() -> GatewayServer.deploying(() -> {
                    await("the servlet waits for the application").until(GatewayServerTest::isServletWaiting);
                    Thread.currentThread().interrupt();
                    throw new DeploymentException("the start was interrupted");
                })
                .port(0)
                .start())));
        starting.start();

        assertThat(failure.get(1, TimeUnit.MINUTES)).hasMessage("the start was interrupted");
        assertThat(startingThreads()).isEmpty();
    }

    @Test
    void a_jetty_that_does_not_start_closes_the_application(@TempDir Path folder) {
        List<Deployment> started = new ArrayList<>();
        IllegalStateException failure = new IllegalStateException("no such group");

        assertThatThrownBy(() -> GatewayServer.deploying(() -> started(started))
                        .unixSocket(folder.resolve("s.sock"))
                        .whenUnixSocketIsMade(path -> {
                            throw failure;
                        })
                        .start())
                .hasMessage("the server did not start: no such group");
        assertThat(started).extracting(Deployment::state).containsExactly(Deployment.State.STOPPED);
        assertThat(startingThreads()).isEmpty();
    }

    /** Tried again, because another process may have taken the free port; a port that our own server keeps fails each time. */
    @ParameterizedTest
    @MethodSource("failures")
    void a_deployment_that_fails_leaves_the_port_free(Throwable failure) {
        await().untilAsserted(() -> {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            assertThatThrownBy(() -> GatewayServer.deploying(() -> {
                                throw GatewayServerTest.<RuntimeException>unchecked(failure);
                            })
                            .port(port)
                            .start())
                    .isSameAs(failure)
                    .hasNoSuppressedExceptions();
            assertThat(startingThreads()).isEmpty();

            assertThatCode(() -> GatewayServer.of(ECHO).port(port).start().close())
                    .doesNotThrowAnyException();
        });
    }

    static List<Throwable> failures() {
        return List.of(new DeploymentException("no such application"), new NoClassDefFoundError("gone"));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable throwable) throws T {
        throw (T) throwable;
    }

    @Test
    void a_wrong_setting_is_thrown_with_its_message() {
        System.setProperty("gangway.lint", "sometimes");
        try {
            assertThatThrownBy(() -> GatewayServer.of(ECHO).port(0).start())
                    .isInstanceOf(DeploymentException.class)
                    .hasMessageStartingWith("gangway.lint: expected one of ");
        } finally {
            System.clearProperty("gangway.lint");
        }
    }

    @Test
    void serves_on_a_unix_socket_and_removes_it(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("s.sock");
        try (GatewayServer server = GatewayServer.of(ECHO).unixSocket(socket).start()) {
            assertThat(server.uri()).isEqualTo(URI.create("unix:" + socket));
            assertThat(getOver(socket)).startsWith("HTTP/1.1 200 OK\r\n").endsWith("HTTP/1.1 http://shop/ ");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void takes_a_unix_socket_that_nobody_listens_on_and_no_other(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("s.sock");
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (GatewayServer server = GatewayServer.of(ECHO).unixSocket(socket).start()) {
            assertThat(server.port()).isEqualTo(-1);
            assertThat(getOver(socket)).startsWith("HTTP/1.1 200 OK");
            assertThatThrownBy(() -> GatewayServer.of(ECHO).unixSocket(socket).start())
                    .isInstanceOf(BindException.class)
                    .hasMessage("cannot listen on unix:" + socket + ": Address already in use");
            assertThat(getOver(socket)).startsWith("HTTP/1.1 200 OK");
        }
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> GatewayServer.of(ECHO).unixSocket(file).start())
                .isInstanceOf(BindException.class)
                .hasMessage("cannot listen on unix:" + file + ": the file exists, and is not a socket");
        assertThat(file).exists();
    }

    private static Deployment started(List<Deployment> kept) {
        Deployment deployment =
                Deployment.start(Settings.resolve(CoreSettings.all(), List.of()), LoadedApplication.of(ECHO));
        kept.add(deployment);
        return deployment;
    }

    private static String getOver(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n".getBytes(UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), UTF_8);
        }
    }

    private static HttpResponse<String> post(Version version, URI uri, String body) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(version).build();
        HttpRequest request = HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }
}
