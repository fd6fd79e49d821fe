package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.asgi.RulesApplication;
import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Case.Transport;
import io.gangway.it.websocket.RawWebSocket;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Handshakes that an application does not answer, in suspended requests and where a thread waits. */
class UnansweredHandshakesIT {
    static List<ProcessBackend> backends() {
        return List.of(
                impatient(EmbeddedBackend.jetty("unanswered handshakes, embedded Jetty")),
                impatient(EmbeddedBackend.tomcat("unanswered handshakes, embedded Tomcat 10.1", "tomcat10")),
                impatient(EmbeddedBackend.tomcat("unanswered handshakes, embedded Tomcat 11", "tomcat11")));
    }

    private static ProcessBackend impatient(EmbeddedBackend backend) {
        return backend.serving(RulesApplication.class).with("ws-handshake-timeout", "1s");
    }

    @ParameterizedTest
    @MethodSource("backends")
    @Tag("A31")
    void are_answered_with_a_504_of_the_usual_form_and_one_warning(ProcessBackend backend) throws Exception {
        backend.start();
        try {
            assertUnanswered(backend, backend.port(), "/late/suspended");
            assertUnanswered(backend, backend.mountsPort(), "/m-blocking/late/waiting");
        } finally {
            backend.stop();
        }
        assertThat(backend.process().lines())
                .filteredOn(line -> line.contains("504"))
                .hasSize(2);
        assertThat(backend.process().lines()).noneMatch(line -> line.contains("SEVERE") || line.contains("Exception"));
    }

    private static void assertUnanswered(ProcessBackend backend, int port, String path) throws Exception {
        try (RawConnection connection = backend.connect(port, Transport.PLAIN)) {
            connection.send(RawWebSocket.request(path));
            Answer answer = connection.read("GET").status(504).header("Cache-Control", "no-store");
            assertThat(answer.text()).matches("504 Gateway Timeout\nRequest id: [0-9A-Za-z-]+\n");
            answer.endedCleanly();
            String id = answer.text().replaceFirst("(?s).*Request id: (\\S+)\n", "$1");
            backend.process()
                    .awaitLine(
                            Pattern.compile(
                                    "\\[" + id + "\\] \"GET " + path
                                            + "\" was answered 504: the application neither accepted nor closed the WebSocket within 1.0 s"));
        }
    }
}
