package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.servlet.jetty.PortListener.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The port whose requests are redirected sends no text back that is not a host. */
class HttpsRedirectTest {
    private final Server server = new Server();
    private Listener listener;

    @BeforeEach
    void start() throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setHttpCompliance(TargetAuthority.COMPLIANCE);
        http.addCustomizer(RequestChecks::withoutQuotes);
        listener = PortListener.redirecting(server, http, new Address("127.0.0.1", 0), Duration.ofSeconds(30));
        server.addConnector(listener.connector());
        server.setHandler(new RequestChecks(new TargetAuthority(new HttpsRedirect(new Handler.Wrapper(), () -> 8443))));
        listener.claim();
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        listener.end();
    }

    private String send(String target, String host) throws IOException {
        return send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    private String send(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a.com,           /a?b,            https://a.com:8443/a?b",
        "a.com:80,        /,               https://a.com:8443/",
        "a.com:,          /,               https://a.com:8443/",
        "[::1]:8080,      //x/../y,        https://[::1]:8443//x/../y",
        "192.0.2.1,       /,               https://192.0.2.1:8443/",
        "a.com,           http://b.com/c,  https://b.com:8443/c",
        "a.com,           /caf\u00c3\u00a9,          https://a.com:8443/caf\u00c3\u00a9"
    })
    void a_request_is_redirected_to_the_host_that_it_names(String host, String target, String location)
            throws IOException {
        assertThat(send(target, host))
                .startsWith("HTTP/1.1 308 Permanent Redirect\r\n")
                .contains("\r\nLocation: " + location + "\r\n")
                .endsWith("\nUse https.\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.com/b",
                "evil.com@x",
                "x?y#z",
                "a b",
                "[::1",
                "[::1]x",
                "a:b",
                "a:99999",
                "a\"<b>.com",
                "a\u00ff.com",
                ""
            })
    void a_host_that_is_malformed_is_400_and_not_sent_back(String host) throws IOException {
        assertThat(send("/", host)).startsWith("HTTP/1.1 400 Bad Request\r\n").doesNotContain("Location");
    }

    @Test
    void a_target_whose_bytes_are_lost_is_400() throws IOException {
        assertThat(send("/\u00ff", "a.com")).startsWith("HTTP/1.1 400 ").doesNotContain("Location");
    }

    @Test
    void a_request_without_a_host_is_redirected_to_the_address_of_its_connection() throws IOException {
        assertThat(send("GET /a HTTP/1.0\r\n\r\n"))
                .startsWith("HTTP/1.1 308 ")
                .contains("\r\nLocation: https://127.0.0.1:8443/a\r\n");
    }
}
