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
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Collects the application's files, without secrets, databases, and what the machine made. */
final class SourceFiles {
    private static final Pattern SECRETS = Pattern.compile("\\.env(\\..*)?|.*\\.env");

    private static final Pattern DATABASE = Pattern.compile(".*\\.(sqlite|sqlite3|db)(-wal|-shm|-journal)?");

    /** Directories that programs make. */
    private static final Set<String> MADE = Set.of("__pycache__", "node_modules");

    /** The reason that is not worth a message. */
    private static final String BY_A_PROGRAM = "made by a program";

    private static final String HIDDEN = "hidden";

    private static final String SQLITE = "SQLite format 3\0";

    private final Path directory;
    private final Path output;
    private final SortedMap<String, Path> files = new TreeMap<>();
    private final List<String> leftOut = new ArrayList<>();

    /**
     * Makes an empty collection.
     *
     * @param directory the application's
     * @param output the file that gets the collection, and that is no part of it
     */
    SourceFiles(Path directory, Path output) {
        this.directory = directory.toAbsolutePath().normalize();
        this.output = output.toAbsolutePath();
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
        Optional<Refusal> refused = refusal(root);
        if (refused.isPresent()) {
            throw new WarException("--include " + include + ": " + refused.get().describe(directory)
                    + " is never put into a WAR. Fix: leave it out, and give the application its secrets and data on the"
                    + " machine that runs it, for example with --setting env.NAME=TEXT");
        }
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new Visitor(root));
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final Path realRoot;

        Visitor(Path root) throws IOException {
            this.root = root;
            this.realRoot = root.toRealPath();
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
            if (reason.isEmpty() && Files.isSymbolicLink(file)) {
                reason = reasonOfTarget(file.toRealPath());
            }
            reason.filter(text -> !text.equals(BY_A_PROGRAM))
                    .ifPresent(text -> leftOut.add(directory.relativize(file) + " (" + text + ")"));
            return reason.isEmpty();
        }

        /** A link is left out as its target would be. */
        private Optional<String> reasonOfTarget(Path target) throws IOException {
            if (!target.startsWith(realRoot)) {
                return Optional.of("a link to " + target + ", outside of " + root.getFileName());
            }
            return refusal(realRoot, target).map(Refusal::reason);
        }
    }

    /** What is never put into a WAR: a file, or a directory on the way to it. */
    private record Refusal(Path path, String reason) {
        String describe(Path directory) {
            return (path.startsWith(directory) ? directory.relativize(path) : path) + " (" + reason + ")";
        }
    }

    /**
     * Why a named file is refused: because of a part of its path, or of the path of what it is a link to. Outside of the application's directory, hidden
     * directories are no reason: they are where programs keep what they unpack.
     */
    private Optional<Refusal> refusal(Path named) throws IOException {
        Optional<Refusal> byName = refusal(directory, named);
        if (byName.isPresent()) {
            return byName;
        }
        Path target = named.toRealPath();
        Path base = directory.toRealPath();
        return target.startsWith(base)
                ? refusal(base, target)
                : refusal(target.getRoot(), target, Set.of(HIDDEN, BY_A_PROGRAM));
    }

    private Optional<Refusal> refusal(Path base, Path path) throws IOException {
        return refusal(base, path, Set.of(BY_A_PROGRAM));
    }

    /** Looks at a path and the directories above it, up to a base. Some reasons are none for these directories. */
    private Optional<Refusal> refusal(Path base, Path path, Set<String> allowedAbove) throws IOException {
        for (Path part = path; part != null && !part.equals(base); part = part.getParent()) {
            Optional<String> reason = reason(part);
            if (reason.isPresent() && (part.equals(path) || !allowedAbove.contains(reason.get()))) {
                return Optional.of(new Refusal(part, reason.get()));
            }
        }
        return Optional.empty();
    }

    /** Why a file or directory is left out. Upper case in a name does not matter: some file systems ignore it, and people write PROD.ENV. */
    private Optional<String> reason(Path file) throws IOException {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (MADE.contains(name) || name.endsWith(".pyc") || name.endsWith(".pyo")) {
            return Optional.of(BY_A_PROGRAM);
        }
        if (name.equals(".git")) {
            return Optional.of("a Git repository");
        }
        Optional<String> hidden = name.startsWith(".") ? Optional.of(HIDDEN) : Optional.empty();
        if (Files.isDirectory(file)) {
            return Files.exists(file.resolve("pyvenv.cfg")) ? Optional.of("a virtual environment") : hidden;
        }
        if (SECRETS.matcher(name).matches()) {
            return Optional.of("a file of secrets");
        }
        if (Files.exists(output) && Files.isSameFile(file, output)) {
            return Optional.of("the file that this command writes");
        }
        return DATABASE.matcher(name).matches() || isSqlite(file) ? Optional.of("a database") : hidden;
    }

    private static boolean isSqlite(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false; // reading a named pipe would wait for its writer
        }
        try (InputStream content = Files.newInputStream(file)) {
            return new String(content.readNBytes(SQLITE.length()), ISO_8859_1).equals(SQLITE);
        }
    }
}
