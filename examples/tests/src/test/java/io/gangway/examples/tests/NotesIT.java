package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.examples.tests.RunningProgram.Ended;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotesIT {
    private static final String JAR = "notes/target/notes.jar";

    @TempDir
    private Path folder;

    @Test
    void answers() throws Exception {
        try (RunningProgram program = RunningProgram.start(JAR, "--data", folder.toString())) {
            assertThat(program.get("/").body()).contains("There are no notes here yet.");
            assertThat(program.get("/static/notes.css").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_second_start_on_the_same_folder_is_one_line_and_exit_code_1() throws Exception {
        try (RunningProgram program = RunningProgram.start(JAR, "--data", folder.toString())) {
            Ended second = RunningProgram.runToEnd(0, JAR, "--data", folder.toString());

            assertThat(program.get("/").statusCode()).isEqualTo(200);
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(second.output())
                    .contains("notes did not start: the notes in " + folder
                            + " are in use: stop the other program, or choose another folder with --data\n");
        }
    }

    @Test
    void a_taken_port_is_one_line_and_exit_code_1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = RunningProgram.runToEnd(taken.getLocalPort(), JAR, "--data", folder.toString());

            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.output())
                    .endsWith("notes did not start: cannot listen on 127.0.0.1 port " + taken.getLocalPort()
                            + ": Address already in use\n")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void an_unknown_option_is_one_line_and_exit_code_2() throws Exception {
        assertThat(RunningProgram.runToEnd(0, JAR, "--folder", "x"))
                .isEqualTo(new Ended(2, "usage: notes [--port 0-65535] [--data FOLDER]\n"));
    }
}
