package io.gangway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.StackWalker.Option;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A document in {@code docs/} that is generated from code, so that it cannot differ from the code.
 *
 * <p>A test compares the document with the code; with {@code -Ddocs.write=true}, the same test rewrites it.
 */
public final class GeneratedDocument {
    private static final String WRITE = "docs.write";

    private GeneratedDocument() {}

    /**
     * Fails if a document is stale, and names the command that rewrites it; with {@code -Ddocs.write=true}, rewrites it.
     * Called from the test class that the command should name.
     *
     * @param relativeToRoot the document, for example {@code docs/wsgi.md}
     * @param expected its whole text, with LF as line ends
     */
    public static void assertUpToDate(Path relativeToRoot, String expected) {
        Class<?> test = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).getCallerClass();
        Path module = Path.of("").toAbsolutePath();
        Path root = rootAbove(module);
        Path document = root.resolve(relativeToRoot);
        try {
            if (Boolean.getBoolean(WRITE)) {
                Files.createDirectories(document.getParent());
                Files.writeString(document, expected);
            }
            assertThat(Files.exists(document) ? Files.readString(document).replace("\r\n", "\n") : "")
                    .as(
                            "%s is generated and stale; write it anew with: mvn -pl %s -am test -Dtest=%s"
                                    + " -Dsurefire.failIfNoSpecifiedTests=false -D%s=true",
                            relativeToRoot, root.relativize(module), test.getSimpleName(), WRITE)
                    .isEqualTo(expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The root of the repository. */
    static Path root() {
        return rootAbove(Path.of("").toAbsolutePath());
    }

    /** Surefire starts tests in their module's folder, an IDE perhaps in the root: {@code .mvn} marks the root. */
    private static Path rootAbove(Path start) {
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException("expected a folder that holds .mvn in or above " + start
                + "; run the tests from within a checkout of the repository");
    }
}
