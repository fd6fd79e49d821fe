package io.gangway.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of the built command, with a real Python. */
class LogIT {
    /** "é" as Python writes it in ASCII: this file's own charset matters as little as the locale. */
    private static final String LOGS = """
            import json, logging, os

            logging.getLogger("shop.cart").setLevel("DEBUG")

            def application(environ, start_response):
                logging.getLogger("shop.cart").debug('caf\\u00e9 "now"')
                start_response("200 OK", [("Content-Type", "application/json")])
                return [json.dumps([os.getcwd(), os.environ.get("COLOUR")]).encode()]
            """;

    private static final List<String> NO_LOCALE = List.of("env", "-u", "LC_ALL", "-u", "LC_CTYPE", "LANG=C");

    private static final List<String> MALFORMED = List.of(
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a:port\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nA B: c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nA: \0\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=\"b\r\nCookie: ;;=\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "\u0016\u0003\u0001\0\0");

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Needed.python();
        Files.writeString(folder.resolve("logs.py"), LOGS, UTF_8);
    }

    @Test
    void a_line_of_text_has_level_pid_logger_deployment_worker_and_record() throws Exception {
        try (GangwayProcess gangway = start(List.of(), "--context-path=/shop")) {
            gangway.get("/shop").get(60, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(gangway.output())
                    .containsPattern(
                            "(?m)^\\S+ \\S+ DEBUG \\[\\d+] python\\.worker: \\[/shop] \\[python \\d+] shop\\.cart request"
                                    + " \"[0-9a-f]{16}\": caf\u00e9 \"now\"$"));
        }
    }

    @Test
    void json_is_one_object_on_a_line() throws Exception {
        try (GangwayProcess gangway = start(List.of(), "--log-format=json")) {
            gangway.get("/").get(60, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(gangway.output())
                    .containsPattern(
                            "(?m)^\\{\"time\":\"[^\"]+Z\",\"level\":\"debug\",\"pid\":\\d+,\"logger\":\"io\\.gangway\\.python\\.worker\","
                                    + "\"message\":\"\\[logs:application] \\[python \\d+] shop\\.cart request \\\\\"[0-9a-f]{16}\\\\\":"
                                    + " caf\\\\u00e9 \\\\\"now\\\\\"\"}$"));
        }
    }

    @Test
    void debug_is_about_gangway_and_not_about_jetty() throws Exception {
        try (GangwayProcess gangway = start(List.of(), "--log-level=debug")) {
            gangway.get("/").get(60, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(gangway.output()).contains("caf\u00e9"));
            assertThat(gangway.output()).doesNotContain("org.eclipse.jetty");
        }
    }

    @Test
    void what_a_client_does_wrong_is_not_in_the_log() throws Exception {
        try (GangwayProcess gangway = start(List.of())) {
            URI uri = gangway.address();
            for (String head : MALFORMED) {
                try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                    socket.getOutputStream().write(head.getBytes(ISO_8859_1));
                    assertThat(new String(socket.getInputStream().readNBytes(12), ISO_8859_1))
                            .as(head)
                            .isEqualTo("HTTP/1.1 400");
                }
            }
            gangway.get("/").get(60, TimeUnit.SECONDS);
            await().untilAsserted(() -> assertThat(gangway.output()).contains("caf\u00e9"));
            assertThat(gangway.output()).doesNotContain("WARN", "org.eclipse.jetty");
        }
    }

    @Test
    void text_is_utf_8_without_a_locale_in_the_log_in_variables_and_in_paths() throws Exception {
        String name = "caf\u00e9";
        Files.createDirectory(folder.resolve(name));
        try (GangwayProcess gangway =
                start(NO_LOCALE, "--env=COLOUR=" + name, "--chdir=" + name, "--python-path=" + folder)) {
            String answer = gangway.get("/").get(60, TimeUnit.SECONDS).body();
            assertThat(answer).endsWith("/caf\\u00e9\", \"caf\\u00e9\"]");
            await().untilAsserted(() -> assertThat(gangway.output()).contains(": caf\u00e9 \"now\""));
        }
    }

    @Test
    void java_itself_without_a_locale_refuses_an_argument_that_it_cannot_read() throws Exception {
        List<String> java = List.of("env", "LC_ALL=C", System.getProperty("java.home") + "/bin/java", "-jar");
        try (GangwayProcess gangway = start(java, "--env=COLOUR=caf\u00e9")) {
            assertThat(gangway.exitCode()).isEqualTo(ExitCode.USAGE.number());
            assertThat(gangway.output())
                    .contains(
                            "gangway: the argument \"--env=COLOUR=caf\\ufffd\\ufffd\" has characters that Java cannot read: the"
                                    + " locale's charset is ")
                    .contains(
                            ". Fix: set the environment variable LC_ALL to C.UTF-8, or start the gangway script, which does");
        }
    }

    private GangwayProcess start(List<String> before, String... options) throws Exception {
        List<String> command = new java.util.ArrayList<>(before);
        command.add(GangwayProcess.jar().toString());
        command.addAll(List.of("run", "logs:application", "--bind=127.0.0.1:0", "--workers=1"));
        return GangwayProcess.start(folder, command, options);
    }
}
