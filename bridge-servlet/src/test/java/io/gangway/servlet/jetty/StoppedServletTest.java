package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Settings;
import io.gangway.deploy.TimedStop;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.ExchangeListener;
import io.gangway.servlet.CapturedLog;
import io.gangway.servlet.GatewayServlet;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A servlet that a container destroys while the container itself goes on, as at an undeployment: requests without a thread. */
@Timeout(60)
class StoppedServletTest {
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Exchange> waiting = new LinkedBlockingQueue<>();

    /** Answers when the test does; or never. */
    private final class Application implements ExchangeApplication, GatewayApplication {
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
            exchange.listen(new ExchangeListener() {
                @Override
                public void readable() {
                    // no body
                }

                @Override
                public void writable() {
                    // never waited for
                }

                @Override
                public void left(ClientException how) {
                    exchange.fail(how);
                }
            });
            waiting.add(exchange);
        }
    }

    private final class Stop implements TimedStop {
        private final Duration time;

        Stop(Duration time) {
            this.time = time;
        }

        @Override
        public Duration time() {
            return time;
        }

        @Override
        public void close() {
            throw new AssertionError("without its time limit");
        }

        @Override
        public void close(Duration left) {
            seen.add("stop");
        }
    }

    private GatewayServlet servlet(Duration time) {
        LoadedApplication loaded = new LoadedApplication(new Application(), true, false, new Stop(time));
        return new GatewayServlet(Deployment.start(Settings.resolve(CoreSettings.all(), List.of()), loaded));
    }

    private static Server serve(GatewayServlet servlet) throws Exception {
        Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder("gateway", servlet);
        holder.setInitOrder(0);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        server.setHandler(context);
        server.start();
        return server;
    }

    private static Socket ask(Server server) throws Exception {
        Socket client = new Socket(
                InetAddress.getLoopbackAddress(), ((ServerConnector) server.getConnectors()[0]).getLocalPort());
        client.getOutputStream().write("GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
        return client;
    }

    private Exchange taken() throws InterruptedException {
        Exchange exchange = waiting.poll(30, TimeUnit.SECONDS);
        assertThat(exchange).isNotNull();
        return exchange;
    }

    @Test
    void its_application_is_stopped_after_the_requests() throws Exception {
        GatewayServlet servlet = servlet(Duration.ofSeconds(50));
        Server server = serve(servlet);
        try (Socket client = ask(server)) {
            Exchange exchange = taken();
            Thread stopping = new Thread(servlet::destroy);
            stopping.start();
            await().until(() -> !stopping.isAlive() || stopping.getState() == Thread.State.TIMED_WAITING);
            seen.add("answer");
            exchange.head("200 OK", List.of());
            exchange.end();
            assertThat(new String(client.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 200 ");
            stopping.join();
            assertThat(seen).containsExactly("answer", "stop");
        } finally {
            server.stop();
        }
    }

    @Test
    void what_its_application_has_not_ended_in_its_time_is_ended_and_the_log_tells_why() throws Exception {
        GatewayServlet servlet = servlet(Duration.ZERO);
        Server server = serve(servlet);
        try (CapturedLog log = new CapturedLog();
                Socket unanswered = ask(server)) {
            taken();
            try (Socket begun = ask(server)) {
                Exchange exchange = taken();
                exchange.head("200 OK", List.of());
                exchange.write("begun".getBytes(UTF_8), 0, 5, true);
                servlet.destroy();
                assertThat(new String(unanswered.getInputStream().readAllBytes(), UTF_8))
                        .startsWith("HTTP/1.1 502 ");
                assertThat(new String(begun.getInputStream().readAllBytes(), UTF_8))
                        .contains("begun")
                        .doesNotEndWith("0\r\n\r\n");
            }
            assertThat(seen).containsExactly("stop");
            assertThat(log.entries())
                    .hasSize(2)
                    .allSatisfy(
                            entry -> assertThat(entry.getLevel() + " " + entry.getMessage())
                                    .startsWith("WARNING ")
                                    .endsWith(
                                            "\"GET /\" was given up before its response was complete: the application was stopped"));
        } finally {
            server.stop();
        }
    }
}
