package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Output and log records of an application in the container's log. */
@Timeout(120)
class LogTest {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u0085\\u2028\\u202e&&[^\\n\\t]]");

    private final Logger logger = Logger.getLogger("io.gangway.python");

    @BeforeEach
    void log_everything() {
        logger.setLevel(Level.ALL);
    }

    @AfterEach
    void restore() {
        logger.setLevel(null);
        logger.setUseParentHandlers(true);
    }

    @Test
    void records_have_their_level_logger_and_request_and_a_traceback_is_part_of_its_record() {
        try (Served served = rough()) {
            served.client().get("/log").send();
            String worker = "\\[python \\d+] ";
            String cart = worker + "shop\\.cart request \"test-\\d+\": ";
            for (String expected : List.of(
                    "FINE " + cart + "at level 10",
                    "INFO " + cart + "at level 20",
                    "WARNING " + cart + "at level 30",
                    "SEVERE " + cart + "at level 40",
                    "SEVERE " + cart + "at level 50",
                    "(?s)SEVERE " + cart
                            + "with a traceback\\n    Traceback .*\\n    ZeroDivisionError: division by zero",
                    "(?s)WARNING " + worker + "py\\.warnings request \"test-\\d+\": .*UserWarning: careful.*",
                    "SEVERE " + worker + "wsgi\\.errors request \"test-\\d+\": complained")) {
                await().untilAsserted(() -> assertThat(served.log().entries())
                        .filteredOn(entry -> entry.matches(expected))
                        .hasSize(1));
            }
        }
    }

    @Test
    void entries_name_the_deployment_and_their_logger_as_the_source() {
        try (Served served = rough()) {
            served.client().get("/log").send();
            await().untilAsserted(
                            () -> assertThat(served.log().named())
                                    .anySatisfy(
                                            entry -> assertThat(entry)
                                                    .matches(
                                                            "INFO \\[rough:application] \\[python \\d+] shop\\.cart request \"test-\\d+\": at level 20")));
            assertThat(served.log().sources())
                    .contains("io.gangway.python.worker")
                    .allMatch(
                            source -> source.equals("io.gangway.python.worker") || source.equals("io.gangway.python"));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void processes_are_named_for_those_who_list_them() throws IOException {
        try (Served served = rough()) {
            Path worker = Path.of("/proc", Long.toString(pid(served)));
            assertThat(Files.readString(worker.resolve("comm"))).isEqualTo("gangway-worker\n");
            String parent = ProcessHandle.of(pid(served))
                    .flatMap(ProcessHandle::parent)
                    .map(it -> Long.toString(it.pid()))
                    .orElseThrow();
            List<String> launcher = List.of(
                    Files.readString(Path.of("/proc", parent, "cmdline")).split("\0", -1));
            assertThat(launcher).hasSize(4).endsWith("");
            assertThat(launcher.get(1)).endsWith("gangway_worker");
            assertThat(launcher.get(2)).isEqualTo("rough:application");
            assertThat(served.client().get("/argv").send().text()).isEqualTo(launcher.get(1));
        }
    }

    @Test
    void a_record_of_flasks_logger_that_is_made_during_the_import_arrives_once() {
        try (Served served = Served.of("python:flask_like:application")) {
            served.client().get("/").send();
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry).endsWith("stdout: the end")));
            assertThat(served.log().entries())
                    .filteredOn(entry -> entry.contains("too late"))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry)
                            .matches("SEVERE \\[python \\d+] flask_like request \"test-\\d+\": too late"));
        }
    }

    @Test
    void what_nobody_catches_is_one_record() {
        try (Served served = rough()) {
            served.client().get("/uncaught").send();
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("SEVERE [python ")
                            .contains("gangway: uncaught in thread cleaner: ZeroDivisionError")
                            .contains("\n    Traceback (most recent call last):\n")));
        }
    }

    @Test
    void text_cannot_pass_for_another_record() {
        try (Served served = rough()) {
            served.client().get("/log_text").send();
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .contains(
                                    ": line\n    2026-01-01 INFO forged\\u000d\\u001b[2Jcleared\\u0085next\\u2028separated"
                                            + "\\u202ereversed")));
            assertThat(served.log().entries())
                    .noneMatch(entry -> CONTROL.matcher(entry).find());
            assertThat(served.log().entries())
                    .noneMatch(entry -> entry.lines().skip(1).anyMatch(it -> !it.startsWith("    ")));
        }
    }

    @Test
    void a_huge_record_is_cut() {
        try (Served served = rough()) {
            served.client().get("/log_much?3000000").send();
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(
                            entry -> assertThat(entry).contains("shop request").endsWith("x… [cut]")));
            assertThat(served.log().entries()).allMatch(entry -> entry.length() < 300_000);
        }
    }

    @Test
    void native_code_is_heard_too() {
        try (Served served = rough()) {
            served.client().get("/write_from_c").send();
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anyMatch(entry -> entry.matches("INFO \\[python \\d+] stdout: out of C"))
                    .anyMatch(entry -> entry.matches("WARNING \\[python \\d+] stderr: err of C")));
        }
    }

    @Test
    void a_hundred_megabytes_of_lines_arrive_one_by_one() {
        AtomicLong lines = new AtomicLong();
        AtomicLong others = new AtomicLong();
        try (Listener listener = new Listener(entry -> {
                    if (entry.endsWith("xxxxxxxx") && entry.length() < 10_100) {
                        lines.incrementAndGet();
                    } else if (entry.endsWith("stdout: the flood's end")) {
                        others.incrementAndGet();
                    }
                });
                Served served = rough()) {
            served.log().close(); // or it would keep all of them
            logger.setUseParentHandlers(false);
            assertThat(served.client().get("/flood?100000000").send().text()).isEqualTo("flooded");
            await().atMost(Duration.ofSeconds(30)).until(() -> others.get() == 1);
            assertThat(lines).hasValue(10_000);
            assertThat(listener).isNotNull();
        }
    }

    @Test
    void a_log_that_stalls_stalls_no_request_and_no_supervision() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch flows = new CountDownLatch(1);
        try (Served served = rough("threads", "2");
                Listener listener = new Listener(entry -> {
                    if (entry.contains("stdout: stall")) {
                        stalled.countDown();
                        awaitQuietly(flows);
                    }
                })) {
            try {
                served.client().get("/print?stall").send();
                stalled.await();
                for (int i = 0; i < 20; i++) {
                    assertThat(served.client()
                                    .get("/print?line-" + i + "-")
                                    .send()
                                    .text())
                            .isEqualTo("printed");
                }
                long pid = pid(served);
                ProcessHandle.of(pid).orElseThrow().destroyForcibly();
                await().untilAsserted(() -> assertThat(pid(served)).isNotEqualTo(pid));
            } finally {
                flows.countDown();
            }
            await().untilAsserted(() -> {
                for (int i = 0; i < 20; i++) {
                    String line = "stdout: line-" + i + "-";
                    assertThat(served.log().entries()).anyMatch(entry -> entry.endsWith(line));
                }
            });
            assertThat(listener).isNotNull();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Served rough(String... settings) {
        return Served.of("python:rough:application", settings);
    }

    private static long pid(Served served) {
        return Long.parseLong(served.client().get("/pid").send().text());
    }

    /** Sees each entry while it is written. */
    private static final class Listener extends Handler implements AutoCloseable {
        private final Logger logger = Logger.getLogger("io.gangway.python");
        private final Consumer<String> hears;

        Listener(Consumer<String> hears) {
            this.hears = hears;
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord entry) {
            hears.accept(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
