package io.gangway.python.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.deploy.NativeText;
import io.gangway.log.Logs;
import io.gangway.python.supervisor.OwnTree;
import io.gangway.python.supervisor.PrivateDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * An archive's content on the disk, in a directory that only this user can enter and that is named after the content.
 *
 * <p>It is unpacked beside its place and renamed, so that the directory is whole or not there, also when two deployments unpack at once or the disk is full. A later
 * deployment of the same content uses it; a deployment of other content removes it.
 *
 * @param root the directory
 * @param description of the archive
 */
public record Unpacked(Path root, BundleDescription description) {
    private static final String PREFIX = "gangway-application-";

    /** Digits of the hash in the directory's name: 128 bits, and a path that is not too long. */
    private static final int HASH_DIGITS = 32;

    /** A file with the size and the path of each file: a later deployment sees whether files were removed. */
    private static final String LIST = "gangway-files.txt";

    private static final String PRIVATE = "rwx------";

    private static final Logger LOG = Logs.named("io.gangway.python");

    static Unpacked of(Bundle bundle, Path parent) throws IOException {
        Path place = parent.resolve(PREFIX + bundle.hash().substring(0, HASH_DIGITS));
        try (PrivateDirectory work = PrivateDirectory.in(parent)) {
            UserPrincipal owner = Files.getOwner(work.path());
            if (!isWhole(place, owner)) {
                unpack(bundle, work.path(), place, owner);
            }
            removeOthers(parent, place, owner);
        }
        return new Unpacked(place, bundle.description());
    }

    private static void unpack(Bundle bundle, Path work, Path place, UserPrincipal owner) throws IOException {
        Path made = Files.createDirectory(
                work.resolve("made"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE)));
        Files.createDirectory(made.resolve(Bundle.CODE));
        for (String directory : bundle.description().statics().values()) {
            Files.createDirectories(made.resolve(directory));
        }
        write(bundle, made);
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS) && !isWhole(place, owner)) {
            LOG.log(Level.DEBUG, () -> place + " is unpacked again, because files of it are missing or changed");
            Files.move(place, work.resolve("incomplete"), StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!isWhole(place, owner)) { // otherwise another deployment was faster
                throw e;
            }
        }
    }

    private static void write(Bundle bundle, Path directory) throws IOException {
        List<String> list = new ArrayList<>();
        try (InputStream opened = bundle.open();
                ZipInputStream archive = new ZipInputStream(opened)) {
            for (ZipEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                if (entry.isDirectory() || entry.getName().equals(Bundle.DESCRIPTION)) {
                    continue;
                }
                Path file = directory.resolve(NativeText.path(entry.getName())).normalize();
                if (!file.startsWith(directory)) {
                    throw new IOException("the archive has a file outside of its directory: " + entry.getName());
                }
                Files.createDirectories(file.getParent());
                list.add(Files.copy(archive, file) + " " + entry.getName());
            }
        }
        for (String executable : bundle.description().executables()) {
            Files.setPosixFilePermissions(directory.resolve(executable), PosixFilePermissions.fromString(PRIVATE));
        }
        Files.write(directory.resolve(LIST), list);
    }

    /** Whether a directory is this user's own, closed to others, and has all files of the archive. */
    private static boolean isWhole(Path place, UserPrincipal owner) {
        try {
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getPosixFilePermissions(place, LinkOption.NOFOLLOW_LINKS)
                            .equals(PosixFilePermissions.fromString(PRIVATE))
                    || !Files.getOwner(place, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
                return false;
            }
            for (String line : Files.readAllLines(place.resolve(LIST), UTF_8)) {
                int blank = line.indexOf(' ');
                Path file = place.resolve(line.substring(blank + 1));
                if (Files.size(file) != Long.parseLong(line.substring(0, blank))) {
                    return false;
                }
            }
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** Removes what deployments of other content have left; never throws. */
    private static void removeOthers(Path parent, Path place, UserPrincipal owner) {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path other : others) {
                if (!other.equals(place)
                        && Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
                        && Files.getOwner(other, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
                    OwnTree.delete(other);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "removing applications that earlier deployments left behind", e);
        }
    }

    /**
     * The directory with the application's own code.
     *
     * @return a directory, which is empty if the application is one of the packages
     */
    public Path code() {
        return root.resolve(Bundle.CODE);
    }

    /**
     * The directories of static files.
     *
     * @return for each path, below which the files are served, its directory
     */
    public Map<String, Path> statics() {
        Map<String, Path> directories = new TreeMap<>();
        description.statics().forEach((path, name) -> directories.put(path, root.resolve(name)));
        return directories;
    }

    /**
     * The directory that holds the packages as a virtual environment does.
     *
     * @return empty if there are no packages
     */
    public Optional<Path> packages() {
        return description.python().map(version -> root);
    }
}
