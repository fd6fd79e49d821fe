package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.examples.tests.RunningProgram.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of {@code examples/run} that need no build. */
class RunScriptIT {
    @Test
    void lists_every_example_with_the_line_of_its_readme() throws Exception {
        String list = run("--list").output();

        try (Stream<Path> folders = Files.list(RunningProgram.EXAMPLES)) {
            List<Path> examples = folders.filter(folder -> Files.exists(folder.resolve("example.properties")))
                    .toList();
            assertThat(examples).isNotEmpty();
            for (Path example : examples) {
                String says = Files.readAllLines(example.resolve("README.md")).get(2);
                assertThat(list).containsPattern("\n  " + example.getFileName() + " +\\Q" + says + "\\E\n");
            }
        }
        assertThat(run()).isEqualTo(new Ended(0, list));
    }

    @Test
    void helps() throws Exception {
        assertThat(run("--help").output()).startsWith("usage: examples/run NAME [--port N]");
    }

    @Test
    void suggests_the_nearest_name() throws Exception {
        Ended ended = run("helo-war");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output())
                .startsWith("examples/run: there is no example 'helo-war'; did you mean 'hello-war'?\nExamples,");
    }

    @Test
    void suggests_nothing_that_is_far_off() throws Exception {
        assertThat(run("zzzzzz").output()).startsWith("examples/run: there is no example 'zzzzzz'\nExamples,");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http", "-1", "65536", "999999"})
    void refuses_what_is_no_port(String port) throws Exception {
        assertThat(run("hello-war", "--port", port))
                .isEqualTo(
                        new Ended(2, "examples/run: --port should be a number from 0 to 65535, not '" + port + "'\n"));
    }

    @Test
    void refuses_a_missing_port() throws Exception {
        assertThat(run("hello-war", "--port"))
                .isEqualTo(new Ended(2, "examples/run: --port needs a number, such as --port 8081\n"));
    }

    @Test
    void refuses_an_unknown_option() throws Exception {
        assertThat(run("hello-war", "--prot", "1"))
                .isEqualTo(new Ended(2, "examples/run: there is no option --prot; see examples/run --help\n"));
    }

    @Test
    void says_what_to_install_where_java_is_missing() throws Exception {
        Ended ended = RunningProgram.runToEnd(List.of("env", "JAVA_HOME=/nowhere", "./run", "hello-war"));

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output())
                .isEqualTo("examples/run: there is no Java in JAVA_HOME, /nowhere: install a JDK 17 or later"
                        + " (for example from https://adoptium.net) and set JAVA_HOME to it\n");
    }

    private static Ended run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("./run"));
        command.addAll(List.of(arguments));
        return RunningProgram.runToEnd(command);
    }
}
