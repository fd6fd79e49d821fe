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
    /** What an end may take on a busy machine. */
    Duration PATIENCE = Duration.ofSeconds(60);

    /** Where it answers, without a slash at the end. */
    URI base();

    /** The server that it runs in, for its log. */
    ServerProcess server();

    /** How many lines the log had before this was deployed: in a server that others use too, they are not its own. */
    int linesBefore();

    /** Ends it, and fails if it leaves a process, a thread or a directory behind. */
    void undeploy() throws IOException, InterruptedException;

    /** Fails unless these have ended, and nothing of ours is in the directory for temporary files but what was there before. */
    static void assertGone(Collection<ProcessHandle> processes, Path temporary, Set<Path> before) {
        await("the end of " + processes)
                .atMost(PATIENCE)
                .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        await("an empty " + temporary).atMost(PATIENCE).untilAsserted(() -> {
            Set<Path> left = directories(temporary);
            left.removeAll(before);
            assertThat(left).isEmpty();
        });
    }

    /** Everything of Gangway's in a directory for temporary files. */
    static Set<Path> directories(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith("gangway"))
                    .collect(Collectors.toCollection(HashSet::new));
        }
    }

    /** The processes that a server has started, and theirs. */
    static Set<ProcessHandle> descendants(ServerProcess server) {
        return ProcessHandle.of(server.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .collect(Collectors.toCollection(HashSet::new));
    }
}
