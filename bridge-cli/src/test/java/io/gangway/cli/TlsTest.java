package io.gangway.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.server.PemFiles;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.servlet.jetty.TlsKeys;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS of the embedded server, with keys as the command reads them, over real sockets. */
class TlsTest {
    private static final GatewayApplication FACTS = (environ, startResponse) -> {
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
        String facts = String.join(
                " ",
                environ.string("wsgi.url_scheme"),
                environ.string("SERVER_PROTOCOL"),
                String.valueOf(environ.get("HTTPS")),
                String.valueOf(environ.get("SSL_PROTOCOL")),
                String.valueOf(environ.get("SSL_CLIENT_S_DN")),
                environ.url());
        return List.of(facts.getBytes(ISO_8859_1));
    };

    private final Certificates shop = Certificates.selfSigned("shop");

    @TempDir
    private Path folder;

    private TlsKeys keys(Certificates certificates, @Nullable Certificates clientAuthority) throws IOException {
        Map<String, String> options = new HashMap<>();
        Path file = certificates.write(
                folder.resolve("server.pem"), certificates.keys().getPrivate());
        options.put("--cert", file.toString());
        if (clientAuthority != null) {
            options.put(
                    "--client-ca",
                    clientAuthority.write(folder.resolve("ca.pem")).toString());
        }
        return PemFiles.read(Settings.resolve(ServerSettings.all(), List.of(SettingSource.commandLine(options))))
                .orElseThrow();
    }

    private GatewayServer.Builder server(@Nullable Certificates clientAuthority) throws IOException {
        return GatewayServer.of(FACTS).port(0).tls(keys(shop, clientAuthority));
    }

    private static HttpResponse<String> get(SSLContext context, Version version, URI uri) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().sslContext(context).version(version).build();
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource({"HTTP_1_1, HTTP/1.1", "HTTP_2, HTTP/2"})
    void the_client_chooses_its_protocol_by_alpn(Version version, String protocol) throws Exception {
        try (GatewayServer server = server(null).start()) {
            assertThat(server.uri().getScheme()).isEqualTo("https");
            HttpResponse<String> answer =
                    get(shop.trusted(), version, server.uri().resolve("a?b=c"));

            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.body())
                    .isEqualTo("https " + protocol + " on TLSv1.3 null "
                            + server.uri().resolve("a?b=c"));
        }
    }

    /** Without ALPN it is HTTP/1.1 (RFC 9113, section 3.2). */
    @Test
    void a_client_without_alpn_speaks_http_1_1() throws Exception {
        try (GatewayServer server = server(null).start();
                SSLSocket socket = connected(server)) {
            send(socket, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("https HTTP/1.1 on ");
        }
    }

    private SSLSocket connected(GatewayServer server) throws Exception {
        return (SSLSocket)
                shop.trusted().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
    }

    private static void send(Socket socket, String request) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(request.getBytes(ISO_8859_1));
        out.flush();
    }

    @Test
    void a_client_needs_a_certificate_of_the_authority() throws Exception {
        Certificates authority = Certificates.selfSigned("authority");
        Certificates client = authority.sign("client");
        Certificates stranger = Certificates.selfSigned("stranger");
        try (GatewayServer server = server(authority).start()) {
            assertThat(get(shop.trusted(client), Version.HTTP_2, server.uri()).body())
                    .isEqualTo("https HTTP/2 on TLSv1.3 CN=client " + server.uri());
            for (SSLContext refused : List.of(shop.trusted(), shop.trusted(stranger))) {
                assertThatThrownBy(() -> get(refused, Version.HTTP_1_1, server.uri()))
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void new_keys_count_for_new_connections_and_an_open_one_goes_on() throws Exception {
        Certificates renewed = Certificates.selfSigned("renewed");
        try (GatewayServer server = server(null).start();
                SSLSocket open = connected(server)) {
            send(open, "GET / HTTP/1.1\r\nHost: x\r\n"); // the head is not complete

            server.renew(keys(renewed, null));

            send(open, "Connection: close\r\n\r\n");
            assertThat(new String(open.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(open.getSession().getPeerCertificates())
                    .containsExactly(shop.chain().get(0));
            assertThat(get(renewed.trusted(), Version.HTTP_2, server.uri()).statusCode())
                    .isEqualTo(200);
            assertThatThrownBy(() -> get(shop.trusted(), Version.HTTP_2, server.uri()))
                    .hasMessageContaining("unable to find valid certification path");
        }
    }

    @Test
    void keys_that_cannot_be_used_leave_those_before() throws Exception {
        KeyStore unreadable = keys(shop, null).identity();
        try (GatewayServer server = server(null).start()) {
            assertThatThrownBy(() -> server.renew(new TlsKeys(unreadable, "another password", Optional.empty())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the keys cannot be used for TLS: ");
            assertThat(get(shop.trusted(), Version.HTTP_1_1, server.uri()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void a_server_without_tls_has_no_keys_to_renew() throws Exception {
        TlsKeys keys = keys(shop, null);
        try (GatewayServer server = GatewayServer.of(FACTS).port(0).start()) {
            assertThatThrownBy(() -> server.renew(keys))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the server has no TLS: it was built without Builder.tls");
        }
        assertThatThrownBy(() -> GatewayServer.of(FACTS)
                        .port(0)
                        .andRedirectingPort("127.0.0.1", 0)
                        .start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("andRedirectingPort: there is no port that speaks TLS to redirect to");
    }

    @Test
    void a_port_without_tls_redirects_with_method_and_body() throws Exception {
        try (GatewayServer server =
                server(null).andRedirectingPort("127.0.0.1", 0).start()) {
            URI plain = server.uris().get(1);
            assertThat(plain.getScheme()).isEqualTo("http");
            HttpRequest post = HttpRequest.newBuilder(plain.resolve("a%2Fb?c=%20d"))
                    .POST(BodyPublishers.ofString("body"))
                    .build();
            HttpClient client =
                    HttpClient.newBuilder().sslContext(shop.trusted()).build();
            HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());

            assertThat(answer.statusCode()).isEqualTo(308);
            assertThat(answer.headers().firstValue("Location")).contains(server.uri() + "a%2Fb?c=%20d");

            HttpClient following = HttpClient.newBuilder()
                    .sslContext(shop.trusted())
                    .followRedirects(Redirect.ALWAYS)
                    .build();
            assertThat(following.send(post, BodyHandlers.ofString()).body()).startsWith("https HTTP/2 on ");
        }
    }

    @Test
    void a_request_without_a_host_is_not_redirected() throws Exception {
        try (GatewayServer server =
                        server(null).andRedirectingPort("127.0.0.1", 0).start();
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), server.uris().get(1).getPort())) {
            send(socket, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .endsWith("There is no https URI to redirect to.\n");
        }
    }

    /** The request is on a connection of TLS, which a stop must see as one in progress. */
    @Test
    void a_stop_lets_a_request_over_tls_finish() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        GatewayServer server = GatewayServer.of((environ, startResponse) -> {
                    arrived.countDown();
                    go.await();
                    return FACTS.call(environ, startResponse);
                })
                .port(0)
                .tls(keys(shop, null))
                .start();
        HttpClient client = HttpClient.newBuilder()
                .sslContext(shop.trusted())
                .version(Version.HTTP_1_1) // in HTTP/2, this client gives up at GOAWAY
                .build();
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(HttpRequest.newBuilder(server.uri()).build(), BodyHandlers.ofString());
        arrived.await();
        CompletableFuture<Void> stop = CompletableFuture.runAsync(server::close);
        go.countDown();
        assertThat(answer.get().statusCode()).isEqualTo(200);
        stop.get();
    }
}
