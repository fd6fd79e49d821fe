package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.testing.TestResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many processes and threads as are set, what they share, and how long they may take to stop. */
class CapacityTest {
    @TempDir
    Path files;

    @Test
    void serves_as_many_requests_at_once_as_workers_times_threads() throws Exception {
        try (Served served = Served.start("workers", "2", "threads", "3", "queue-size", "0")) {
            assertThat(workers()).hasSize(2);
            List<CompletableFuture<TestResponse>> held = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Path gate = files.resolve("gate" + i);
                held.add(CompletableFuture.supplyAsync(
                        () -> served.client().get("/hold?" + gate).send(), command -> new Thread(command).start()));
                await().until(() -> Files.exists(Path.of(gate + ".taken")));
            }
            assertThat(served.client().get("/").send().code()).isEqualTo(503);
            for (int i = 0; i < 6; i++) {
                Files.createFile(files.resolve("gate" + i));
                assertThat(held.get(i).get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
            }
        }
    }

    @Test
    void the_least_busy_worker_is_asked() throws Exception {
        try (Served served = Served.start("workers", "2", "threads", "2")) {
            long first = served.workerPid();
            CompletableFuture<TestResponse> held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + files.resolve("gate")).send());
            await().until(() -> Files.exists(files.resolve("gate.taken")));
            long other = served.workerPid();
            for (int i = 0; i < 10; i++) {
                assertThat(served.workerPid()).isEqualTo(other);
            }
            assertThat(workers()).contains(first, other);
            Files.createFile(files.resolve("gate"));
            assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
        }
    }

    @Test
    void imports_once_for_each_worker_and_once_for_all_if_preloaded() throws IOException {
        assertThat(importsWith("false")).isEqualTo(2);
        assertThat(importsWith("true")).isEqualTo(1);
    }

    private long importsWith(String preload) throws IOException {
        Path directory = Files.createDirectory(files.resolve("preload-" + preload));
        Files.writeString(
                directory.resolve("shop.py"),
                "open(__file__ + '.imports', 'a').write('imported\\n')\n\ndef application(environ, start_response): pass\n");
        try (Served served =
                Served.of("python:shop", "python-path", directory.toString(), "workers", "2", "preload", preload)) {
            assertThat(served.client().get("/").send().code()).isEqualTo(500);
        }
        return Files.readAllLines(directory.resolve("shop.py.imports")).size();
    }

    @Test
    void a_request_that_takes_longer_than_the_graceful_timeout_is_cut_off() throws Exception {
        CompletableFuture<TestResponse> held;
        try (Served served = Served.start("graceful-timeout", "200ms")) {
            held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + files.resolve("gate")).send());
            await().until(() -> Files.exists(files.resolve("gate.taken")));
        }
        assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(502);
        assertThat(workers()).isEmpty();
    }

    @Test
    void a_request_that_takes_less_is_finished() throws Exception {
        CompletableFuture<TestResponse> held;
        CompletableFuture<Void> opened;
        try (Served served = Served.start("graceful-timeout", "20s")) {
            held = CompletableFuture.supplyAsync(
                    () -> served.client().get("/hold?" + files.resolve("gate")).send());
            await().until(() -> Files.exists(files.resolve("gate.taken")));
            // Once the application is being stopped, which further requests are told.
            opened = CompletableFuture.runAsync(() -> {
                await().until(() -> served.client().get("/").send().code() == 503);
                open(files.resolve("gate"));
            });
        }
        opened.get(30, TimeUnit.SECONDS);
        assertThat(held.get(30, TimeUnit.SECONDS).code()).isEqualTo(200);
    }

    private static void open(Path gate) {
        try {
            Files.createFile(gate);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The children of the launcher, which is this JVM's child. */
    private static List<Long> workers() {
        return ProcessHandle.current()
                .children()
                .flatMap(ProcessHandle::children)
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .toList();
    }
}
