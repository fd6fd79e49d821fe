package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The directories of the tests. */
final class Places {
    private Places() {}

    /** The build's directory, which may be deleted. */
    static Path target() {
        return Path.of(System.getProperty("test.it.target", "target")).toAbsolutePath();
    }

    /** The applications and their requirements. */
    static Path sources() {
        return target().resolveSibling("src/test/python/canaries");
    }

    /** A directory for temporary files with a path that is short enough for sockets, even if the project's own path is long. */
    static Path temporary() throws IOException {
        return Files.createTempDirectory("canary");
    }

    /** Makes a directory, or makes it empty. */
    static Path empty(Path directory) throws IOException {
        delete(directory);
        return Files.createDirectories(directory);
    }

    static void delete(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
