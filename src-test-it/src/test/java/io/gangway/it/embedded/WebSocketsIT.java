package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.AsgiEvent;
import io.gangway.asgi.Receive;
import io.gangway.asgi.Send;
import io.gangway.asgi.WebSocketEvent;
import io.gangway.asgi.WebSocketScope;
import io.gangway.it.client.RawConnection;
import io.gangway.it.websocket.RawWebSocket;
import io.gangway.servlet.GatewayServlet;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The end of WebSockets in our own server: pings, the stop, too many slow applications. */
class WebSocketsIT {
    private final BlockingQueue<AsgiEvent.Received> seen = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    /** Accepts, and notes all events. */
    private AsgiApplication listening() {
        return (scope, receive, send) -> receive.receive()
                .thenCompose(connect -> send.send(new WebSocketEvent.Accept()))
                .thenCompose(accepted -> notes(receive, send));
    }

    private CompletionStage<Void> notes(Receive receive, Send send) {
        return receive.receive().thenCompose(event -> {
            seen.add(event);
            return event instanceof WebSocketEvent.Message
                    ? notes(receive, send)
                    : CompletableFuture.completedFuture(null);
        });
    }

    private AsgiEvent.Received next() throws InterruptedException {
        return seen.poll(30, TimeUnit.SECONDS);
    }

    @Test
    @Tag("A34")
    void a_client_that_answers_no_pings_is_gone() throws Exception {
        try (GatewayServer server = AsgiServer.start(
                        listening(), Map.of("gangway.ws-ping-interval", "100ms", "gangway.ws-ping-timeout", "300ms"));
                RawWebSocket socket = RawWebSocket.open(new RawConnection(server.port()), "/")) {
            assertThat(socket.frame().opcode()).isEqualTo(RawWebSocket.PING);
            assertThat(next()).isEqualTo(new WebSocketEvent.Disconnect(1006, ""));
        }
    }

    @Test
    void a_client_that_answers_pings_stays() throws Exception {
        try (GatewayServer server = AsgiServer.start(
                        listening(), Map.of("gangway.ws-ping-interval", "100ms", "gangway.ws-ping-timeout", "10s"));
                RawWebSocket socket = RawWebSocket.open(new RawConnection(server.port()), "/")) {
            for (int i = 0; i < 3; i++) {
                RawWebSocket.Frame ping = socket.frame();
                assertThat(ping.opcode()).isEqualTo(RawWebSocket.PING);
                socket.frame(true, RawWebSocket.PONG, ping.payload());
            }
            socket.text("here");
            assertThat(next())
                    .isInstanceOfSatisfying(
                            WebSocketEvent.Message.class,
                            message -> assertThat(message.text()).isEqualTo("here"));
        }
    }

    @Test
    @Tag("A35")
    void a_stop_closes_with_1012_and_waits_for_the_close() throws Exception {
        GatewayServer server = AsgiServer.start(listening(), Map.of());
        try (RawWebSocket socket = RawWebSocket.open(new RawConnection(server.port()), "/")) {
            CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
            RawWebSocket.Frame closed = socket.closed();
            assertThat(closed.code()).isEqualTo(1012);
            assertThat(stop).isNotDone();
            socket.frame(true, RawWebSocket.CLOSE, closed.payload());
            stop.get(20, TimeUnit.SECONDS);
            assertThat(next()).isEqualTo(new WebSocketEvent.Disconnect(1012, ""));
        } finally {
            server.close();
        }
    }

    @Test
    @Tag("A34")
    void a_client_that_leaves_before_the_accept_is_a_disconnect() throws Exception {
        AsgiApplication waiting = (scope, receive, send) -> scope instanceof WebSocketScope
                ? receive.receive().thenAccept(seen::add).thenCompose(connect -> notes(receive, send))
                : CompletableFuture.failedFuture(new IllegalArgumentException("WebSockets only"));
        try (GatewayServer server = AsgiServer.start(waiting, Map.of())) {
            try (RawConnection connection = new RawConnection(server.port())) {
                connection.send(RawWebSocket.request("/"));
                assertThat(next()).isEqualTo(new WebSocketEvent.Connect());
            }
            assertThat(next()).isEqualTo(new WebSocketEvent.Disconnect(1006, ""));
        }
    }

    @Test
    @Tag("A36")
    void where_reading_cannot_stop_fifty_threads_wait_and_further_websockets_are_closed_with_1013() throws Exception {
        AsgiApplication slow = (scope, receive, send) -> receive.receive()
                .thenCompose(connect -> send.send(new WebSocketEvent.Accept()))
                .thenCompose(accepted -> gate);
        List<RawWebSocket> sockets = new ArrayList<>();
        Server jetty = new Server();
        try {
            int port = start(jetty, slow, true);
            for (int i = 0; i < 51; i++) {
                RawWebSocket socket = RawWebSocket.open(new RawConnection(port), "/");
                sockets.add(socket);
                for (int message = 0; message < 33; message++) {
                    socket.text("one of those that nobody receives");
                }
            }
            CompletableFuture<Object> first = new CompletableFuture<>();
            for (RawWebSocket socket : sockets) {
                Thread reader = new Thread(() -> {
                    try {
                        first.complete(socket.closed().code());
                    } catch (IOException e) {
                        first.complete(e);
                    }
                });
                reader.setDaemon(true);
                reader.start();
            }
            assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(1013);
            gate.complete(null);
        } finally {
            for (RawWebSocket socket : sockets) {
                socket.close();
            }
            jetty.stop();
        }
    }

    /** Starts somebody's own Jetty with our servlet. */
    private static int start(Server jetty, AsgiApplication application, boolean hasWebSockets) throws Exception {
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        if (hasWebSockets) {
            JakartaWebSocketServletContainerInitializer.configure(context, null);
        }
        context.addServlet(new ServletHolder(new GatewayServlet(application)), "/*");
        jetty.setHandler(context);
        jetty.start();
        return connector.getLocalPort();
    }

    @Test
    void a_container_without_websockets_answers_501() throws Exception {
        Server jetty = new Server();
        try (RawConnection connection = new RawConnection(start(jetty, listening(), false))) {
            connection.send(RawWebSocket.request("/"));
            connection
                    .read("GET")
                    .status(501)
                    .body(
                            "501 Not Implemented\nThis server's container has no WebSockets: it lacks an implementation of"
                                    + " jakarta.websocket 2.1.\n");
        } finally {
            jetty.stop();
        }
    }

    @Test
    void a_request_for_a_websocket_of_a_wsgi_function_is_a_request_like_any_other() throws Exception {
        try (GatewayServer server = GatewayServer.of((environ, start) -> {
                            start.start("200 OK", List.of());
                            return List.of(environ.header("Upgrade").orElse("").getBytes(UTF_8));
                        })
                        .port(0)
                        .start();
                RawConnection connection = new RawConnection(server.port())) {
            connection.send(RawWebSocket.request("/"));
            connection.read("GET").status(200).body("websocket");
        }
    }
}
