package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.asgi.RulesApplication;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that a container names as a proxy's header does: the system shows no connection with such an address, and that is no reset (A11). */
class ForwardedClientsIT {
    private static final Duration MAX_WAIT = Duration.ofSeconds(30);

    static Stream<Distribution> distributions() {
        return HelloWarIT.distributions();
    }

    @ParameterizedTest
    @MethodSource("distributions")
    @Tag("A11")
    void are_missed_only_when_they_have_left(Distribution distribution) throws Exception {
        ServerProcess process = distribution.start(
                "forwarded", List.of("-Dgangway.application=class:" + RulesApplication.class.getName()), base -> {
                    distribution.addProxies(base);
                    Wars.withContract(base.resolve("webapps/ctx.war"), "");
                });
        List<Integer> ports = distribution.ports(process);
        int port = ports.get(ports.size() - 1);
        try (RawConnection address = waiting(port, "address", "X-Forwarded-For: 203.0.113.7\r\n");
                RawConnection addressAndPort = waiting(port, "port", "X-Forwarded-For: 203.0.113.7:4711\r\n");
                RawConnection direct = waiting(port, "direct", "")) {
            direct.reset();
            assertJournal(port, "direct", "http.disconnect"); // the same looks have not shown the others
            assertThat(journal(port, "address")).isEqualTo("waiting");
            assertThat(journal(port, "port")).isEqualTo("waiting");
            if (distribution.toString().contains("tomcat")) { // which gives the proxy's own port
                address.finishSending();
                assertJournal(port, "address", "http.disconnect");
            }
            assertThat(addressAndPort).isNotNull();
        } finally {
            process.stop();
        }
    }

    private static RawConnection waiting(int port, String run, String header) throws IOException {
        RawConnection connection = new RawConnection(port);
        connection.send("GET /ctx/wait/" + run + " HTTP/1.1\r\nHost: shop\r\n" + header + "\r\n");
        assertJournal(port, run, "waiting");
        return connection;
    }

    private static void assertJournal(int port, String run, String noted) {
        await().atMost(MAX_WAIT)
                .untilAsserted(() -> assertThat(journal(port, run)).isEqualTo(noted));
    }

    private static String journal(int port, String run) throws IOException {
        try (RawConnection connection = new RawConnection(port)) {
            connection.send("GET /ctx/journal/" + run + " HTTP/1.1\r\nHost: shop\r\n\r\n");
            return connection.read("GET").status(200).text();
        }
    }
}
