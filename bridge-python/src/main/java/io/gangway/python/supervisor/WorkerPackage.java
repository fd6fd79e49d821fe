package io.gangway.python.supervisor;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The workers' own Python package in the jar. A jar in a web application cannot be listed reliably, so the file names are listed here. */
final class WorkerPackage {
    static final String NAME = "gangway_worker";

    static final List<String> FILES = List.of(
            "__init__.py",
            "__main__.py",
            "boot.py",
            "configuration.py",
            "connection.py",
            "daemons.py",
            "ending.py",
            "files.py",
            "forks.py",
            "frames.py",
            "input.py",
            "launcher.py",
            "loader.py",
            "logs.py",
            "preload.py",
            "rules.py",
            "states.py",
            "worker.py",
            "wsgi.py");

    private WorkerPackage() {}

    /** Writes the package into a directory; returns where. */
    static Path unpack(Path directory) throws IOException {
        Path target = Files.createDirectory(directory.resolve(NAME));
        for (String file : FILES) {
            try (InputStream source = WorkerPackage.class.getResourceAsStream("/" + NAME + "/" + file)) {
                if (source == null) {
                    throw new FileNotFoundException("the jar lacks " + NAME + "/" + file);
                }
                Files.copy(source, target.resolve(file));
            }
        }
        return target;
    }
}
