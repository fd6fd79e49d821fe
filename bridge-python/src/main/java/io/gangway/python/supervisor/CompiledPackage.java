package io.gangway.python.supervisor;

import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * What Python has compiled of the workers' package, kept from one start for the next: compiling takes half of a launcher's own start.
 *
 * <p>It is code. So it is kept only in a directory that belongs to this user and is closed to all others (0700), under the hash of the
 * package's sources; Python itself checks for which of its versions, and for which size and time of the source, a file was compiled (PEP 3147).
 * Nothing of this fails a start.
 */
final class CompiledPackage {
    /** The directory for it. {@code gangway.sh} sets this property; elsewhere, such as in Tomcat, nothing is kept. */
    static final String PROPERTY = "io.gangway.python.compiled";

    private static final String CACHE = "__pycache__";
    private static final String COMPILED = "*.pyc";

    private static final Logger LOG = Logs.named("io.gangway.python");

    private final Path place;

    private CompiledPackage(Path place) {
        this.place = place;
    }

    /**
     * The place for a package.
     *
     * @param directory where such places are
     * @param hash of the package's sources
     * @param own a directory of this user
     * @return empty if the directory is not safe
     */
    static Optional<CompiledPackage> in(Path directory, String hash, Path own) {
        try {
            PosixFileAttributes found =
                    Files.readAttributes(directory, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isDirectory()
                    && PosixFilePermissions.toString(found.permissions()).equals("rwx------")
                    && found.owner().equals(Files.getOwner(own, LinkOption.NOFOLLOW_LINKS))) {
                return Optional.of(new CompiledPackage(directory.resolve("worker-" + hash)));
            }
            LOG.log(Level.DEBUG, () -> directory + " is not used: it is not a directory of this user alone (0700)");
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.DEBUG, "compiled files of the workers' package are not kept", e);
        }
        return Optional.empty();
    }

    /** Puts what is kept beside the sources. */
    void copyTo(Path sources) {
        if (Files.isDirectory(place)) {
            copy(place, sources.resolve(CACHE));
        }
    }

    /** Keeps what Python has compiled of the sources. */
    void keep(Path sources) {
        Path compiled = sources.resolve(CACHE);
        if (Files.isDirectory(compiled)) {
            copy(compiled, place);
        }
    }

    private static void copy(Path from, Path to) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from, COMPILED)) {
            Files.createDirectories(to);
            for (Path file : files) {
                Path target = to.resolve(file.getFileName());
                if (!Files.exists(target)) {
                    // Another process may be reading: a file gets its name when it is whole.
                    Path aside = to.resolve(Tokens.next());
                    Files.copy(file, aside);
                    Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "compiled files of the workers' package could not be copied", e);
        }
    }
}
