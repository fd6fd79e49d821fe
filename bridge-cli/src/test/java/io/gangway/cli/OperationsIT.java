package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator asks of the running command: with signals, and with the options of a server. */
class OperationsIT {
    private static final String SHOP = """
            import os

            def application(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain")])
                return [("%s %d" % (VERSION, os.getpid())).encode()]
            """;

    private static final String FORKING = """
            import os

            def application(environ, start_response):
                read, write = os.pipe()
                child = os.fork()
                if child == 0:
                    os.write(write, b"%d" % os.sched_getscheduler(0))
                    os._exit(0)
                os.waitpid(child, 0)
                start_response("200 OK", [("Content-Type", "text/plain")])
                said = (os.getpid(), os.sched_getscheduler(0), int(os.read(read, 9)))
                os.close(read)
                os.close(write)
                return [b"%d worker %d child %d" % said]
            """;

    private static final Path IN_TERMINAL =
            Path.of("src/test/python/in_terminal.py").toAbsolutePath();

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        save("one");
        Needed.python();
    }

    private void save(String version) throws IOException {
        Files.writeString(folder.resolve("shop.py"), "VERSION = '" + version + "'\n" + SHOP);
    }

    private GangwayProcess run(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("run", "shop", "--bind=127.0.0.1:0"));
        arguments.addAll(List.of(options));
        return GangwayProcess.start(folder, arguments.toArray(String[]::new));
    }

    private static String version(GangwayProcess gangway) throws Exception {
        return gangway.get("/").get().body().split(" ", 2)[0];
    }

    @Test
    void hup_loads_changed_code_and_loses_no_request() throws Exception {
        try (GangwayProcess gangway = run("--workers=1")) {
            assertThat(version(gangway)).isEqualTo("one");
            save("the second");
            gangway.signal("HUP");
            List<Integer> statuses = new ArrayList<>();
            await().until(() -> {
                HttpResponse<String> answer = gangway.get("/").get();
                statuses.add(answer.statusCode());
                return answer.body().startsWith("the second");
            });
            assertThat(statuses).containsOnly(200);
            assertThat(gangway.output()).contains("reloading, because of SIGHUP");
            gangway.signal("TERM");
            assertThat(gangway.exitCode()).isZero();
            assertThat(gangway.output())
                    .contains(
                            "Stopping (SIGTERM): requests in progress may take 25s more; a second SIGTERM stops at once\n");
        }
    }

    /** After a reload too, when the launcher is the child of a JVM that computes. */
    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest
    @CsvSource({"true, 3", "false, 0"})
    void all_threads_of_the_server_compute_unless_a_setting_says_otherwise(boolean isSet, int policy) throws Exception {
        Files.writeString(folder.resolve("shop.py"), FORKING);
        try (GangwayProcess gangway = isSet ? run("--workers=1") : run("--workers=1", "--batch-scheduling=false")) {
            String first = gangway.get("/").get().body();
            assertThat(policies(gangway.pid())).isNotEmpty().containsOnly(policy);
            gangway.signal("HUP");
            await().until(() -> !gangway.get("/").get().body().equals(first));
            assertThat(gangway.get("/").get().body()).endsWith(" worker 3 child 0");
            assertThat(policies(gangway.pid())).containsOnly(policy);
        }
    }

    /** Of all threads (proc(5), field 41 of stat): 0 is the usual one, 3 is SCHED_BATCH. */
    private static List<Integer> policies(long pid) throws IOException {
        List<Integer> policies = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                String stat = Files.readString(thread.resolve("stat"));
                policies.add(Integer.valueOf(
                        stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[38]));
            }
        } catch (NoSuchFileException e) {
            return policies(pid); // a thread has ended
        }
        return policies;
    }

    @Test
    void a_server_whose_jar_was_overwritten_ends_all_the_same() throws Exception {
        Path jar = Files.copy(GangwayProcess.jar(), folder.resolve("gangway.jar"));
        try (GangwayProcess gangway = GangwayProcess.start(
                folder, List.of("java", "-jar", jar.toString()), "run", "shop", "--bind=127.0.0.1:0", "--workers=1")) {
            assertThat(version(gangway)).isEqualTo("one");
            Files.write(jar, new byte[0]);

            gangway.signal("TERM");

            assertThat(gangway.exitCode()).isEqualTo(ExitCode.INTERNAL.number());
            assertThat(gangway.output()).contains("Was the jar overwritten while it ran?");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"signal", "close"})
    void hup_ends_a_server_in_a_terminal_as_it_ends_a_shell(String how) throws Exception {
        List<String> terminal = List.of(
                "python3", IN_TERMINAL.toString(), how, GangwayProcess.jar().toString());
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, terminal, "run", "shop", "--bind=127.0.0.1:0", "--workers=1")) {
            assertThat(gangway.exitCode()).as(gangway.output()).isZero();
            assertThat(gangway.output())
                    .contains("Serving shop on http://127.0.0.1:")
                    .endsWith("\nexit code 0\n");
            if (how.equals("signal")) {
                assertThat(gangway.output())
                        .contains(
                                "Stopping (SIGHUP): requests in progress may take 25s more; a second SIGHUP stops at once\nStopped\n");
            }
        }
    }

    @Test
    void ttin_adds_a_worker_ttou_takes_one_and_winch_is_ignored() throws Exception {
        try (GangwayProcess gangway = run("--workers=1")) {
            gangway.address();
            gangway.signal("WINCH");
            gangway.signal("TTIN");
            await().untilAsserted(
                            () -> assertThat(gangway.output()).contains("workers: 2 from now on, because of SIGTTIN"));
            gangway.signal("TTOU");
            await().untilAsserted(
                            () -> assertThat(gangway.output()).contains("workers: 1 from now on, because of SIGTTOU"));
            assertThat(version(gangway)).isEqualTo("one");
        }
    }

    @Test
    void usr1_opens_the_access_log_again_and_no_line_is_lost() throws Exception {
        Path log = folder.resolve("access.log");
        try (GangwayProcess gangway =
                run("--workers=1", "--access-log=access.log", "--access-log-format=%(U)s %(s)s %(D)s")) {
            gangway.get("/before").get();
            await().untilAsserted(() -> assertThat(Files.readString(log)).matches("/before 200 [0-9]+\n"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
                    .isEqualTo("rw-r-----");
            Files.move(log, folder.resolve("access.log.1"));
            gangway.signal("USR1");
            await().until(() -> Files.exists(log));
            gangway.get("/after").get();
            await().untilAsserted(() -> assertThat(Files.readString(log)).matches("/after 200 [0-9]+\n"));
            assertThat(Files.readString(folder.resolve("access.log.1"))).doesNotContain("/after");
        }
    }

    @Test
    void static_files_need_no_worker_and_the_process_id_is_in_its_file() throws Exception {
        Files.createDirectory(folder.resolve("assets"));
        Files.writeString(folder.resolve("assets/a.css"), "body {}");
        Path pid = folder.resolve("run.pid");
        try (GangwayProcess gangway =
                run("--workers=1", "--static=/static=assets", "--static=/more=assets", "--pid-file=run.pid")) {
            HttpResponse<String> answer = gangway.get("/static/a.css").get();
            assertThat(answer.body()).isEqualTo("body {}");
            assertThat(answer.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
            assertThat(gangway.get("/more/a.css").get().body()).isEqualTo("body {}");
            assertThat(gangway.get("/static/b.css").get().statusCode()).isEqualTo(404);
            assertThat(gangway.get("/static/../shop.py").get().body()).startsWith("one ");
            assertThat(gangway.get("/staticx").get().body()).startsWith("one ");
            assertThat(Files.readString(pid)).matches("[0-9]+\n");
            gangway.signal("TERM");
            assertThat(gangway.exitCode()).isZero();
        }
        assertThat(pid).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere/run.pid", "run.pid"})
    void a_process_id_file_that_cannot_be_had_ends_the_start_before_anything_is_loaded(String file) throws Exception {
        Files.writeString(folder.resolve("run.pid"), ProcessHandle.current().pid() + "\n");
        try (GangwayProcess gangway = run("--workers=1", "--pid-file=" + file)) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .startsWith("gangway: --pid-file: " + file)
                    .contains(file.equals("run.pid") ? "which runs. Fix: stop it" : "there is no directory ")
                    .doesNotContain("Loading ");
        }
    }

    @Test
    void a_missing_directory_of_static_files_ends_the_start() throws Exception {
        try (GangwayProcess gangway = run("--workers=1", "--static=/static=nowhere")) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .contains("gangway: --static: there is no directory ")
                    .endsWith("nowhere for /static. Fix: create it, or correct the path\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bind-mode=666", "--bind-group=GROUP"})
    void a_unix_socket_has_the_mode_and_the_group_that_were_asked_for(String option) throws Exception {
        Path socket = folder.resolve("s.sock");
        String group = Files.getAttribute(folder, "posix:group").toString();
        try (GangwayProcess gangway = GangwayProcess.start(
                folder, "run", "shop", "--workers=1", "--bind=unix:" + socket, option.replace("GROUP", group))) {
            gangway.address();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo(option.contains("666") ? "rw-rw-rw-" : "rw-rw----");
            assertThat(Files.getAttribute(socket, "posix:group")).hasToString(group);
        }
    }

    @Test
    void an_unknown_group_ends_the_start_and_leaves_no_socket() throws Exception {
        Path socket = folder.resolve("s.sock");
        try (GangwayProcess gangway = GangwayProcess.start(
                folder, "run", "shop", "--workers=1", "--bind=unix:" + socket, "--bind-group=no-such-group")) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .isEqualTo(
                            "gangway: --bind-group: there is no group no-such-group on this machine. Fix: create it, or name another\n");
        }
        assertThat(socket).doesNotExist();
    }
}
