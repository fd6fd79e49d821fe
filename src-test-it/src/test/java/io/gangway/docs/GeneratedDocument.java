package io.gangway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.StackWalker.Option;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A document in {@code docs/} that is written from code, so that it cannot say anything else than the code does.
 *
 * <p>A test compares; the same test, run with {@code -Ddocs.write=true}, writes.
 */
public final class GeneratedDocument {
    private static final String WRITE = "docs.write";

    private GeneratedDocument() {}

    /**
     * Fails if a document is stale, telling the command that writes it anew; writes it instead where that was asked for.
     * To be called from the test class that the command should name.
     *
     * @param relativeToRoot the document, such as {@code docs/wsgi.md}
     * @param expected its whole text, with LF at the ends of lines
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
