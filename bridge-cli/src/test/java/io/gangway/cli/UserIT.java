package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --user} and {@code --group}: only root can test them. */
class UserIT {
    /** A user and a group that every Debian has, and their numbers. */
    private static final String USER = "daemon";

    private static final String IDS = "1 1 [1]";

    /** One in root's own directory is of no use to another user. */
    private static final String EVERYBODYS_PYTHON = "/usr/bin/python3";

    private static final String NOBODY = "import os, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534);"
            + " os.execv(sys.argv[1], sys.argv[1:])";

    /** A body that is kept in a file; workers get smaller ones from memory. */
    private static final int LARGE = 3 << 20;

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Needed.python();
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "only root may start workers of another user");
        Assumptions.assumeTrue(Files.isExecutable(Path.of(EVERYBODYS_PYTHON)), "there is no " + EVERYBODYS_PYTHON);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        save("one");
        Files.setPosixFilePermissions(
                Files.writeString(folder.resolve("secret"), "root's"), PosixFilePermissions.fromString("rw-------"));
    }

    private void save(String version) throws IOException {
        Files.writeString(folder.resolve("shop.py"), "VERSION = '" + version + "'\n" + """
                import os

                AT_IMPORT = os.getuid(), os.geteuid()

                def application(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    try:
                        secret = open("secret").read()
                    except PermissionError:
                        secret = "denied"
                    try:
                        os.setuid(0)
                        root = "root again"
                    except PermissionError:
                        root = "for good"
                    length = len(environ["wsgi.input"].read())
                    words = [VERSION, os.getuid(), os.getgid(), os.getgroups(), AT_IMPORT, secret, root, length]
                    return [" ".join(map(str, words)).encode()]
                """);
    }

    private GangwayProcess run(String... options) throws IOException {
        return GangwayProcess.start(folder, arguments(options));
    }

    private static String[] arguments(String... options) {
        List<String> arguments = new ArrayList<>(
                List.of("run", "shop", "--bind=127.0.0.1:0", "--workers=1", "--python=" + EVERYBODYS_PYTHON));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--preload=false", "--preload"})
    void the_application_is_loaded_and_served_as_the_user(String preload) throws Exception {
        try (GangwayProcess gangway = run("--user=" + USER, preload)) {
            assertThat(gangway.get("/").get().body()).isEqualTo("one " + IDS + " (1, 1) denied for good 0");
            HttpRequest upload = HttpRequest.newBuilder(gangway.address())
                    .POST(BodyPublishers.ofByteArray(new byte[LARGE]))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(upload, BodyHandlers.ofString())
                            .body())
                    .isEqualTo("one " + IDS + " (1, 1) denied for good " + LARGE);

            save("another");
            gangway.signal("HUP");
            Awaitility.await()
                    .untilAsserted(
                            () -> assertThat(gangway.get("/").get().body()).startsWith("another " + IDS));
            gangway.signal("TERM");
            assertThat(gangway.exitCode()).isZero();
            assertThat(gangway.leftOver()).isZero();
        }
    }

    @Test
    void nothing_of_the_users_runs_as_root_and_no_file_is_read_as_root() throws Exception {
        Path secret = folder.resolve("secret");
        Path program = folder.resolve("users-python");
        Files.writeString(
                program,
                "#!/bin/sh\nid -u >> '" + Files.createFile(folder.resolve("ids")) + "'\nexec " + EVERYBODYS_PYTHON
                        + " \"$@\"\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(folder.resolve("ids"), PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.writeString(folder.resolve("thief.py"), """
                import os
                from gangway_worker import wsgi
                from gangway_worker.files import OpenFile

                def stolen(filelike):
                    found = os.stat("%s")
                    return OpenFile("%s", found.st_dev, found.st_ino, 0, found.st_size)

                wsgi.plain_file = stolen

                def application(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return environ["wsgi.file_wrapper"](open(__file__, "rb"))
                """.formatted(secret, secret));
        try (GangwayProcess gangway = GangwayProcess.start(
                folder, "run", "thief", "--bind=127.0.0.1:0", "--workers=1", "--user=" + USER, "--python=" + program)) {
            assertThat(gangway.get("/").get().body()).isEqualTo("import"); // as many bytes as the secret has
            assertThat(Files.readAllLines(folder.resolve("ids")))
                    .hasSizeGreaterThan(1)
                    .doesNotContain("0");
        }
    }

    @Test
    void a_group_alone_leaves_the_user() throws Exception {
        try (GangwayProcess gangway = run("--group=daemon")) {
            assertThat(gangway.get("/").get().body()).startsWith("one 0 " + IDS.substring(2) + " (0, 0) root's ");
        }
    }

    @Test
    void an_interpreter_that_the_user_cannot_read_is_told_once_with_its_fix() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Path program = Files.createSymbolicLink(closed.resolve("python3"), Path.of(EVERYBODYS_PYTHON));
        assertThat(new ProcessBuilder(EVERYBODYS_PYTHON, "-m", "venv", "--without-pip", closed + "/venv")
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        assertRefused(
                "--python=" + program,
                "gangway: --user: " + USER + " cannot read \"" + program
                        + "\". Fix: name an interpreter in --python that this user can read, such as /usr/bin/python3\n");
        assertRefused(
                "--venv=" + closed + "/venv",
                "gangway: --user: " + USER + " cannot read \"" + closed
                        + "/venv/bin/python\". Fix: put the virtual environment, and"
                        + " the interpreter that it was made with, where this user can read them\n");
    }

    private void assertRefused(String option, String message) throws Exception {
        try (GangwayProcess gangway = GangwayProcess.start(
                folder, "run", "shop", "--bind=127.0.0.1:0", "--workers=1", "--user=" + USER, option)) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output()).endsWith(message).containsOnlyOnce("Fix: ");
        }
    }

    @Test
    void an_unknown_user_ends_the_start() throws Exception {
        try (GangwayProcess gangway = run("--user=no-such-user")) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .endsWith("gangway: --user: there is no user no-such-user on this machine. Fix: create it, or name"
                            + " another\n");
        }
    }

    @Test
    void an_unknown_group_ends_the_start() throws Exception {
        try (GangwayProcess gangway = run("--group=no-such-group")) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .endsWith(
                            "gangway: --group: there is no group no-such-group on this machine. Fix: create it, or name"
                                    + " another\n");
        }
    }

    @Test
    void without_the_right_the_start_ends() throws Exception {
        Path jar = Files.copy(GangwayProcess.jar(), folder.resolve("gangway.jar"));
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (GangwayProcess gangway = GangwayProcess.start(
                folder, List.of("python3", "-c", NOBODY, jar.toString()), arguments("--user=" + USER))) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .contains("gangway: --user: this process may not become another user, " + USER + ": ")
                    .endsWith("Fix: start Gangway as root, or as that user and without this setting\n");
        }
    }
}
