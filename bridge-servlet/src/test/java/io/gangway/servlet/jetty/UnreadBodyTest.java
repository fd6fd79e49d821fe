package io.gangway.servlet.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Request bodies that are not read to their end (W45; RFC 9112, section 9.6). */
@Timeout(60)
class UnreadBodyTest {
    private static final String POST = "POST / HTTP/1.1\r\nHost: shop\r\n";
    private static final String LAST = "GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n";

    private static final List<String> UNFINISHED =
            List.of("Content-Length: 1000\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");

    private record Named(String name, GatewayApplication application) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Named> applications() {
        return List.of(
                named("one block", List.of(), new byte[10]),
                named("two blocks", List.of(), new byte[10], new byte[10]),
                named("blocks with a length", List.of(new Header("Content-Length", "20")), new byte[10], new byte[10]),
                named("more than a buffer", List.of(), new byte[300_000]),
                named("nothing", List.of()),
                new Named("a failure", (environ, startResponse) -> {
                    throw new IllegalStateException("before the body was read");
                }));
    }

    private static Named named(String name, List<Header> headers, byte[]... blocks) {
        return new Named(name, (environ, startResponse) -> {
            startResponse.start("200 OK", headers);
            return List.of(blocks);
        });
    }

    @ParameterizedTest
    @MethodSource("applications")
    void an_answer_that_does_not_wait_for_the_body_says_that_the_connection_is_closed(Named named) throws Exception {
        try (GatewayServer server =
                GatewayServer.of(named.application()).port(0).start()) {
            for (String rest : UNFINISHED) {
                assertThat(head(talk(server, POST + rest))).as(rest).containsOnlyOnce("\r\nConnection: close\r\n");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("applications")
    void a_body_that_has_come_is_skipped_and_the_connection_is_kept(Named named) throws Exception {
        try (GatewayServer server =
                GatewayServer.of(named.application()).port(0).start()) {
            String answers = talk(server, POST + "Content-Length: 3\r\n\r\nabc" + LAST);

            assertThat(head(answers)).doesNotContain("Connection: close");
            assertThat(answers.split("HTTP/1.1 ", -1)).as("answers").hasSize(2 + 1);
        }
    }

    @Test
    void a_body_that_was_read_in_part_counts_as_unread() throws Exception {
        GatewayApplication reading = (environ, startResponse) -> {
            int first = environ.input().read();
            startResponse.start("200 OK", List.of());
            return List.of(new byte[] {(byte) first});
        };
        try (GatewayServer server = GatewayServer.of(reading).port(0).start()) {
            for (String rest : UNFINISHED) {
                String answer = talk(server, POST + rest);
                assertThat(head(answer)).as(rest).containsOnlyOnce("\r\nConnection: close\r\n");
                assertThat(answer).endsWith("\r\n\r\na");
            }
        }
    }

    @Test
    void a_refusal_says_it_too() throws Exception {
        GatewayApplication application = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            return List.of();
        };
        try (GatewayServer server =
                GatewayServer.of(application).port(0).maxRequestBody(999).start()) {
            assertThat(head(talk(server, POST + "Content-Length: 1000\r\n\r\nabc")))
                    .startsWith("HTTP/1.1 413 ")
                    .containsOnlyOnce("\r\nConnection: close\r\n");
            assertThat(head(talk(
                            server, POST + "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 900\r\n\r\nabc")))
                    .startsWith("HTTP/1.1 400 ")
                    .containsOnlyOnce("\r\nConnection: close\r\n");
        }
    }

    /** An application that makes its blocks one by one may read while it does, also after its last byte. */
    @Test
    void an_application_can_read_after_the_last_byte_of_its_answer() throws Exception {
        CompletableFuture<String> read = new CompletableFuture<>();
        GatewayApplication early = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("Content-Length", "5")));
            return () -> new Iterator<>() {
                private boolean isSent;

                @Override
                public boolean hasNext() {
                    if (isSent) {
                        readRest();
                    }
                    return !isSent;
                }

                private void readRest() {
                    try {
                        read.complete(new String(environ.input().readAllBytes(), ISO_8859_1));
                    } catch (IOException e) {
                        read.completeExceptionally(e);
                    }
                }

                @Override
                public byte[] next() {
                    isSent = true;
                    return new byte[5];
                }
            };
        };
        try (GatewayServer server = GatewayServer.of(early).port(0).start()) {
            talk(server, POST + "Connection: close\r\nContent-Length: 3\r\n\r\nabc");

            assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo("abc");
        }
    }

    private static String head(String answer) {
        return answer.substring(0, answer.indexOf("\r\n\r\n") + 4);
    }

    /** Sends bytes, and reads until the server closes the connection. */
    private static String talk(GatewayServer server, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }
}
