package io.gangway.python.supervisor;

import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
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

    private static final String ROOT = "root";

    /** The mode of a directory of which the user needs files whose names it knows. */
    static final String PASSABLE = "rwx--x--x";

    private static final String READABLE_DIRECTORY = "rwxr-xr-x";
    private static final String READABLE = "rw-r--r--";
    private static final String PRIVATE = "rw-------";

    /** Whether the processes have another user than the JVM, which may open files that they cannot. */
    public boolean isOther() {
        return user.filter(name -> !name.equals(System.getProperty("user.name")))
                .isPresent();
    }

    /**
     * What stands in front of the interpreter's command line, so that not even the interpreter runs as the JVM's user: it may be in a virtual environment that the other user
     * can change. A group alone is taken by the launcher itself.
     *
     * @return setpriv(1) with the user and its groups; nothing if the user stays
     * @throws DeploymentException if there is no such user or group, or the JVM may not do that
     */
    List<String> prefix() throws IOException {
        if (!isOther()) {
            return List.of();
        }
        String name = user.orElseThrow();
        UserPrincipalLookupService known = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            known.lookupPrincipalByName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw unknownUser();
        }
        if (group.isPresent()) {
            try {
                known.lookupPrincipalByGroupName(group.get());
            } catch (UserPrincipalNotFoundException e) {
                throw DeploymentException.ofSetting("gangway.group: there is no group " + group.get()
                        + " on this machine. Fix: create it, or name another");
            }
        }
        if (!ROOT.equals(System.getProperty("user.name"))) {
            throw notAllowed("only root may");
        }
        String setpriv = Interpreter.resolve("setpriv", Interpreter.USUAL_PATH);
        if (!setpriv.contains("/")) {
            throw notAllowed("the program setpriv is missing (Debian: util-linux)");
        }
        Optional<String> own = ownGroup(name);
        String gid = group.or(() -> own)
                .orElseThrow(
                        () -> DeploymentException.ofSetting(
                                "gangway.user: " + name
                                        + " is not in the user database, so that its group is not known. Fix: name one with gangway.group"));
        List<String> command = new ArrayList<>(List.of(setpriv, "--reuid", name, "--regid", gid));
        command.addAll(own.isPresent() ? List.of("--init-groups") : List.of("--groups", gid));
        return command;
    }

    /** The number of a user's group; empty if the user database does not have the user. */
    private static Optional<String> ownGroup(String user) throws IOException {
        Process id = new ProcessBuilder(Interpreter.resolve("id", Interpreter.USUAL_PATH), "-g", "--", user)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        return said.isEmpty() ? Optional.empty() : Optional.of(said);
    }

    private DeploymentException unknownUser() {
        return DeploymentException.ofSetting("gangway.user: there is no user " + user.orElseThrow()
                + " on this machine. Fix: create it, or name another");
    }

    private DeploymentException notAllowed(String why) {
        return DeploymentException.ofSetting("gangway.user: this process may not become another user, "
                + user.orElseThrow() + ": " + why
                + ". Fix: start Gangway as root, or as that user and without this setting");
    }

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
            throw unknownUser();
        } catch (IOException e) {
            throw notAllowed(String.valueOf(e.getMessage()));
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
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString(READABLE_DIRECTORY)); // Python lists it
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
