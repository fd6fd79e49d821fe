package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.middleware.AccessLog;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Jetty or this server refuses is in the access log too, and once. */
class RefusedRequestsTest {
    private static final GatewayApplication HELLO = (environ, startResponse) -> {
        startResponse.start("200 OK", List.of());
        return List.of("hello".getBytes(ISO_8859_1));
    };

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AccessLog log = AccessLog.to(lines::add)
            .pattern("%(h)s \"%(r)s\" %(s)s \"%(a)s\" %(m)s %(H)s %(B)s")
            .build();
    private GatewayServer server;

    @BeforeEach
    void start() throws IOException {
        Settings settings = Settings.resolve(CoreSettings.all(), List.of());
        server = GatewayServer.deploying(() -> Deployment.start(settings, LoadedApplication.of(HELLO), List.of(log)))
                .port(0)
                .maxRequestBody(10)
                .refused(log::after)
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String send(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1~Host: a~Bad Name: x~~                      | 400 | \"GET / HTTP/1.1\" 400 \"-\"",
                "GET /a?b HTTP/1.1~Host: a~Content-Length: x~~             | 400 | \"GET /a?b HTTP/1.1\" 400 \"-\"",
                "GET / HTTP/1.1~Host: a~User-Agent: c~X: LONG~~           | 431 | \"GET / HTTP/1.1\" 431 \"-\"",
                "GET /LONG HTTP/1.1~Host: a~~                              | 414 | \"-\" 414 \"-\"",
                "nonsense~~                                                | 400 | \"-\" 400 \"-\"",
                "POST / HTTP/1.1~Host: a~User-Agent: c\"d~Content-Length: 11~~ | 413 | \"POST / HTTP/1.1\" 413 \"c\\\"d\"",
                "GET /a HTTP/1.1~Host: a/b~Connection: close~~             | 400 | \"GET /a HTTP/1.1\" 400 \"-\"",
                "GET /a HTTP/1.1~Host: a@b~Connection: close~~             | 400 | \"GET /a HTTP/1.1\" 400 \"-\"",
                "GET /a HTTP/1.1~Host: a\"b~Connection: close~~            | 400 | \"GET /a HTTP/1.1\" 400 \"-\"",
                "GET /\u00ff HTTP/1.1~Host: a~Connection: close~~          | 400 | \"GET /\\xef\\xbf\\xbd HTTP/1.1\" 400 \"-\"",
                "CONNECT a:1 HTTP/1.1~Host: a:1~Connection: close~~        | 405 | \"CONNECT a:1 HTTP/1.1\" 405 \"-\"",
            })
    void a_request_that_never_reaches_the_application_is_logged_once(String request, int status, String line)
            throws IOException {
        String answer = send(request.replace("LONG", "x".repeat(40_000)).replace("~", "\r\n"));

        assertThat(answer).startsWith("HTTP/1.1 " + status);
        await().untilAsserted(() -> assertThat(lines).isNotEmpty());
        server.close();
        String method = line.startsWith("\"-\"") ? "- -" : line.substring(1, line.indexOf(' ')) + " HTTP/1.1";
        int length = answer.length() - answer.indexOf("\r\n\r\n") - 4;
        assertThat(lines).containsExactly("127.0.0.1 " + line + " " + method + " " + length);
    }

    /** An nginx on this machine and another program on it differ in the socket that they use. */
    @ParameterizedTest
    @CsvSource({"unix,192.0.2.9", "127.0.0.1,127.0.0.1"})
    void a_proxy_behind_a_unix_socket_is_trusted_by_name_only(String trusted, String client, @TempDir Path folder)
            throws IOException {
        Path path = folder.resolve("s");
        Settings settings = Settings.resolve(
                CoreSettings.all(), List.of(SettingSource.initParams(Map.of("gangway.trusted-proxies", trusted))));
        try (GatewayServer behind = GatewayServer.deploying(
                                () -> Deployment.start(settings, LoadedApplication.of(HELLO), List.of(log)))
                        .unixSocket(path)
                        .start();
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(behind.port()).isEqualTo(-1);
            channel.write(ByteBuffer.wrap(
                    "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.9\r\nConnection: close\r\n\r\n"
                            .getBytes(ISO_8859_1)));
            assertThat(new String(Channels.newInputStream(channel).readAllBytes(), ISO_8859_1))
                    .endsWith("hello");
        }
        assertThat(lines).containsExactly(client + " \"GET / HTTP/1.1\" 200 \"-\" GET HTTP/1.1 5");
    }

    @Test
    void one_that_is_served_is_logged_by_the_step_alone() throws IOException {
        assertThat(send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .endsWith("hello");
        server.close();
        assertThat(lines).containsExactly("127.0.0.1 \"GET / HTTP/1.1\" 200 \"-\" GET HTTP/1.1 5");
    }
}
