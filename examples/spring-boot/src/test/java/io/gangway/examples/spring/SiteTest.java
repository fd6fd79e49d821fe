package io.gangway.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.embedded.jetty.JettyServletWebServerFactory;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.embedded.undertow.UndertowServletWebServerFactory;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.server.ServletWebServerFactory;
import org.springframework.context.support.GenericApplicationContext;

class SiteTest {
    private static final Map<String, Supplier<ServletWebServerFactory>> SERVERS = Map.of(
            "Tomcat", TomcatServletWebServerFactory::new,
            "Jetty", JettyServletWebServerFactory::new,
            "Undertow", UndertowServletWebServerFactory::new);

    @ParameterizedTest
    @ValueSource(strings = {"Tomcat", "Jetty", "Undertow"})
    void spring_and_python_answer_side_by_side(String server) throws Exception {
        assumePython();
        try (ServletWebServerApplicationContext site =
                (ServletWebServerApplicationContext) new SpringApplicationBuilder(Site.class)
                        .initializers(context -> ((GenericApplicationContext) context)
                                .registerBean("server", ServletWebServerFactory.class, SERVERS.get(server)))
                        .run("--server.port=0", "--server.address=127.0.0.1")) {
            int port = site.getWebServer().getPort();

            assertThat(site.getWebServer().getClass().getSimpleName()).startsWith(server);
            assertThat(post(port, "/shop/basket/%C3%A4", "three apples"))
                    .isEqualTo("from Python: /shop /basket/\u00c3\u00a4 three apples");
            assertThat(get(port, "/")).isEqualTo("from Spring");
        }
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(uri(port, path)).build());
    }

    private static String post(int port, String path, String body) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(uri(port, path))
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static String answer(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    /** In CI a missing Python is a failure. */
    private static void assumePython() throws InterruptedException {
        boolean isThere;
        try {
            isThere = new ProcessBuilder("python3", "-c", "").start().waitFor() == 0;
        } catch (IOException e) {
            isThere = false;
        }
        if (System.getenv("CI") != null) {
            assertThat(isThere).as("python3 on the PATH").isTrue();
        }
        Assumptions.assumeTrue(isThere, "there is no python3 on the PATH");
    }
}
