package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The interpreter that runs the application, its virtual environment, its paths, and the application's interface. */
class InterpreterTest {
    private static final String TELLING = """
            import os, sys

            def application(environ, start_response):
                import sold
                start_response("200 OK", [])
                told = (sys.executable, sys.prefix, sold.__file__, os.environ.get("VIRTUAL_ENV", "-"))
                return ["|".join(told).encode()]

            async def modern(scope, receive, send):
                if scope["type"] == "http":
                    await send({"type": "http.response.start", "status": 200})
                    await send({"type": "http.response.body", "body": b"modern"})
            """;

    @TempDir
    static Path files;

    /** With a module {@code sold} of its own. */
    private static Path venv;

    @BeforeAll
    static void make() throws Exception {
        Served.assumePython();
        Files.writeString(files.resolve("shop.py"), TELLING);
        venv = files.toRealPath().resolve("venv");
        Process made = new ProcessBuilder(Served.PYTHON, "-m", "venv", "--without-pip", venv.toString())
                .redirectErrorStream(true)
                .redirectOutput(files.resolve("venv.log").toFile())
                .start();
        assertThat(made.waitFor()).isZero();
        Files.writeString(packages(venv).resolve("sold.py"), "");
    }

    private static Path packages(Path environment) throws IOException {
        try (Stream<Path> found = Files.list(environment.resolve("lib"))) {
            return found.findFirst().orElseThrow().resolve("site-packages");
        }
    }

    @Test
    void a_virtual_environment_brings_its_interpreter() throws IOException {
        assertThat(told("venv", venv.toString(), "python", venv + "/bin/python"))
                .containsExactly(venv + "/bin/python", venv.toString(), packages(venv) + "/sold.py", venv.toString());
    }

    @Test
    void another_interpreter_finds_the_packages_of_the_environment_too() throws IOException {
        assertThat(told("venv", venv.toString())).element(2).isEqualTo(packages(venv) + "/sold.py");
    }

    @Test
    void packages_for_another_python_are_refused() throws IOException {
        Path other = files.resolve("other");
        Files.createDirectories(other.resolve("bin"));
        Files.createSymbolicLink(
                other.resolve("bin").resolve("python"), venv.resolve("bin").resolve("python"));
        assertThatThrownBy(() -> told("venv", other.toString()))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step environment of \"shop:application\" failed: the virtual environment ")
                .hasMessageContaining("has no packages for this interpreter")
                .hasMessageContaining("Fix: leave gangway.python out");
    }

    @Test
    void the_first_directory_of_the_path_wins() throws IOException {
        Path first = Files.createDirectory(files.resolve("first"));
        Path second = Files.createDirectory(files.resolve("second"));
        Files.writeString(first.resolve("sold.py"), "");
        Files.writeString(second.resolve("sold.py"), "");
        assertThat(told("python-path", first + "," + second + "," + files))
                .element(2)
                .isEqualTo(first + "/sold.py");
    }

    @Test
    void without_a_path_modules_are_looked_for_where_the_workers_work() throws IOException {
        Path directory = Files.createDirectory(files.resolve("work"));
        Files.writeString(directory.resolve("sold.py"), "");
        Files.writeString(directory.resolve("shop.py"), TELLING);
        Served.assumePython();
        try (Served served = Served.withoutPath("python:shop:application", "chdir", directory.toString())) {
            assertThat(served.client().get("/").send().text()).contains(directory + "/sold.py");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PYTHONVERBOSE, 1",
        "PYTHONINSPECT, 1",
        "PYTHONSTARTUP, /nowhere.py",
        "PYTHONWARNINGS, no such action",
        "PYTHONIOENCODING, utf-16",
        "PATH, ''"
    })
    void what_the_environment_does_to_an_interpreter_confuses_nobody(String name, String value) throws IOException {
        assertThat(told("venv", venv.toString(), "env." + name, value))
                .element(2)
                .isEqualTo(packages(venv) + "/sold.py");
    }

    @Test
    void a_wrapper_may_say_something_of_its_own() throws IOException {
        Path wrapper = Files.writeString(
                files.resolve("wrapper"),
                "#!/bin/sh\necho 4 5 chatter\necho warning >&2\nexec " + venv + "/bin/python \"$@\"\n");
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
        assertThat(told("python", wrapper.toString())).element(1).isEqualTo(venv.toString());
    }

    @Test
    void an_asgi_application_is_told_apart() {
        try (Served served = Served.of("python:shop:modern", "python-path", files.toString())) {
            assertThat(served.client().get("/").send().text()).isEqualTo("modern");
        }
    }

    @Test
    void the_setting_says_which_interface_it_is() {
        assertThatThrownBy(() -> told("interface", "asgi"))
                .hasMessageContaining("and an ASGI application takes three, scope, receive and send");
        assertThatThrownBy(() -> Served.of("python:shop:modern", "python-path", files.toString(), "interface", "wsgi"))
                .hasMessageContaining("and a WSGI application takes two, environ and start_response");
    }

    private static List<String> told(String... settings) {
        String[] all = Stream.concat(Stream.of("python-path", files.toString()), Stream.of(settings))
                .toArray(String[]::new);
        try (Served served = Served.of("python:shop:application", all)) {
            return List.of(served.client().get("/").send().text().split("\\|", -1));
        }
    }
}
