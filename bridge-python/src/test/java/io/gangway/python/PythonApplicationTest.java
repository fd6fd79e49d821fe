package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.testing.StreamedResponse;
import io.gangway.testing.TestResponse;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Middleware;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Applications in a healthy worker. */
class PythonApplicationTest {
    private static Served served;

    @TempDir
    Path files;

    @BeforeAll
    static void deploy() {
        served = Served.start("threads", "2", "env.SHOP", "open", "chdir", "/");
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
        }
    }

    @Test
    void answers_a_get() {
        TestResponse response = served.client().get("/").send();
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.text()).isEqualTo("Hello from Python\n");
        assertThat(response.header("Content-Length")).contains("18");
    }

    @Test
    void answers_many_on_one_connection() {
        for (int i = 0; i < 600; i++) { // more than twice around the sequence numbers
            assertThat(served.client().get("/").send().code()).isEqualTo(200);
        }
    }

    @Test
    void echoes_a_body_of_five_megabytes() {
        byte[] body = new byte[5_000_000];
        new Random(1).nextBytes(body);
        assertThat(served.client()
                        .post("/echo")
                        .body(body, "application/octet-stream")
                        .send()
                        .bytes())
                .isEqualTo(body);
    }

    @Test
    void echoes_a_small_body_and_a_body_of_unknown_length() {
        assertThat(served.client()
                        .post("/echo")
                        .body("small".getBytes(UTF_8), "text/plain")
                        .send()
                        .text())
                .isEqualTo("small");
        byte[] body = new byte[300_000];
        new Random(2).nextBytes(body);
        assertThat(served.client()
                        .post("/echo")
                        .body(new ByteArrayInputStream(body), "application/octet-stream")
                        .send()
                        .bytes())
                .isEqualTo(body);
    }

    @Test
    void streams_each_block_when_it_is_there() throws IOException {
        Path gate = files.resolve("gate");
        try (StreamedResponse response = served.client().get("/stream?" + gate).open()) {
            assertThat(response.next())
                    .hasValueSatisfying(
                            block -> assertThat(block).asString(UTF_8).isEqualTo("one\n"));
            Files.createFile(gate);
            assertThat(response.rest()).asString(UTF_8).isEqualTo("two\n");
        }
    }

    @Test
    void a_client_that_leaves_costs_no_worker() throws IOException {
        long pid = served.workerPid();
        StreamedResponse response =
                served.client().get("/stream?" + files.resolve("gate")).open();
        assertThat(response.next()).isPresent();
        response.close();
        Files.createFile(files.resolve("gate"));
        assertThat(served.workerPid()).isEqualTo(pid);
    }

    @Test
    void an_exception_before_the_head_is_a_500_with_the_traceback_as_its_problem() {
        TestResponse response = served.client().get("/fail-early").send();
        assertThat(response.code()).isEqualTo(500);
        assertThat(response.text()).doesNotContain("ValueError");
        assertThat(response.outcome().problem())
                .isInstanceOf(PythonApplicationException.class)
                .hasMessageContaining("ValueError: before the head")
                .hasMessageContaining("in fail_early");
    }

    @Test
    void an_exception_after_the_head_breaks_the_response_off() {
        TestResponse response = served.client().get("/fail-late").send();
        assertThat(response.text()).isEqualTo("a part");
        assertThat(response.outcome().ending()).isEqualTo(Ending.BROKEN);
        assertThat(response.outcome().problem())
                .isInstanceOf(PythonApplicationException.class)
                .hasMessageContaining("ValueError: after the head");
        assertThat(served.client().get("/").send().code()).isEqualTo(200);
    }

    /** To a process in another namespace, a worker's process id may be the id of another process: here, of the JVM itself. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "files are offered by their names in /proc")
    void a_file_is_known_by_more_than_the_process_that_offers_it() throws IOException {
        assertThat(textOf("""
                import os, stat

                def is_file(name):
                    try:
                        return stat.S_ISREG(os.stat(name).st_mode) and os.path.getsize(name) > 0
                    except OSError:
                        return False

                def application(environ, start_response):
                    with open(f"/proc/{os.getppid()}/stat") as status:
                        jvm = int(status.read().rsplit(")", 1)[1].split()[1])
                    taken = os.listdir("/proc/self/fd")
                    files = [n for n in os.listdir(f"/proc/{jvm}/fd") if n not in taken and is_file(f"/proc/{jvm}/fd/{n}")]
                    mine = open(environ["QUERY_STRING"], "rb")
                    os.dup2(mine.fileno(), int(files[0]))
                    os.getpid = lambda: jvm
                    start_response("200 OK", [])
                    return environ["wsgi.file_wrapper"](open(int(files[0]), "rb"))
                """)).isEqualTo("mine");
    }

    @Test
    void without_proc_a_relative_name_is_the_workers_own() throws IOException {
        assertThat(Path.of("pom.xml"))
                .as("a file of the same name where the JVM works")
                .exists();
        assertThat(textOf("""
                import os
                import gangway_worker.files

                def application(environ, start_response):
                    gangway_worker.files._HAS_PROC = False
                    os.chdir(os.path.dirname(environ["QUERY_STRING"]))
                    start_response("200 OK", [])
                    return environ["wsgi.file_wrapper"](open("pom.xml", "rb"))
                """)).isEqualTo("mine");
    }

    /** The answer of an application that is given a file with the content {@code mine}. */
    private String textOf(String application) throws IOException {
        Path mine = Files.writeString(files.resolve("pom.xml"), "mine");
        Files.writeString(files.resolve("offering.py"), application);
        try (Served offering = Served.of("python:offering:application", "python-path", files.toString())) {
            return offering.client().get("/?" + mine).send().text();
        }
    }

    @Test
    void sends_a_file_that_only_python_has_open() {
        TestResponse response = served.client().get("/file").send();
        assertThat(response.text()).hasSize(99_990).startsWith("0123456789");
        assertThat(response.header("Content-Length")).contains("99990");
        assertThat(response.outcome().ending()).isEqualTo(Ending.COMPLETE);
    }

    /** W46: if a filter has read the body, an application that does not read it must still be served. */
    @Test
    void a_body_that_somebody_took_is_missed_by_those_who_read_it() {
        IOException taken = new IOException("W46: it was read before");
        Middleware taking = application -> (environ, startResponse) -> {
            environ.put(Environ.WSGI_INPUT, new FilterInputStream(InputStream.nullInputStream()) {
                @Override
                public int read(byte[] target, int offset, int length) throws IOException {
                    throw taken;
                }
            });
            return application.call(environ, startResponse);
        };
        byte[] form = "a=1".getBytes(UTF_8);

        TestResponse unread =
                served.client(taking).post("/").body(form, "text/plain").send();
        assertThat(unread.text()).isEqualTo("Hello from Python\n");

        TestResponse read =
                served.client(taking).post("/echo").body(form, "text/plain").send();
        assertThat(read.code()).isEqualTo(500);
        assertThat(read.outcome().problem()).isSameAs(taken);

        TestResponse told =
                served.client(taking).post("/tell").body(form, "text/plain").send();
        assertThat(told.text()).isEqualTo("the request's body is not complete: W46: it was read before");
    }

    @Test
    void a_head_request_has_no_body() {
        TestResponse response = served.client().head("/").send();
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.bytes()).isEmpty();
    }

    @Test
    void passes_on_environment_variables_and_the_directory() {
        assertThat(served.client().get("/describe?SHOP").send().text()).contains(" / open ");
    }

    @Test
    void a_nul_in_the_path_is_the_clients_fault() {
        assertThat(served.client().get("/%00").send().code()).isEqualTo(400);
    }

    @Test
    void logs_what_it_prints_and_what_it_logs() {
        served.client().get("/talk").send();
        await().untilAsserted(() -> assertThat(served.log().entries())
                .anySatisfy(entry -> assertThat(entry).matches("INFO \\[python \\d+] stdout: printed, not logged"))
                .anySatisfy(entry -> assertThat(entry)
                        .matches("WARNING \\[python \\d+] shop\\.cart request \"test-\\d+\": logged, not printed"))
                .anySatisfy(entry -> assertThat(entry).contains("an error line\n    forged\\u001b[31m entry")));
    }
}
