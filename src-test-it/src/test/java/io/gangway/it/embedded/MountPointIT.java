package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Http2Connection;
import io.gangway.it.client.RawConnection;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A request for the context path itself is the application's, as behind Tomcat: a redirect would lose its body. */
final class MountPointIT {
    private static final GatewayApplication TELL = (environ, startResponse) -> {
        String text = "%s [%s] [%s] [%s] [%s]"
                .formatted(
                        environ.method(),
                        environ.scriptName(),
                        environ.pathInfo(),
                        environ.string("QUERY_STRING"),
                        new String(environ.input().readAllBytes(), ISO_8859_1));
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
        return List.of(text.getBytes(ISO_8859_1));
    };

    private Served served;

    @BeforeEach
    void serve() throws IOException {
        served = Served.java(TELL, "/shop");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "",
            value = {
                "/shop         | [/shop] [] []",
                "/shop?q=1     | [/shop] [] [q=1]",
                "/shop?        | [/shop] [] []",
                "/shop;p=1     | [/shop] [] []",
                "/shop;p=1?q=1 | [/shop] [] [q=1]",
                "/%73hop       | [/shop] [] []",
                "/shop/        | [/shop] [/] []",
            })
    void reaches_the_application_with_its_body(String target, String expected) throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("POST " + target + " HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\nbody");
            check(connection.read("POST"), expected);
        }
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("POST", target, List.of(), "body".getBytes(ISO_8859_1));
            check(connection.read().answer(), expected);
        }
    }

    private static void check(Answer answer, String expected) {
        answer.status(200).body("POST " + expected + " [body]");
    }
}
