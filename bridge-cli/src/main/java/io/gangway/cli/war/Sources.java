package io.gangway.cli.war;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Collects the application's files, without secrets, databases, and what the machine made. */
final class Sources {
    /** Names of files that hold secrets or data. */
    private static final Pattern NEVER =
            Pattern.compile("\\.env(\\..*)?|.*\\.env|\\.git|.*\\.(sqlite|sqlite3|db)(-wal|-shm|-journal)?");

    /** Directories that programs make. */
    private static final Set<String> MADE = Set.of("__pycache__", "node_modules");

    private static final String SQLITE = "SQLite format 3\0";

    private final Path directory;
    private final SortedMap<String, Path> files = new TreeMap<>();
    private final List<String> leftOut = new ArrayList<>();

    Sources(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
    }

    /** The files by their path in the application's directory, with slashes. */
    SortedMap<String, Path> files() {
        return files;
    }

    /** What was left out, with the reason, for a message. */
    List<String> leftOut() {
        return leftOut;
    }

    /**
     * Adds a file, or a directory with all files below it.
     *
     * @throws WarException if there is no such file, if it is not in the application's directory, or if it holds secrets or data
     */
    void add(String include) throws IOException {
        Path root = directory.resolve(include).normalize();
        if (!root.startsWith(directory)) {
            throw new WarException(
                    "--include " + include + ": it is not in " + directory
                            + ", the directory of the application. Fix: run gangway war in the directory above all included files");
        }
        if (!Files.exists(root)) {
            throw new WarException("--include " + include + ": there is no " + root
                    + ". Fix: name files or directories in " + directory);
        }
        Optional<String> refused = root.equals(directory) ? Optional.empty() : reason(root);
        if (refused.isPresent()) {
            throw new WarException("--include " + include + ": it is " + refused.get()
                    + ", which is never put into a WAR. Fix: leave it out, and give the application its secrets and data on the"
                    + " machine that runs it, for example with --setting env.NAME=TEXT");
        }
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Visitor(root));
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;

        Visitor(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            return folder.equals(root) || isTaken(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (attributes.isRegularFile() && isTaken(file)) {
                files.put(directory.relativize(file).toString().replace('\\', '/'), file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
            if (problem instanceof FileSystemLoopException) {
                leftOut.add(directory.relativize(file) + " (a link to a directory above it)");
                return FileVisitResult.CONTINUE;
            }
            throw problem;
        }

        private boolean isTaken(Path file) throws IOException {
            Optional<String> reason = reason(file);
            reason.filter(text -> !text.isEmpty())
                    .ifPresent(text -> leftOut.add(directory.relativize(file) + " (" + text + ")"));
            return reason.isEmpty();
        }
    }

    /** Why a file is left out; an empty text for what is not worth a message. */
    private static Optional<String> reason(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (MADE.contains(name) || name.endsWith(".pyc") || name.endsWith(".pyo")) {
            return Optional.of("");
        }
        if (Files.isDirectory(file)) {
            if (Files.exists(file.resolve("pyvenv.cfg"))) {
                return Optional.of("a virtual environment");
            }
            return name.startsWith(".") ? Optional.of("hidden") : Optional.empty();
        }
        if (name.matches("\\.env(\\..*)?|.*\\.env")) {
            return Optional.of("a file of secrets");
        }
        if (NEVER.matcher(name).matches() || isSqlite(file)) {
            return Optional.of("a database");
        }
        return name.startsWith(".") ? Optional.of("hidden") : Optional.empty();
    }

    private static boolean isSqlite(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return new String(content.readNBytes(SQLITE.length()), ISO_8859_1).equals(SQLITE);
        }
    }
}
