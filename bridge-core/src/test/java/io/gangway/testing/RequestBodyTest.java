package io.gangway.testing;

import static io.gangway.testing.Apps.telling;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestBodyTest {
    /** Answers with the type, length, transfer coding and content of the body. */
    private static final GatewayApplication DUMP = (environ, startResponse) -> {
        String facts = environ.header("Content-Type").orElse("-") + "|"
                + environ.header("Content-Length").orElse("-") + "|"
                + environ.header("Transfer-Encoding").orElse("-") + "|";
        byte[] content = environ.input().readAllBytes();
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        return List.of((facts + new String(content, UTF_8)).getBytes(UTF_8));
    };

    private final TestClient client = TestClient.of(DUMP);

    @TempDir
    Path folder;

    @Test
    void sends_no_length_where_a_browser_would_not() {
        assertThat(client.get("/").send().text()).isEqualTo("-|-|-|");
        assertThat(client.post("/").send().text()).isEqualTo("-|0|-|");
    }

    @Test
    void sends_bytes_and_json() {
        assertThat(client.put("/")
                        .body("é".getBytes(UTF_8), "text/plain")
                        .send()
                        .text())
                .isEqualTo("text/plain|2|-|é");
        assertThat(client.post("/").json("{\"a\":\"é\"}").send().text())
                .isEqualTo("application/json|10|-|{\"a\":\"é\"}");
    }

    @Test
    void urlencodes_a_form_without_files() {
        assertThat(client.post("/").field("a b", "é&=").field("a b", "").send().text())
                .isEqualTo("application/x-www-form-urlencoded|21|-|a+b=%C3%A9%26%3D&a+b=");
    }

    @Test
    void sends_a_form_with_files_as_multipart() throws IOException {
        Path file = Files.writeString(folder.resolve("notes.txt"), "from disk");
        String text = client.post("/")
                .field("title", "é")
                .file("doc", "a\"\r\n.txt", "text/plain", "from memory".getBytes(UTF_8))
                .file("doc", "text/x-notes", file)
                .send()
                .text();
        String boundary = "gangway-test-boundary-5f1c0e9b7a2d";
        String content =
                "--" + boundary + "\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\né\r\n--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"a%22%0D%0A.txt\"\r\n"
                        + "Content-Type: text/plain\r\n\r\nfrom memory\r\n--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"notes.txt\"\r\n"
                        + "Content-Type: text/x-notes\r\n\r\nfrom disk\r\n--" + boundary + "--\r\n";
        assertThat(text)
                .isEqualTo("multipart/form-data; boundary=" + boundary + "|" + content.getBytes(UTF_8).length + "|-|"
                        + content);
    }

    @Test
    void says_which_file_cannot_be_read() {
        Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> client.post("/").file("a", "text/plain", absent))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("The file to send cannot be read: " + absent);
    }

    @Test
    void takes_one_body_only() {
        assertThatThrownBy(() -> client.post("/").json("1").field("a", "b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The request has a body already. Fix: set either form fields and files, or one body");
        assertThatThrownBy(() -> client.post("/").field("a", "b").json("1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.post("/").json("1").json("2")).isInstanceOf(IllegalStateException.class);
    }

    /** A body that records the calls of its methods. */
    private static final class Watched extends ByteArrayInputStream {
        final List<String> calls = new ArrayList<>();

        Watched(String content) {
            super(content.getBytes(ISO_8859_1));
        }

        @Override
        public synchronized int read(byte[] data, int offset, int length) {
            calls.add("read " + length);
            return super.read(data, offset, length);
        }

        @Override
        public void close() throws IOException {
            calls.add("close");
            super.close();
        }
    }

    @Test
    void reads_a_stream_no_further_than_the_application_and_closes_it_at_the_end() {
        Watched body = new Watched("abcdef");
        GatewayApplication app = (environ, startResponse) -> {
            InputStream input = environ.input();
            assertThat(body.calls).isEmpty();
            assertThat(input.read()).isEqualTo('a');
            assertThat(input.read(new byte[3], 1, 2)).isEqualTo(2);
            assertThat(input.read(new byte[0])).isZero();
            startResponse.start("204 No Content", List.of());
            return List.of();
        };
        TestClient.of(app).post("/").body(body, "text/plain").send();
        assertThat(body.calls).containsExactly("read 1", "read 2", "close");
    }

    @Test
    void sends_a_stream_chunked_unless_the_test_gives_its_length() {
        assertThat(client.post("/")
                        .body(new Watched("abc"), "text/plain")
                        .send()
                        .text())
                .isEqualTo("text/plain|-|chunked|abc");
        assertThat(client.post("/")
                        .body(new Watched("abcdef"), "text/plain")
                        .header("Content-Length", "3")
                        .send()
                        .text())
                .isEqualTo("text/plain|3|-|abc");
    }

    @Test
    void ends_again_and_again() {
        GatewayApplication app = telling(environ -> {
            try {
                InputStream input = environ.input();
                return input.readAllBytes().length + " " + input.read() + " " + input.read(new byte[2]);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(TestClient.of(app).post("/").json("123").send().text()).isEqualTo("3 -1 -1");
        assertThat(TestClient.of(app)
                        .post("/")
                        .body(new Watched("1234"), "text/plain")
                        .send()
                        .text())
                .isEqualTo("4 -1 -1");
    }

    @Test
    void stops_in_the_middle_where_the_length_promises_more() {
        List<Throwable> seen = new ArrayList<>();
        TestResponse response = TestClient.of((environ, startResponse) -> {
                    try {
                        environ.input().readAllBytes();
                    } catch (ClientException e) {
                        seen.add(e);
                        throw e;
                    }
                    return List.of();
                })
                .post("/")
                .body("abc".getBytes(UTF_8), "text/plain")
                .header("Content-Length", "5")
                .send();
        assertThat(seen)
                .singleElement()
                .extracting(Throwable::getMessage)
                .isEqualTo("the client stopped after 3 of the 5 bytes of its body");
        assertThat(response.code()).isEqualTo(400);
    }

    @Test
    void turns_the_failure_of_a_stream_into_the_clients() throws IOException {
        InputStream failing = InputStream.nullInputStream();
        failing.close();
        TestResponse response = client.post("/").body(failing, "text/plain").send();
        assertThat(response.code()).isEqualTo(400);
        assertThat(response.outcome().problem())
                .isInstanceOf(ClientException.class)
                .hasMessage("the client's body failed after 0 bytes")
                .hasRootCauseMessage("Stream closed");
    }

    @Test
    void takes_the_tests_content_type_rather_than_its_own() {
        assertThat(client.post("/")
                        .json("{}")
                        .header("Content-Type", "application/problem+json")
                        .send()
                        .text())
                .isEqualTo("application/problem+json|2|-|{}");
        assertThat(TestClient.of(telling(environ -> environ.get(Environ.HTTP_HOST)))
                        .get("/")
                        .header("host", "x")
                        .send()
                        .text())
                .isEqualTo("x");
    }
}
