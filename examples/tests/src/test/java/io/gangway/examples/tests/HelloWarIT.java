package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.examples.tests.RunningProgram.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class HelloWarIT {
    private static final String LAUNCHER = "launcher/target/launcher.jar";
    private static final String WAR = "hello-war/target/hello-war.war";

    @Test
    void answers_in_a_container() throws Exception {
        try (RunningProgram program = RunningProgram.start(LAUNCHER, WAR)) {
            assertThat(program.get("/any/path").body()).isEqualTo("Hello from " + program.address() + "\n");
        }
    }

    @Test
    void a_taken_port_is_one_line_and_exit_code_1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = RunningProgram.runToEnd(taken.getLocalPort(), LAUNCHER, WAR);

            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.output())
                    .contains("hello-war did not start: ")
                    .contains("Address already in use")
                    .doesNotContain("\tat ");
        }
    }
}
