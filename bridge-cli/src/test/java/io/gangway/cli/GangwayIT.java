package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a user runs it, with a real Python. */
class GangwayIT {
    private static final String HELLO = """
            import os, time

            def create_app(word="hello"):
                return lambda environ, start_response: answer(word, environ, start_response)

            def application(environ, start_response):
                return answer("hello", environ, start_response)

            def answer(word, environ, start_response):
                if environ["PATH_INFO"] == "/held":
                    open("arrived", "w").close()
                    while not os.path.exists("go"):
                        time.sleep(0.01)
                start_response("200 OK", [("Content-Type", "text/plain")])
                words = [word, environ["SCRIPT_NAME"], environ["PATH_INFO"], environ["REMOTE_ADDR"]]
                return [" ".join(words + [os.environ.get("COLOUR", "-")]).encode()]
            """;

    /** In a build that a shell runs in the background, SIGINT is ignored, and its child processes would inherit that. */
    private static final String WITH_SIGINT =
            "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])";

    /** The time that a busy machine may add to a stop; without its limit, a stop would take 25 seconds. */
    private static final Duration MARGIN = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Files.writeString(folder.resolve("hello.py"), HELLO);
        Needed.python();
    }

    @AfterEach
    void release() throws IOException {
        Path go = folder.resolve("go");
        if (!Files.exists(go)) {
            Files.createFile(go);
        }
    }

    @Test
    void serves_a_python_application() throws Exception {
        try (GangwayProcess gangway = run(
                "hello:application", "--context-path=/shop", "--env", "COLOUR=blue", "--access-log", "--workers=1")) {
            assertThat(gangway.get("/shop/a").get().body()).isEqualTo("hello /shop /a 127.0.0.1 blue");

            await().untilAsserted(() -> assertThat(gangway.output()).contains("\"GET /shop/a HTTP/1.1\" 200"));
            assertThat(gangway.output().lines().limit(2))
                    .satisfiesExactly(
                            first -> assertThat(first).matches("Gangway \\S+ with Jetty \\S+ on Java [^,]+, \\w+"),
                            second -> assertThat(second)
                                    .isEqualTo("Loading python:hello:application with python3, 1 worker"));
            assertThat(gangway.address().getPath()).isEqualTo("/shop/");
        }
    }

    /** Its body is collected before a worker is claimed; with an access log a thread waits for the answer, without one none does. */
    @ParameterizedTest
    @ValueSource(strings = {"--log-level=info", "--access-log=access.log"})
    void a_body_without_a_length_is_a_413_where_it_passes_the_limit(String option) throws Exception {
        try (GangwayProcess gangway = run("hello", "--workers=1", "--max-request-body=1K", option)) {
            HttpClient client =
                    HttpClient.newBuilder().version(Version.HTTP_1_1).build();

            assertThat(post(client, gangway, 1024).statusCode()).isEqualTo(200);
            assertThat(post(client, gangway, 1025).statusCode()).isEqualTo(413);
            assertThat(gangway.output()).doesNotContain("ERROR");
        }
    }

    /** In chunks, for the length of a stream is not known. */
    private static HttpResponse<String> post(HttpClient client, GangwayProcess gangway, int size) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gangway.address())
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[size])))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @Test
    void term_lets_a_request_under_way_finish() throws Exception {
        try (GangwayProcess gangway = run("hello", "--workers=1")) {
            CompletableFuture<HttpResponse<String>> held = gangway.get("/held");
            await().until(() -> Files.exists(folder.resolve("arrived")));
            gangway.signal("TERM");
            await().until(() -> gangway.output().contains("Stopping (SIGTERM)"));
            assertThat(held).isNotDone();
            release();

            assertThat(held.get().statusCode()).isEqualTo(200);
            assertThat(gangway.exitCode()).isZero();
            assertThat(gangway.output()).endsWith("\nStopped\n");
            assertThat(gangway.leftOver()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "1s"})
    void a_request_that_is_late_is_a_502_when_the_time_is_over_and_the_process_ends(String asked) throws Exception {
        try (GangwayProcess gangway = run("hello", "--workers=1", "--graceful-timeout=" + asked)) {
            CompletableFuture<HttpResponse<String>> held = gangway.get("/held");
            await().until(() -> Files.exists(folder.resolve("arrived")));
            long begin = System.nanoTime();
            gangway.signal("TERM");

            assertThat(gangway.exitCode()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isLessThan(Duration.parse("PT" + asked).plus(MARGIN));
            assertThat(gangway.output()).contains("\nStopped; some requests were not done in time\n");
            HttpResponse<String> late = held.get(30, TimeUnit.SECONDS);
            assertThat(late.statusCode()).isEqualTo(502);
            assertThat(late.body()).startsWith("502 Bad Gateway\nRequest id: ");
            await().until(() -> gangway.leftOver() == 0);
        }
    }

    @Test
    void an_idle_server_stops_at_once() throws Exception {
        try (GangwayProcess gangway = run("hello", "--workers=2")) {
            assertThat(gangway.get("/").get().statusCode()).isEqualTo(200); // the client keeps its connection
            long begin = System.nanoTime();
            gangway.signal("TERM");

            assertThat(gangway.exitCode()).isZero();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(MARGIN);
            assertThat(gangway.output()).contains("may take 25s more").endsWith("\nStopped\n");
        }
    }

    @Test
    void development_on_all_addresses_is_warned_of() throws Exception {
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, "run", "hello", "--workers=1", "--development", "--bind=:0")) {
            gangway.address();

            assertThat(gangway.output())
                    .containsOnlyOnce(
                            "gangway: WARNING: --development on 0.0.0.0 port 0, which other machines can reach: ");
        }
    }

    @Test
    void a_second_signal_stops_at_once_and_leaves_no_process() throws Exception {
        List<String> program =
                List.of("python3", "-c", WITH_SIGINT, GangwayProcess.jar().toString());
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, program, "run", "hello", "--workers=2", "--bind=127.0.0.1:0")) {
            CompletableFuture<HttpResponse<String>> held = gangway.get("/held");
            await().until(() -> Files.exists(folder.resolve("arrived")));
            gangway.signal("INT");
            await().until(() -> gangway.output().contains("Stopping (SIGINT)"));
            gangway.signal("INT");

            assertThat(gangway.exitCode()).isEqualTo(130);
            assertThat(held).failsWithin(Duration.ofSeconds(10));
            await().until(() -> gangway.leftOver() == 0);
        }
    }

    @Test
    void a_signal_during_the_start_stops_it() throws Exception {
        Files.writeString(
                folder.resolve("slow.py"),
                "import time\nopen('arrived', 'w').close()\ntime.sleep(60)\napplication = None\n");
        try (GangwayProcess gangway = run("slow", "--workers=1")) {
            await().until(() -> Files.exists(folder.resolve("arrived")));
            gangway.signal("TERM");

            assertThat(gangway.exitCode()).isEqualTo(143);
            assertThat(gangway.output()).doesNotContain("\tat ");
        }
    }

    @Test
    void a_taken_port_is_exit_code_4() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                GangwayProcess gangway =
                        GangwayProcess.start(folder, "run", "hello", "--bind", "127.0.0.1:" + taken.getLocalPort())) {
            assertThat(gangway.exitCode()).isEqualTo(4);
            assertThat(gangway.output())
                    .endsWith("gangway: cannot listen on 127.0.0.1 port " + taken.getLocalPort()
                            + ": Address already in use. Fix: stop the program that has it, or choose another port with"
                            + " --bind, such as --bind 127.0.0.1:8001\n")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void an_application_that_cannot_be_loaded_is_exit_code_3() throws Exception {
        try (GangwayProcess gangway = run("hullo:application", "--workers=1")) {
            assertThat(gangway.exitCode()).isEqualTo(3);
            assertThat(gangway.output())
                    .contains("\ngangway: ")
                    .contains("there is no module")
                    .contains("the nearest: hello")
                    .doesNotContain("\tat ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello:create_app('made')|made  /a",
                "./hello.py:create_app('file')|file  /a",
                "wsgi/hello.wsgi|wsgi  /a",
            })
    void serves_what_is_named_as_other_servers_name_it(String application, String text) throws Exception {
        Files.createDirectory(folder.resolve("wsgi"));
        Files.writeString(
                folder.resolve("wsgi/hello.wsgi"), "from hello import create_app\napplication = create_app('wsgi')\n");
        try (GangwayProcess gangway = run(application, "--workers=1")) {
            assertThat(gangway.get("/a").get().body()).startsWith(text);
            assertThat(gangway.output())
                    .contains("\nLoading python:" + application + " with python3, 1 worker\n")
                    .contains("\nServing " + application + " on http://");
        }
    }

    @Test
    void a_factory_without_its_brackets_is_told_with_the_options_that_help() throws Exception {
        try (GangwayProcess gangway = run("hello:create_app", "--workers=1")) {
            assertThat(gangway.exitCode()).isEqualTo(3);
            assertThat(gangway.output())
                    .endsWith(
                            "\ngangway: step find of \"hello:create_app\" failed: hello:create_app takes the arguments"
                                    + " (word='hello'), and a WSGI application takes two, environ and start_response.\nFix: write"
                                    + " 'hello:create_app()' if it is a factory, or set --factory\n");
        }
        try (GangwayProcess gangway = run("hello:create_app", "--workers=1", "--factory")) {
            assertThat(gangway.get("/a").get().body()).startsWith("hello  /a");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--chdir=/nowhere|gangway: --chdir: expected an existing directory that this user may enter; found \"/nowhere\" (from"
                        + " command line option --chdir). Fix: correct it",
                "--venv=/nowhere|gangway: --venv: expected the root of a virtual environment, which `python3 -m venv` makes and in"
                        + " which this user may run bin/python; found \"/nowhere\" (from command line option --venv). Fix: correct it",
                "--python=/bin/false|gangway: step interpreter: \"/bin/false\" is no Python that works: it ended with status 1 and"
                        + " printed \"\". Fix: install Python 3.9 or later, and name it in --python, or a virtual environment in"
                        + " --venv",
                "--buffer-directory=/nowhere|gangway: --buffer-directory: expected a directory that Gangway may write to; found"
                        + " \"/nowhere\", which is no directory. Fix: create it, or name another directory"
            })
    void a_directory_or_a_program_that_is_not_there_is_exit_code_2_and_one_message(String option, String message)
            throws Exception {
        List<String> program =
                List.of("env", "-u", "VIRTUAL_ENV", GangwayProcess.jar().toString());
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, program, "run", "hello", "--bind=127.0.0.1:0", option)) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output()
                            .lines()
                            .filter(line -> !line.startsWith("Gangway ") && !line.startsWith("Loading ")))
                    .containsExactly(message);
        }
    }

    @Test
    void a_setting_in_the_environment_is_weaker_than_an_option() throws Exception {
        List<String> program =
                List.of("env", "GANGWAY_WORKERS=3", GangwayProcess.jar().toString());
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, program, "run", "hello", "--workers=1", "--bind=127.0.0.1:0")) {
            gangway.address();

            assertThat(gangway.output()).contains(" 1 worker\n");
        }
    }

    @Test
    void two_developers_servers_work_in_one_directory() throws Exception {
        try (GangwayProcess one = GangwayProcess.start(folder, "dev", "hello");
                GangwayProcess other = GangwayProcess.start(folder, "dev", "hello")) {
            assertThat(one.address().getHost()).isEqualTo("127.0.0.1");
            assertThat(one.address().getPort()).isBetween(8000, 8099);
            assertThat(other.address().getPort())
                    .isBetween(8000, 8099)
                    .isNotEqualTo(one.address().getPort());
            assertThat(one.get("/a").get().body()).startsWith("hello  /a");
            assertThat(other.get("/b").get().body()).startsWith("hello  /b");
            assertThat(one.output()).contains(", 1 worker\n");
        }
    }

    @Test
    void development_shows_the_traceback_to_the_browser_and_serves_changed_code() throws Exception {
        Path code = Files.writeString(
                folder.resolve("broken.py"), "def application(environ, start_response):\n    1 / 0\n");
        try (GangwayProcess gangway = GangwayProcess.start(folder, "dev", "broken")) {
            HttpResponse<String> failed = gangway.get("/").get();
            assertThat(failed.statusCode()).isEqualTo(500);
            assertThat(failed.body()).contains("ZeroDivisionError").contains("broken.py");

            Files.writeString(code, HELLO);
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> gangway.get("/").get().body().startsWith("hello"));
        }
    }

    @Test
    void a_check_loads_the_application_and_says_what_would_run() throws Exception {
        try (GangwayProcess gangway = run("hello", "--workers=1", "--check", "--bind=unix:s.sock")) {
            assertThat(gangway.exitCode()).isZero();
            assertThat(gangway.output()).endsWith("\nChecked: hello would be served on 127.0.0.1:0, unix:s.sock\n");
        }
        try (GangwayProcess gangway = run("hullo", "--workers=1", "--check")) {
            assertThat(gangway.exitCode()).isEqualTo(3);
            assertThat(gangway.output()).contains("there is no module");
        }
    }

    @Test
    void serves_on_several_addresses_with_the_settings_of_the_projects_table() throws Exception {
        Path socket = folder.resolve("s.sock");
        Files.writeString(
                folder.resolve("pyproject.toml"),
                "[tool.gangway]\napplication = \"python:hello\"\nworkers = 1\nbind = [\"127.0.0.1:0\", \"unix:" + socket
                        + "\"]\nenv.COLOUR = \"blue\"\n");
        try (GangwayProcess gangway = GangwayProcess.start(folder, "run")) {
            assertThat(gangway.get("/a").get().body()).isEqualTo("hello  /a 127.0.0.1 blue");
            assertThat(gangway.output()).contains(", unix:" + socket + "  (Ctrl-C stops)\n");
            assertThat(socket).exists();
        }
    }

    @Test
    void a_second_start_on_a_unix_socket_is_exit_code_4() throws Exception {
        String bind = "--bind=unix:" + folder.resolve("s.sock");
        try (GangwayProcess first = GangwayProcess.start(folder, "run", "hello", "--workers=1", bind)) {
            first.address();
            try (GangwayProcess second = GangwayProcess.start(folder, "run", "hello", "--workers=1", bind)) {
                assertThat(second.exitCode()).isEqualTo(4);
                assertThat(second.output())
                        .endsWith("gangway: cannot listen on unix:" + folder.resolve("s.sock")
                                + ": Address already in use. Fix: stop the server that listens there, or choose another path"
                                + " with --bind unix:PATH\n");
            }
        }
    }

    @Test
    void serves_on_a_unix_socket() throws Exception {
        Path socket = folder.resolve("s.sock");
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, "run", "hello", "--workers=1", "--bind", "unix:" + socket)) {
            assertThat(gangway.address()).hasToString("unix:" + socket);
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                channel.write(
                        ByteBuffer.wrap("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(UTF_8)));
                assertThat(new String(Channels.newInputStream(channel).readAllBytes(), UTF_8))
                        .contains("hello  /a 127.0.0.1 -");
            }
            gangway.signal("TERM");

            assertThat(gangway.exitCode()).isZero();
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void serves_a_java_application_from_a_class_path() throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> program =
                List.of(java.toString(), "-jar", GangwayProcess.jar().toString());
        try (GangwayProcess gangway = GangwayProcess.start(
                folder,
                program,
                "run",
                "class:" + HelloApplication.class.getName(),
                "--bind=127.0.0.1:0",
                "--class-path",
                Path.of("target/test-classes").toAbsolutePath().toString())) {
            assertThat(gangway.get("/").get().body()).isEqualTo("hello from Java");
        }
    }

    private GangwayProcess run(String application, String... options) throws IOException {
        String[] arguments = new String[options.length + 3];
        arguments[0] = "run";
        arguments[1] = application;
        arguments[2] = "--bind=127.0.0.1:0";
        System.arraycopy(options, 0, arguments, 3, options.length);
        return GangwayProcess.start(folder, arguments);
    }
}
