package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A running canary. */
interface Deployed {
    /** Where it answers, without a slash at the end. */
    URI base();

    /** The server that it runs in, for its log. */
    ServerProcess server();

    /** Ends it, and fails if it leaves a process, a thread or a directory behind. */
    void undeploy() throws IOException, InterruptedException;

    /** The processes that serve it: launcher and workers. */
    default List<ProcessHandle> processes() {
        return ProcessHandle.of(server().pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
    }

    /** Fails unless these have ended, and nothing of ours is in the directory for temporary files. */
    static void assertGone(List<ProcessHandle> processes, Path temporary) {
        await("the end of " + processes)
                .atMost(Duration.ofSeconds(10))
                .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        await("an empty " + temporary).atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            try (Stream<Path> left = Files.list(temporary)) {
                assertThat(left.filter(file -> file.getFileName().toString().startsWith("gangway")))
                        .isEmpty();
            }
        });
    }
}
