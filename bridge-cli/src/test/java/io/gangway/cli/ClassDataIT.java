package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first start makes class data, and the next one uses it. */
class ClassDataIT {
    /** Three JVMs of the lowest priority, on a busy machine. */
    private static final Duration MAX_WAIT = Duration.ofMinutes(4);

    private static final String APPLICATION = "wsgiref.simple_server:demo_app";

    @TempDir
    private Path folder;

    @BeforeEach
    void assume_python() throws InterruptedException {
        Needed.python();
    }

    @Test
    void the_second_start_finds_its_classes_and_the_workers_package_prepared() throws Exception {
        Path cache = folder.resolve("cache").resolve("gangway");
        try (GangwayProcess first = started("first.log")) {
            first.address();
            await().atMost(MAX_WAIT)
                    .until(() ->
                            names(cache).stream().anyMatch(name -> name.endsWith(".data") || name.endsWith(".failed")));
            assertThat(first.get("/").get().body()).contains("Hello world!");
        }
        await().atMost(MAX_WAIT)
                .untilAsserted(() -> assertThat(names(cache))
                        .as("the data, the compiled package, and nothing that is left of making them")
                        .hasSize(2)
                        .anyMatch(name -> name.matches("\\d+-\\d+\\.data"))
                        .anyMatch(name -> name.startsWith("worker-")));
        assertThat(source("first.log", Gangway.class.getName())).doesNotContain("shared objects");

        try (GangwayProcess second = started("second.log")) {
            assertThat(second.get("/").get().body()).contains("Hello world!");
        }

        for (String name : List.of(Gangway.class.getName(), "picocli.CommandLine", "org.eclipse.jetty.server.Server")) {
            assertThat(source("second.log", name)).as(name).contains("shared objects file");
        }
    }

    private GangwayProcess started(String log) throws IOException {
        return GangwayProcess.start(
                folder,
                List.of(
                        "/usr/bin/env",
                        "XDG_CACHE_HOME=" + folder.resolve("cache"),
                        "PYTHONDONTWRITEBYTECODE=",
                        "JAVA_OPTS=-Xlog:class+load:file=" + folder.resolve(log),
                        GangwayProcess.jar().toString()),
                "run",
                APPLICATION,
                "--bind=127.0.0.1:0",
                "--workers=1");
    }

    private static List<String> names(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a JVM had a class from, in its own words. */
    private String source(String log, String name) throws IOException {
        return Files.readAllLines(folder.resolve(log)).stream()
                .filter(line -> line.contains(" " + name + " source:"))
                .findFirst()
                .orElseThrow();
    }
}
