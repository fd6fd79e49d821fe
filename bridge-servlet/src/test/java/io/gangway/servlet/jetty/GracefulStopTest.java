package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Settings;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GracefulStopTest {
    /** The time that a busy machine may add; far below the 25 seconds that a stop has by default. */
    private static final Duration MARGIN = Duration.ofSeconds(8);

    private static final String GET = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";
    private static final String GET_HELD = "GET /held HTTP/1.1\r\nHost: shop\r\n\r\n";

    private volatile CountDownLatch arrived = new CountDownLatch(1);
    private volatile CountDownLatch go = new CountDownLatch(1);
    private final List<Socket> sockets = new ArrayList<>();

    private final GatewayApplication application = (environ, startResponse) -> {
        if (environ.pathInfo().equals("/held")) {
            arrived.countDown();
            go.await();
        }
        startResponse.start("200 OK", List.of(new Header("Content-Length", "2")));
        return List.of("ok".getBytes(ISO_8859_1));
    };

    @AfterEach
    void release() throws IOException {
        go.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** Tried again if this machine was too slow to send the request before the connection was closed as idle. */
    @Test
    void a_request_that_comes_during_the_stop_on_a_kept_connection_is_served_as_its_last() throws Exception {
        String answer = "";
        while (answer.isEmpty()) {
            answer = answerDuringTheStop();
        }

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nok");
    }

    private String answerDuringTheStop() throws Exception {
        arrived = new CountDownLatch(1);
        go = new CountDownLatch(1);
        GatewayServer server = GatewayServer.of(application).port(0).start();
        int port = server.port();
        Socket held = connect(port);
        Socket kept = connect(port);
        assertThat(exchange(kept, GET)).doesNotContain("Connection: close").endsWith("\r\n\r\nok");
        send(held, GET_HELD);
        arrived.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
        String answer;
        try {
            send(kept, GET);
            awaitRefusal(port);
            answer = readAll(kept);
        } catch (SocketException e) { // closed already
            answer = "";
        }
        assertThat(stop).isNotDone();
        go.countDown();
        assertThat(readAll(held)).contains("Connection: close\r\n").endsWith("\r\n\r\nok");
        stop.get();
        return answer;
    }

    @Test
    void the_application_is_stopped_whatever_waiting_for_its_requests_throws() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        GatewayApplication closeable = new CountedApplication(closed);
        Listener where = mock(Listener.class);
        doThrow(new NoClassDefFoundError("gone with its jar")).when(where).refuse();
        GracefulStop stop = new GracefulStop(Duration.ZERO);
        stop.of(
                new Listeners(List.of(where)),
                new InProgress(new Handler.Wrapper()),
                CompletableFuture.completedFuture(Deployment.start(
                        Settings.resolve(CoreSettings.all(), List.of()), LoadedApplication.of(closeable))),
                () -> {});

        assertThat(stop.run()).isFalse();
        assertThat(closed).hasValue(1);
    }

    private record CountedApplication(AtomicInteger closed) implements GatewayApplication, AutoCloseable {
        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            return List.of();
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    @Test
    void half_a_request_is_waited_for_when_silent_connections_are_closed() throws Exception {
        GatewayServer server = GatewayServer.of(application).port(0).start();
        int port = server.port();
        Socket silent = connect(port);
        exchange(silent, GET);
        Socket slow = connect(port);
        exchange(slow, GET);
        Socket held = connect(port);
        send(held, GET_HELD);
        arrived.await();
        send(slow, "GET / HTTP/1.1\r\nHo");
        CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
        assertThat(silent.getInputStream().read()).isEqualTo(-1); // it was closed because it was idle
        send(slow, "st: shop\r\n\r\n");

        assertThat(readAll(slow)).startsWith("HTTP/1.1 200 OK\r\n").contains("Connection: close\r\n");
        go.countDown();
        stop.get();
    }

    @Test
    void every_connection_that_was_there_when_the_stop_began_is_answered() throws Exception {
        for (int round = 0; round < 5; round++) {
            GatewayServer server = GatewayServer.of(application).port(0).start();
            List<Socket> early = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Socket socket = connect(server.port());
                send(socket, GET);
                early.add(socket);
            }
            server.close();

            for (Socket socket : early) {
                assertThat(readAll(socket)).startsWith("HTTP/1.1 200 OK\r\n");
            }
        }
    }

    @Test
    void a_connection_whose_bytes_are_read_while_it_is_looked_at_stays_open() {
        AtomicLong idleFor = new AtomicLong(1_000);
        ByteArrayEndPoint connected = new ByteArrayEndPoint() {
            @Override
            public long getIdleFor() {
                return idleFor.get();
            }

            @Override
            public Object getTransport() { // asked for the bytes that have arrived
                idleFor.set(0);
                return super.getTransport();
            }
        };
        connected.setConnection(mock(Connection.class));

        GracefulStop.closeIfQuiet(connected, 1_000);
        assertThat(connected.isOpen()).isTrue();
    }

    @Test
    void an_idle_stop_does_not_wait_for_connections_that_are_only_kept() throws Exception {
        GatewayServer server = GatewayServer.of(application).port(0).start();
        Socket used = connect(server.port());
        exchange(used, GET);
        Socket unused = connect(server.port());

        assertThat(stopTime(server)).isLessThan(MARGIN);
        assertThat(used.getInputStream().read()).isEqualTo(-1);
        assertThat(unused.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void a_timeout_of_zero_stops_at_once() throws Exception {
        assertThat(lateStop(Duration.ZERO)).isLessThan(MARGIN);
    }

    @Test
    void a_request_that_hangs_keeps_the_stop_for_the_timeout_and_no_longer() throws Exception {
        Duration timeout = Duration.ofSeconds(1);

        assertThat(lateStop(timeout)).isBetween(timeout, timeout.plus(MARGIN));
    }

    private Duration lateStop(Duration gracefulTimeout) throws Exception {
        GatewayServer server = GatewayServer.of(application)
                .port(0)
                .gracefulTimeout(gracefulTimeout)
                .start();
        send(connect(server.port()), GET_HELD);
        arrived.await();
        long begin = System.nanoTime();
        assertThatThrownBy(server::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the server did not stop cleanly")
                .cause()
                .isInstanceOf(TimeoutException.class)
                .hasMessage("requests were not done in time");
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void http_2_is_told_by_goaway_and_its_streams_finish() throws Exception {
        GatewayServer server = GatewayServer.of(application).port(0).start();
        Http2Talk client = new Http2Talk(connect(server.port()));
        client.get("/held");
        arrived.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
        client.read(Http2Talk.GOAWAY);
        assertThat(stop).isNotDone();
        go.countDown();

        assertThat(client.read(Http2Talk.HEADERS).status()).isEqualTo(200);
        assertThat(client.read(Http2Talk.DATA).payload()).isEqualTo("ok");
        stop.get();
    }

    private static Duration stopTime(GatewayServer server) {
        long begin = System.nanoTime();
        server.close();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(60));
        sockets.add(socket);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** A response that ends with "ok", on a connection that stays open. */
    private static String exchange(Socket socket, String request) throws IOException {
        send(socket, request);
        StringBuilder answer = new StringBuilder();
        InputStream input = socket.getInputStream();
        while (answer.indexOf("\r\n\r\nok") < 0) {
            int next = input.read();
            assertThat(next).as("after " + answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }

    /** A stopping server accepts no more connections. */
    private static void awaitRefusal(int port) {
        await().untilAsserted(() -> assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close())
                .isInstanceOf(IOException.class));
    }
}
