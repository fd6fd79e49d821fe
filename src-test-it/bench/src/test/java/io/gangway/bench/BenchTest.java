package io.gangway.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.servlet.GatewayServlet;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That the benchmarks compare like with like, and that their script explains itself; nothing is measured here. */
class BenchTest {
    @ParameterizedTest
    @EnumSource
    void both_sides_answer_with_the_same_bytes(Workload workload) throws Exception {
        String servlet = answer(HandWritten.of(workload), Requests.raw(workload));
        String gateway = answer(new GatewayServlet(Applications.of(workload)), Requests.raw(workload));

        assertThat(servlet).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(gateway).isEqualTo(servlet);
    }

    @Test
    void both_sides_refuse_a_request_without_the_headers_that_they_read() throws Exception {
        String bare = Requests.raw(Workload.HELLO);

        assertThat(answer(HandWritten.of(Workload.HEADERS), bare)).startsWith("HTTP/1.1 400 ");
        assertThat(answer(new GatewayServlet(Applications.of(Workload.HEADERS)), bare))
                .startsWith("HTTP/1.1 400 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /hello HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
                "POST /post HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
                "GET /stream HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
            })
    void both_sides_of_the_live_rows_answer_alike(String request) throws Exception {
        String servlet = answer(new LiveServlet(), request);
        String gateway = answer(new GatewayServlet(new LiveApplication()), request);

        assertThat(servlet).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(gateway).as("but for the case of header names").isEqualToIgnoringCase(servlet);
    }

    @Test
    void a_held_request_is_answered_as_a_whole() throws Exception {
        for (Workload workload : List.of(Workload.HELLO, Workload.HEADERS)) {
            RequestAlone benchmark = new RequestAlone();
            benchmark.workload = workload;
            benchmark.side = "gateway";
            benchmark.start();

            assertThat(benchmark.request().isComplete(Answers.HELLO)).isTrue();
            benchmark.stop();
        }
    }

    @Test
    void the_script_suggests_a_suite_for_an_unknown_name() throws Exception {
        assertThat(run("./run", "jaav"))
                .isEqualTo(
                        "run: there is no suite 'jaav': did you mean java? the suites are asgi, asgi-java, heap, java, jmh, peers, start, stream\n2");
    }

    @Test
    void the_script_explains_itself() throws Exception {
        assertThat(run("./run", "--help"))
                .contains("loaded by wrk", "'run SUITE --help'")
                .endsWith("\n0");
    }

    @Test
    void the_script_tells_the_rows_for_an_unknown_one() throws Exception {
        assertThat(run("./run", "peers", "--rows", "hello,flask"))
                .startsWith("run: there is no row 'flask': the rows are hello, flask-json, ")
                .endsWith("\n1");
    }

    @Test
    void the_scripts_own_tests_pass() throws Exception {
        assertThat(run("python3", "-B", "-m", "unittest", "discover", "-s", "src/test/python"))
                .endsWith("OK\n0");
    }

    private static String answer(Servlet servlet, String request) throws Exception {
        Server server = Jetties.inMemory(servlet);
        server.start();
        try {
            String answer = ((LocalConnector) server.getConnectors()[0]).getResponse(request);
            return answer.replaceFirst("\r\nDate: [^\r]*", "\r\nDate: (masked)");
        } finally {
            server.stop();
        }
    }

    /** What a command in the module's directory prints, and its exit code. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(Path.of("").toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return printed + process.exitValue();
    }
}
