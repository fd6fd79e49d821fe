package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.RawConnection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example WAR as it was built, dropped into every distribution. */
final class HelloWarIT {
    static Stream<Distribution> distributions() {
        return Stream.of(Backends.TOMCAT_10, Backends.TOMCAT_11, Backends.JETTY_EE10, Backends.JETTY_EE11);
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void answers_when_dropped_into_webapps(Distribution distribution) throws Exception {
        ServerProcess process = distribution.start(false);
        try {
            List<Integer> ports = distribution.ports(process);
            int port = ports.get(ports.size() - 1);
            try (RawConnection connection = new RawConnection(port)) {
                connection.send("GET /hello/ HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n");
                connection.read("GET").status(200).body("Hello from http://127.0.0.1:" + port + "/hello/\n");
            }
        } finally {
            process.stop();
        }
        assertThat(ProcessHandle.of(process.pid())).isEmpty();
    }
}
