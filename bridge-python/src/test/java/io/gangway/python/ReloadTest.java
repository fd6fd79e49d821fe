package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.testing.TestResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changed code is loaded: when a file is touched, or at every save. */
class ReloadTest {
    @TempDir
    Path files;

    @BeforeEach
    void write() throws IOException {
        save("one");
    }

    @Test
    void a_save_is_live_within_seconds_at_most() throws IOException {
        try (Served served = serve("reload", "watch", "workers", "2")) {
            assertThat(text(served)).isEqualTo("one");
            save("two");
            await().atMost(5, TimeUnit.SECONDS).until(() -> text(served).equals("two"));
            save("six"); // as long, and perhaps within the same second: no stale cache file may be used
            await().atMost(5, TimeUnit.SECONDS).until(() -> text(served).equals("six"));
        }
    }

    @Test
    void a_syntax_error_is_shown_and_the_next_good_save_mends_it() throws IOException {
        try (Served served = serve("reload", "watch")) {
            Files.writeString(files.resolve("shop.py"), "def application(environ, start_response:\n");
            await().until(() -> served.client().get("/").send().code() == 500);
            TestResponse broken = served.client().get("/").send();
            assertThat(broken.header("Content-Type")).contains("text/plain; charset=utf-8");
            assertThat(broken.text())
                    .contains(
                            "The changed code cannot be loaded. Fix: correct it and save it; the application is then loaded again.")
                    .contains("shop.py\", line 1")
                    .contains("SyntaxError");
            save("mended");
            await().until(() -> text(served).equals("mended"));
        }
    }

    @Test
    void a_module_that_is_new_and_one_that_is_gone_are_noticed() throws IOException {
        try (Served served = serve("reload", "watch")) {
            long first = pid(served);
            Path added = files.resolve("package").resolve("added.py");
            Files.createDirectory(files.resolve("package"));
            Files.writeString(added, "");
            await().until(() -> pid(served) != first);
            long second = pid(served);
            Files.delete(added);
            await().until(() -> pid(served) != second);
        }
    }

    @Test
    void nothing_is_reloaded_unless_a_file_is_touched() throws IOException {
        Path trigger = files.resolve("deployed");
        try (Served served = serve("reload", "touch:" + trigger, "workers", "2", "preload", "true")) {
            save("two");
            assertThat(text(served)).isEqualTo("one");
            Files.createFile(trigger);
            await().until(() -> text(served).equals("two"));
            assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry).contains("reloading, because of a change of"));
        }
    }

    @Test
    void a_reload_that_fails_leaves_the_old_workers_serving() throws IOException {
        Path trigger = files.resolve("deployed");
        try (Served served = serve("reload", "touch:" + trigger)) {
            long pid = pid(served);
            Files.writeString(files.resolve("shop.py"), "raise ValueError('not today')\n");
            Files.createFile(trigger);
            await().untilAsserted(() -> assertThat(served.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("SEVERE new workers could not be started; the old ones go on serving: ")
                            .contains("ValueError: not today")));
            assertThat(pid(served)).isEqualTo(pid);
        }
    }

    @Test
    void no_request_is_lost_by_reloading() throws Exception {
        Path trigger = files.resolve("deployed");
        try (Served served = serve("reload", "touch:" + trigger, "threads", "2")) {
            AtomicBoolean isOver = new AtomicBoolean();
            CompletableFuture<Integer> load = CompletableFuture.supplyAsync(() -> {
                int count = 0;
                for (; !isOver.get(); count++) {
                    assertThat(served.client().get("/").send().code()).isEqualTo(200);
                }
                return count;
            });
            long pid = pid(served);
            Files.createFile(trigger);
            await().until(() -> pid(served) != pid);
            await().until(() -> ProcessHandle.of(pid).isEmpty());
            isOver.set(true);
            assertThat(load.get(30, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void a_value_that_means_nothing_is_refused() {
        assertThatThrownBy(() -> serve("reload", "always"))
                .hasMessageContaining("gangway.reload")
                .hasMessageContaining("off, watch or touch:FILE")
                .hasMessageContaining("always");
    }

    private Served serve(String... settings) {
        String[] all = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("python-path", files.toString()), java.util.Arrays.stream(settings))
                .toArray(String[]::new);
        return Served.of("python:shop", all);
    }

    private void save(String text) throws IOException {
        Files.writeString(files.resolve("shop.py"), String.format(Locale.ROOT, """
                import os

                def application(environ, start_response):
                    start_response("200 OK", [("X-Pid", str(os.getpid()))])
                    return [b"%s"]
                """, text));
    }

    private static String text(Served served) {
        return served.client().get("/").send().text();
    }

    private static long pid(Served served) {
        return Long.parseLong(served.client().get("/").send().header("X-Pid").orElseThrow());
    }
}
