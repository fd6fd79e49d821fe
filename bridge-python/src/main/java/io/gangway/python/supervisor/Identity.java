package io.gangway.python.supervisor;

import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;

/**
 * The user and the group that the launcher and the workers become, before they load the application. A JVM cannot change its own.
 *
 * <p>The directories stay the JVM's, so that no file that it writes can be replaced by a link. The other user may pass through them, and gets the files that it needs.
 *
 * @param user a name or number; empty for the JVM's own
 * @param group a name or number; empty for the user's own
 */
public record Identity(Optional<String> user, Optional<String> group) {
    /** The JVM's own user and group. */
    public static final Identity OWN = new Identity(Optional.empty(), Optional.empty());

    /** The mode of a directory of which the user needs files whose names it knows. */
    static final String PASSABLE = "rwx--x--x";

    private static final String READABLE_DIRECTORY = "rwxr-xr-x";
    private static final String READABLE = "rw-r--r--";
    private static final String PRIVATE = "rw-------";

    /**
     * Lets the user connect to the socket, through its directory.
     *
     * @throws DeploymentException if there is no such user, or the JVM may not do that
     */
    void admit(Path directory, Path socket) {
        if (user.isEmpty()) {
            return;
        }
        try {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(PRIVATE));
            give(socket);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(PASSABLE));
        } catch (UserPrincipalNotFoundException e) {
            throw DeploymentException.ofSetting("gangway.user: there is no user " + user.get()
                    + " on this machine. Fix: create it, or name another");
        } catch (IOException e) {
            throw DeploymentException.ofSetting("gangway.user: this process may not become another user, " + user.get()
                    + ": " + e.getMessage() + ". Fix: start Gangway as root, or as that user and without this setting");
        }
    }

    /** Makes the user the owner of a file. */
    void give(Path file) throws IOException {
        if (user.isPresent()) {
            UserPrincipal owner =
                    file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user.get());
            Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(owner);
        }
    }

    /** Lets the user read the workers' package, whatever the umask. */
    void showPackage(Path launcher, Path workerPackage) throws IOException {
        if (user.isEmpty() && group.isEmpty()) {
            return;
        }
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString(PASSABLE));
        Files.setPosixFilePermissions(workerPackage, PosixFilePermissions.fromString(READABLE_DIRECTORY));
        for (String file : WorkerPackage.FILES) {
            Files.setPosixFilePermissions(workerPackage.resolve(file), PosixFilePermissions.fromString(READABLE));
        }
    }

    /** Makes an empty file that only the JVM's user may open. */
    static Path privateFile(Path file) throws IOException {
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE));
        return Files.createFile(file, mode);
    }
}
