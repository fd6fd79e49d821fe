package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.DeploymentException;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.testing.TestRequest;
import io.gangway.testing.TestResponse;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Middleware;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request's body is collected before a worker is claimed, or streamed if {@code request-buffering} is off (W42-W44). */
@Timeout(60)
class RequestBufferingTest {
    private static final String TYPE = "application/octet-stream";
    private static final int LARGE = 3_000_000;
    private static final int SLOW_CLIENTS = 8;

    /** A body that came as HTTP/2 brings it: with neither length nor coding. */
    private static final Middleware HTTP_2 = application -> (environ, startResponse) -> {
        environ.put(Environ.SERVER_PROTOCOL, "HTTP/2");
        environ.remove("HTTP_TRANSFER_ENCODING");
        return application.call(environ, startResponse);
    };

    @TempDir
    Path files;

    @Test
    void a_body_without_a_length_gets_one_and_loses_its_coding() {
        try (Served served = Served.start()) {
            for (int size : new int[] {1, 5, 64 << 10, (64 << 10) + 1, 300_000, LARGE}) {
                byte[] body = bytes(size);
                assertThat(chunked(served, "/measure", body).text()).isEqualTo(measured(body));
            }
            assertThat(chunked(served, "/measure", new byte[0]).text()).isEqualTo("length 0, coding None, read 0 0");
            assertReleased(served);
        }
    }

    @Test
    void so_does_one_of_http_2_but_a_request_without_a_body_has_no_length() {
        try (Served served = Served.start()) {
            for (int size : new int[] {5, LARGE}) {
                byte[] body = bytes(size);
                TestRequest post = served.client(HTTP_2).post("/measure").body(new ByteArrayInputStream(body), TYPE);
                assertThat(post.send().text()).isEqualTo(measured(body));
            }
            for (String method : List.of("GET", "POST")) {
                assertThat(served.client(HTTP_2)
                                .request(method, "/measure")
                                .body(InputStream.nullInputStream(), TYPE)
                                .send()
                                .text())
                        .isEqualTo("length None, coding None, read 0 0");
            }
            assertReleased(served);
        }
    }

    @Test
    void a_body_of_known_length_is_collected_too_whatever_its_size() {
        try (Served served = Served.start()) {
            for (int size : new int[] {1, 64 << 10, (64 << 10) + 1, 300_000, LARGE}) {
                byte[] body = bytes(size);
                TestRequest post = served.client().post("/measure").body(body, TYPE);
                assertThat(post.send().text()).isEqualTo(measured(body));
                assertThat(served.client()
                                .unlinted()
                                .post("/measure")
                                .body(body, TYPE)
                                .send()
                                .text())
                        .isEqualTo(measured(body));
            }
            assertReleased(served);
        }
    }

    @Test
    void a_body_of_known_length_is_left_to_the_application_where_it_is_off() {
        AtomicBoolean isRead = new AtomicBoolean();
        try (Served served = Served.start("request-buffering", "off")) {
            TestRequest post = large(served, isRead);
            assertThat(post.send().text()).isEqualTo("Hello from Python\n");
            assertThat(isRead).isFalse();
        }
    }

    /** A post of a large body, of which it tells whether it is read. */
    private static TestRequest large(Served served, AtomicBoolean isRead) {
        return served.client()
                .post("/")
                .body(
                        new Reading(() -> {
                            isRead.set(true);
                            return 'x';
                        }),
                        TYPE)
                .header("Content-Length", Integer.toString(LARGE));
    }

    @Test
    void a_length_beyond_the_limit_is_a_413_before_anything_is_read() {
        AtomicBoolean isRead = new AtomicBoolean();
        try (Served served = Served.start("buffer-limit", "2M")) {
            TestRequest post = large(served, isRead);
            assertThat(post.send().code()).isEqualTo(413);
            assertThat(isRead).as("reading is what sends 100 Continue").isFalse();
        }
    }

    @Test
    void an_application_that_answers_while_it_reads_gets_the_whole_body() {
        try (Served served = Served.start()) {
            byte[] body = bytes(LARGE);
            assertThat(chunked(served, "/mirror", body).bytes()).isEqualTo(body);
            assertReleased(served);
        }
    }

    @Test
    void what_is_larger_than_a_megabyte_is_in_a_private_file_as_long_as_its_request() throws Exception {
        Path gate = files.resolve("gate");
        Path directory = Files.createDirectory(files.resolve("large"));
        try (Served served = Served.start("buffer-directory", directory.toString())) {
            CompletableFuture<TestResponse> held =
                    CompletableFuture.supplyAsync(() -> chunked(served, "/hold?" + gate, bytes(LARGE)));
            await().until(() -> Files.exists(Path.of(gate + ".taken")));

            assertThat(served.bodies().diskInUse()).isEqualTo(LARGE);
            assertThat(served.bodies().memoryInUse()).isZero();
            Path file = bodies(directory).get(0);
            assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThat(Files.getPosixFilePermissions(file.getParent()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            Files.createFile(gate);
            assertThat(held.get(10, TimeUnit.SECONDS).text()).isEqualTo("held\n");
            assertReleased(served);
            assertThat(bodies(directory)).isEmpty();
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void the_file_loses_its_name_as_soon_as_the_worker_has_opened_it() throws Exception {
        assertMeasured(
                "/measure_in_two_parts",
                directory -> assertThat(bodies(directory)).isEmpty());
    }

    @Test
    void a_file_that_the_worker_cannot_open_is_sent_to_it() throws Exception {
        assertMeasured(
                "/wait_and_measure", directory -> Files.delete(bodies(directory).get(0)));
    }

    /** Something that is done to the directory of large bodies. */
    @FunctionalInterface
    private interface Deed {
        void run(Path directory) throws IOException;
    }

    /** An application that waits in the middle gets its whole body, whatever happens meanwhile. */
    private void assertMeasured(String path, Deed meanwhile) throws Exception {
        Path gate = files.resolve("gate");
        Path directory = Files.createDirectory(files.resolve("large"));
        try (Served served = Served.start("buffer-directory", directory.toString())) {
            byte[] body = bytes(LARGE);
            CompletableFuture<TestResponse> held =
                    CompletableFuture.supplyAsync(() -> chunked(served, path + "?" + gate, body));
            await().until(() -> Files.exists(Path.of(gate + ".taken")));

            meanwhile.run(directory);
            Files.createFile(gate);
            assertThat(held.get(10, TimeUnit.SECONDS).text()).isEqualTo(measured(body));
            assertReleased(served);
        }
    }

    /** All files in the private directory of bodies but its lock. */
    private static List<Path> bodies(Path parent) throws IOException {
        try (Stream<Path> all = Files.walk(parent)) {
            return all.filter(file -> file.getFileName().toString().startsWith("body"))
                    .toList();
        }
    }

    @Test
    void clients_that_send_slowly_keep_no_worker() throws Exception {
        try (Served served = Served.start("threads", "1", "queue-size", "0")) {
            List<PipedOutputStream> bodies = new ArrayList<>();
            List<PipedInputStream> unread = new ArrayList<>();
            List<CompletableFuture<TestResponse>> slow = new ArrayList<>();
            for (int i = 0; i < SLOW_CLIENTS; i++) {
                PipedOutputStream body = new PipedOutputStream();
                PipedInputStream sent = new PipedInputStream(body);
                body.write("begin".getBytes(UTF_8));
                bodies.add(body);
                unread.add(sent);
                slow.add(CompletableFuture.supplyAsync(
                        () -> served.client().post("/measure").body(sent, TYPE).send(),
                        command -> new Thread(command).start()));
            }
            for (PipedInputStream sent : unread) {
                await().until(() -> sent.available() == 0);
            }

            for (int i = 0; i < 20; i++) {
                assertThat(served.client().get("/").send().code())
                        .as("the one thread is free: a queue of 0 would refuse otherwise")
                        .isEqualTo(200);
            }
            for (int i = 0; i < SLOW_CLIENTS; i++) { // one after the other, for there is no queue
                bodies.get(i).write(" end".getBytes(UTF_8));
                bodies.get(i).close();
                assertThat(slow.get(i).get(10, TimeUnit.SECONDS).text())
                        .isEqualTo(measured("begin end".getBytes(UTF_8)));
            }
            assertReleased(served);
        }
    }

    @Test
    void a_body_that_breaks_off_is_a_400_and_the_application_is_not_called() {
        for (int sent : new int[] {0, 5, LARGE}) {
            try (Served served = Served.start()) {
                Path gate = files.resolve("gate" + sent);
                TestResponse response = served.client()
                        .post("/hold?" + gate)
                        .body(new SequenceInputStream(new ByteArrayInputStream(bytes(sent)), breaking()), TYPE)
                        .send();

                assertThat(response.code()).isEqualTo(400);
                assertThat(response.outcome().ending()).isEqualTo(Ending.REPLACED);
                assertThat(response.outcome().isClientsFault()).isTrue();
                assertThat(response.outcome().problem()).isInstanceOf(ClientException.class);
                assertThat(Path.of(gate + ".taken")).doesNotExist();
                assertThat(served.log().entries()).noneMatch(entry -> entry.contains("/hold"));
                assertReleased(served);
            }
        }
    }

    @Test
    void checks_that_need_no_body_come_before_it() {
        AtomicBoolean isRead = new AtomicBoolean();
        try (Served served = Served.start()) {
            InputStream unwanted = new Reading(() -> {
                isRead.set(true);
                return -1;
            });
            assertThat(served.client()
                            .post("/%00")
                            .body(unwanted, TYPE)
                            .header("Expect", "100-continue")
                            .send()
                            .code())
                    .isEqualTo(400);
            assertThat(isRead).as("reading is what sends 100 Continue").isFalse();
        }
    }

    /** W46. A framework that looks for a length would take it for a request without a body. */
    @Test
    void a_body_that_somebody_took_is_a_500_and_never_silently_empty() {
        IOException taken = new IOException("W46: it was read before");
        Middleware taking = application -> (environ, startResponse) -> {
            environ.put(Environ.WSGI_INPUT, new Reading(() -> {
                throw taken;
            }));
            return application.call(environ, startResponse);
        };
        try (Served served = Served.start()) {
            TestResponse response = served.client(taking)
                    .post("/measure")
                    .body(InputStream.nullInputStream(), "application/x-www-form-urlencoded")
                    .send();
            assertThat(response.code()).isEqualTo(500);
            assertThat(response.outcome().problem()).isSameAs(taken);
            assertReleased(served);
        }
    }

    @Test
    void a_directory_that_is_gone_is_a_507_and_the_log_names_it_and_the_setting() throws IOException {
        Path directory = Files.createDirectory(files.resolve("large"));
        try (Served served = Served.start("buffer-directory", directory.toString())) {
            try (Stream<Path> all = Files.walk(directory)) {
                all.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
            TestResponse response = chunked(served, "/measure", bytes(LARGE));

            assertThat(response.code()).isEqualTo(507);
            assertThat(response.text()).startsWith("507 Insufficient Storage\nRequest id: test-");
            assertThat(response.text()).doesNotContain("large");
            assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .matches(
                                    "(?s)SEVERE request \"test-\\d+\" \\(\"POST\" \"/measure\"\\): answered 507: its body was to be collected,"
                                            + " and a temporary file in .*/large cannot be written \\(there is no such file or directory\\)*\\)\\."
                                            + " Fix: free some space there, or set gangway\\.buffer-directory to a directory that Gangway may"
                                            + " write to and that has room"));
            assertThat(chunked(served, "/measure", bytes(5)).code())
                    .as("what fits in memory needs no file")
                    .isEqualTo(200);
            assertReleased(served);
        }
    }

    @Test
    void a_body_that_is_larger_than_the_limit_is_a_413_and_no_error_in_the_log() {
        try (Served served = Served.start("buffer-limit", "2M")) {
            assertThat(chunked(served, "/measure", bytes(2 << 20)).code()).isEqualTo(200);
            TestResponse response = chunked(served, "/measure", bytes((2 << 20) + 1));

            assertThat(response.code()).isEqualTo(413);
            assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("INFO request \"test-")
                            .endsWith(
                                    "(\"POST\" \"/measure\"): answered 413: its body was to be collected, and it is longer"
                                            + " than 2097152 bytes, which gangway.buffer-limit allows"))
                    .noneMatch(entry -> entry.startsWith("SEVERE") || entry.startsWith("WARNING"));
            assertReleased(served);
        }
    }

    @Test
    void a_body_that_finds_no_room_beside_others_is_a_503() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.start("buffer-limit", "4M", "threads", "2")) {
            CompletableFuture<TestResponse> other =
                    CompletableFuture.supplyAsync(() -> chunked(served, "/hold?" + gate, bytes(LARGE)));
            await().until(() -> Files.exists(Path.of(gate + ".taken")));
            TestResponse response = chunked(served, "/measure", bytes(LARGE));

            assertThat(response.code()).isEqualTo(503);
            assertThat(response.header("Retry-After")).contains("1");
            assertThat(served.log().entries())
                    .anySatisfy(
                            entry -> assertThat(entry)
                                    .startsWith("WARNING request \"test-")
                                    .contains(
                                            "answered 503: its body was to be collected, and the bodies of other requests leave no room for"
                                                    + " it at this moment. Fix: if ")
                                    .endsWith(
                                            " has more room than the 4194304 bytes of gangway.buffer-limit, set a higher limit"));
            Files.createFile(gate);
            assertThat(other.get(10, TimeUnit.SECONDS).code()).isEqualTo(200);
            assertThat(chunked(served, "/measure", bytes(LARGE)).code()).isEqualTo(200);
            assertReleased(served);
        }
    }

    @Test
    void a_directory_that_is_none_is_told_at_the_start() {
        String missing = files.resolve("missing").toString();
        assertThatThrownBy(() -> Served.start("buffer-directory", missing).close())
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining(
                        "gangway.buffer-directory: expected a directory that Gangway may write to; found \"" + missing
                                + "\", which is no directory. Fix: create it, or name another directory");
    }

    @Test
    void nothing_is_collected_where_it_is_off() throws Exception {
        Path gate = files.resolve("gate");
        try (Served served = Served.start("request-buffering", "off")) {
            byte[] body = bytes(300_000);
            assertThat(chunked(served, "/measure", body).text()).isEqualTo("length None, coding None, read 0 0");
            assertThat(chunked(served, "/echo", body).bytes()).isEqualTo(body);

            PipedOutputStream sending = new PipedOutputStream();
            PipedInputStream sent = new PipedInputStream(sending);
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().post("/hold?" + gate).body(sent, TYPE).send());
            await().until(() -> Files.exists(Path.of(gate + ".taken"))); // though nothing of the body was sent
            Files.createFile(gate);
            assertThat(held.get(10, TimeUnit.SECONDS).code()).isEqualTo(200);
            assertReleased(served);
        }
    }

    private TestResponse chunked(Served served, String target, byte[] body) {
        return served.client()
                .post(target)
                .body(new ByteArrayInputStream(body), TYPE)
                .send();
    }

    static void assertReleased(Served served) {
        assertThat(served.bodies().memoryInUse()).as("memory of bodies").isZero();
        assertThat(served.bodies().diskInUse()).as("disk of bodies").isZero();
    }

    private static String measured(byte[] body) {
        CRC32 sum = new CRC32();
        sum.update(body);
        return "length " + body.length + ", coding None, read " + body.length + " " + sum.getValue();
    }

    private static InputStream breaking() {
        return new Reading(() -> {
            throw new IOException("the connection was reset");
        });
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** A body that comes byte by byte. */
    private static final class Reading extends InputStream {
        private final Next next;

        interface Next {
            int read() throws IOException;
        }

        Reading(Next next) {
            this.next = next;
        }

        @Override
        public int read() throws IOException {
            return next.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int value = next.read();
            if (value < 0) {
                return -1;
            }
            target[offset] = (byte) value;
            return 1;
        }
    }
}
