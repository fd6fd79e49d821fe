package io.gangway.it.embedded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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
import org.junit.jupiter.params.provider.ValueSource;

/** Header values pass as they were sent: neither an earlier request's spelling nor Jetty's own replaces theirs. */
final class HeaderValuesIT {
    private static final GatewayApplication ECHO = (environ, startResponse) -> {
        String value = environ.string(environ.string("QUERY_STRING"));
        startResponse.start("200 OK", List.of(new Header("Content-Type", value)));
        return List.of(value.getBytes(ISO_8859_1));
    };

    private Served served;

    @BeforeEach
    void serve() throws IOException {
        served = Served.java(ECHO, "");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    /** Each pair on one connection, with the first again at the end. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cookie          | HTTP_COOKIE          | sid=ABC                  | sid=abc",
                "Authorization   | HTTP_AUTHORIZATION   | Basic QTpC               | Basic qtPc",
                "X-Token         | HTTP_X_TOKEN         | KEY                      | key",
                "Accept-Encoding | HTTP_ACCEPT_ENCODING | GZIP                     | gzip",
                "Accept          | HTTP_ACCEPT          | TEXT/*                   | text/*",
                "Cache-Control   | HTTP_CACHE_CONTROL   | No-Cache                 | no-cache",
                "Content-Type    | CONTENT_TYPE         | text/HTML;charset=UTF-8  | text/html; charset=utf-8",
                "Content-Type    | CONTENT_TYPE         | Application/JSON         | application/json",
                "Content-Type    | CONTENT_TYPE         | text/plain;charset=UTF-8 | text/plain;charset=utf-8",
            })
    void values_that_differ_in_case_are_told_apart(String name, String key, String one, String other)
            throws IOException {
        List<String> values = List.of(one, other, one);
        try (RawConnection connection = new RawConnection(served.port())) {
            for (String value : values) {
                connection.send("POST /?" + key + " HTTP/1.1\r\nHost: here\r\n" + name + ": " + value
                        + "\r\nContent-Length: 0\r\n\r\n");
                connection.read("POST").status(200).body(value);
            }
        }
        try (Http2Connection connection = new Http2Connection(served.port())) {
            for (String value : values) {
                connection.request("GET", "/?" + key, name.toLowerCase(java.util.Locale.ROOT), value);
                connection.read().answer().status(200).body(value);
            }
        }
    }

    /** W69; the application answers with the type that it was sent. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html; charset=utf-8",
                "text/html;charset=utf-8",
                "Text/HTML; Charset=\"UTF-8\"",
                "text/html",
                "application/json; charset=utf-8",
                "text/xml; charset=iso-8859-1; x=1"
            })
    void a_content_type_is_sent_as_it_was_given(String type) throws IOException {
        try (RawConnection connection = new RawConnection(served.port())) {
            connection.send("POST /?CONTENT_TYPE HTTP/1.1\r\nHost: here\r\nContent-Type: " + type
                    + "\r\nContent-Length: 0\r\n\r\n");
            connection.read("POST").status(200).header("Content-Type", type);
        }
        try (Http2Connection connection = new Http2Connection(served.port())) {
            connection.request("GET", "/?CONTENT_TYPE", "content-type", type);
            connection.read().answer().status(200).header("Content-Type", type);
        }
    }
}
