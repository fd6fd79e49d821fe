package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command with TLS, as the jar: it has only a part of the library that reads keys. */
class TlsIT {
    private final Certificates shop = Certificates.selfSigned("shop");

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Needed.python();
        Files.writeString(folder.resolve("shop.py"), """
                def application(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    words = [environ["wsgi.url_scheme"], environ["SERVER_PROTOCOL"], environ["HTTPS"]]
                    return [" ".join(words).encode()]
                """);
    }

    private GangwayProcess run(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("run", "shop", "--bind=127.0.0.1:0", "--workers=1"));
        arguments.addAll(List.of(options));
        return GangwayProcess.start(folder, arguments.toArray(String[]::new));
    }

    private static HttpResponse<String> get(SSLContext context, URI uri) throws Exception {
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY"})
    void serves_https_with_each_kind_of_key(String format) throws Exception {
        Certificates served =
                Certificates.selfSigned("shop", Certificates.keys(format.startsWith("RSA") ? "RSA" : "EC"));
        served.write(folder.resolve("cert.pem"));
        Certificates.writeKey(folder.resolve("key.pem"), served.keys().getPrivate(), !format.equals("PRIVATE KEY"));
        assertThat(folder.resolve("key.pem")).content().startsWith("-----BEGIN " + format);
        try (GangwayProcess gangway = run("--cert=cert.pem", "--key=key.pem")) {
            assertThat(gangway.address().getScheme()).isEqualTo("https");
            assertThat(get(served.trusted(), gangway.address()).body()).isEqualTo("https HTTP/2 on");
        }
    }

    @Test
    void hup_reads_the_certificate_again_and_a_wrong_one_leaves_the_old() throws Exception {
        Path file = folder.resolve("shop.pem");
        shop.write(file, shop.keys().getPrivate());
        Certificates renewed = Certificates.selfSigned("renewed");
        try (GangwayProcess gangway = run("--cert=shop.pem")) {
            assertThat(get(shop.trusted(), gangway.address()).statusCode()).isEqualTo(200);

            replace(file, renewed, Certificates.keys("EC").getPrivate());
            gangway.signal("HUP");
            await().untilAsserted(() -> assertThat(gangway.output())
                    .contains("SIGHUP: the certificate stays as it was. --cert and --key do not fit: "));
            assertThat(get(shop.trusted(), gangway.address()).statusCode()).isEqualTo(200);

            replace(file, renewed, renewed.keys().getPrivate());
            gangway.signal("HUP");
            await().untilAsserted(() ->
                    assertThat(gangway.output()).contains("--cert was read again: CN=renewed, valid until "));
            assertThat(get(renewed.trusted(), gangway.address()).statusCode()).isEqualTo(200);
        }
    }

    private void replace(Path file, Certificates certificates, PrivateKey key) throws IOException {
        Path written = certificates.write(folder.resolve("new.pem"), key);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void a_certificate_that_does_not_fit_its_key_is_one_error_at_the_start() throws Exception {
        shop.write(folder.resolve("shop.pem"), Certificates.keys("EC").getPrivate());
        try (GangwayProcess gangway = run("--cert=shop.pem")) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output().lines())
                    .last()
                    .isEqualTo(
                            "gangway: --cert and --key do not fit: the first certificate in shop.pem is for another key than the one"
                                    + " in shop.pem. Fix: name the key that the certificate was requested with, and put the server's certificate"
                                    + " first");
        }
    }

    @Test
    void a_port_without_tls_redirects() throws Exception {
        shop.write(folder.resolve("shop.pem"), shop.keys().getPrivate());
        try (GangwayProcess gangway = run("--cert=shop.pem", "--redirect-http=127.0.0.1:0")) {
            URI tls = gangway.address();
            String line = gangway.output()
                    .lines()
                    .filter(it -> it.startsWith("Serving "))
                    .findFirst()
                    .orElseThrow();
            String plain = line.replaceFirst(".*, (http://\\S+)  .*", "$1");
            HttpResponse<String> answer = get(shop.trusted(), URI.create(plain).resolve("/a?b"));
            assertThat(answer.statusCode()).isEqualTo(308);
            assertThat(answer.headers().firstValue("Location")).contains(tls + "a?b");
        }
    }
}
