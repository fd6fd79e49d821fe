package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A running canary. */
interface Deployed {
    /** Max wait for the end of a process on a busy machine. */
    Duration MAX_WAIT = Duration.ofSeconds(60);

    /** The URL of the application, without a slash at the end. */
    URI base();

    /** The server in which it runs, for its log. */
    ServerProcess server();

    /** The number of log lines before this deployment: in a shared server, they belong to others. */
    int linesBefore();

    /** Ends it, and fails if it leaves a process, a thread or a directory behind. */
    void undeploy() throws IOException, InterruptedException;

    /** Fails unless these processes have ended, and the temporary directory has no new files of ours. */
    static void assertGone(Collection<ProcessHandle> processes, Path temporary, Set<Path> before) {
        await("the end of " + processes)
                .atMost(MAX_WAIT)
                .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        await("an empty " + temporary).atMost(MAX_WAIT).untilAsserted(() -> {
            Set<Path> left = directories(temporary);
            left.removeAll(before);
            assertThat(left).isEmpty();
        });
    }

    /** All files of Gangway in a temporary directory. */
    static Set<Path> directories(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("gangway"))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    /** The child processes of a server, and their children. */
    static Set<ProcessHandle> descendants(ServerProcess server) {
        return ProcessHandle.of(server.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .collect(Collectors.toCollection(HashSet::new));
    }
}
