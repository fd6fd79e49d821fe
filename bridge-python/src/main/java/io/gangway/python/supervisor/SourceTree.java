package io.gangway.python.supervisor;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The state of the Python files below some directories. Virtual environments, caches and hidden directories are left out. */
final class SourceTree {
    /** Max files that are scanned: many times as many as an application has, and still scanned in a fraction of a second. */
    static final int MAX_FILES = 20_000;

    /** Max levels of directories: links may form a circle. */
    private static final int DEEPEST = 32;

    private static final Set<String> LEFT_OUT = Set.of("__pycache__", "node_modules", "site-packages");

    private final Map<Path, Stamp> files;

    private record Stamp(long modifiedNanos, long size) {}

    private SourceTree(Map<Path, Stamp> files) {
        this.files = files;
    }

    /**
     * Scans all {@code *.py} files below the roots; files and directories that cannot be read are left out.
     *
     * @param further a file of any name, which need not exist
     */
    static SourceTree scan(List<Path> roots, Optional<Path> further) throws IOException {
        Map<Path, Stamp> files = new HashMap<>();
        for (Path root : roots) {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new Visitor(root, files));
        }
        further.ifPresent(file -> files.putAll(of(file).files));
        return new SourceTree(files);
    }

    /** Scans a single file, which need not exist. */
    static SourceTree of(Path file) {
        try {
            return new SourceTree(Map.of(file, stamp(Files.readAttributes(file, BasicFileAttributes.class))));
        } catch (IOException e) {
            return new SourceTree(Map.of());
        }
    }

    private static Stamp stamp(BasicFileAttributes attributes) {
        return new Stamp(
                attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS), attributes.size());
    }

    boolean isCutOff() {
        return files.size() >= MAX_FILES;
    }

    /** A file that is new, changed or gone since an earlier scan. */
    Optional<Path> changeSince(SourceTree earlier) {
        return files.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(earlier.files.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .findFirst()
                .or(() -> earlier.files.keySet().stream()
                        .filter(file -> !files.containsKey(file))
                        .findFirst());
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Path root;
        private final Map<Path, Stamp> files;

        Visitor(Path root, Map<Path, Stamp> files) {
            this.root = root;
            this.files = files;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            Path name = directory.getFileName();
            boolean isLeftOut = !directory.equals(root)
                    && name != null
                    && (name.toString().startsWith(".")
                            || LEFT_OUT.contains(name.toString())
                            || Files.exists(directory.resolve("pyvenv.cfg")));
            return isLeftOut ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".py")) {
                files.put(file, stamp(attributes));
            }
            return files.size() >= MAX_FILES ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(
                Path directory, @org.jspecify.annotations.Nullable IOException problem) {
            return FileVisitResult.CONTINUE;
        }
    }
}
