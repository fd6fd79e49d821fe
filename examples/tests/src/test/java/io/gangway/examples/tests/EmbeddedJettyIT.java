package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.examples.tests.RunningProgram.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class EmbeddedJettyIT {
    private static final String JAR = "embedded-jetty/target/embedded-jetty.jar";

    @Test
    void answers() throws Exception {
        try (RunningProgram program = RunningProgram.start(JAR)) {
            assertThat(program.get("/").body()).isEqualTo("Hello\n");
        }
    }

    @Test
    void a_taken_port_is_one_line_and_exit_code_1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = RunningProgram.runToEnd(taken.getLocalPort(), JAR);

            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.output())
                    .endsWith("cannot listen on 127.0.0.1 port " + taken.getLocalPort() + ": Address already in use\n")
                    .doesNotContain("\tat ");
        }
    }
}
