package io.gangway.python.supervisor;

import io.gangway.deploy.DeploymentException;
import io.gangway.log.FileProblem;
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
 * The user and the group of the launcher and the workers. A JVM cannot change its own, so setpriv(1) starts the interpreter as them.
 *
 * <p>The directories stay the JVM's, so that no file that it writes can be replaced by a link. The other user may pass through them, and gets the files that it needs.
 *
 * @param user a name or number; empty for the JVM's own
 * @param group a name or number; empty for the user's own
 */
public record Identity(Optional<String> user, Optional<String> group) {
    /** The JVM's own user and group. */
    public static final Identity OWN = new Identity(Optional.empty(), Optional.empty());

    private static final String ROOT = "0";

    /** The mode of a directory of which the user needs files whose names it knows. */
    static final String PASSABLE = "rwx--x--x";

    private static final String READABLE_DIRECTORY = "rwxr-xr-x";
    private static final String READABLE = "rw-r--r--";
    private static final String PRIVATE = "rw-------";

    /** Whether the processes have another user than the JVM, which may open files that they cannot. */
    public boolean isOther() throws IOException {
        return user.isPresent() && !isOwn(user.get(), "-u");
    }

    /** Whether the JVM has a user ({@code -u}) or group ({@code -g}) of this name or number already. */
    private static boolean isOwn(String name, String which) throws IOException {
        return name.equals(id(which)) || name.equals(id(which, "-n"));
    }

    /** What id(1) prints; empty if it does not know the user that it is asked about. */
    private static String id(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Interpreter.resolve("id", Interpreter.USUAL_PATH)));
        command.addAll(List.of(arguments));
        Process id = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new String(id.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    /**
     * What stands in front of the interpreter's command line, so that not even the interpreter runs as the JVM's user: it may be in a virtual environment that the other user
     * can change.
     *
     * @return setpriv(1) with the user and the groups; nothing if both stay
     * @throws DeploymentException if there is no such user or group, or the JVM may not do that
     */
    List<String> prefix() throws IOException {
        boolean isOtherUser = isOther();
        boolean isOtherGroup = group.isPresent() && !isOwn(group.get(), "-g");
        if (!isOtherUser && !isOtherGroup) {
            return List.of();
        }
        checkKnown();
        if (!ROOT.equals(id("-u"))) {
            throw notAllowed("only root may");
        }
        String setpriv = Interpreter.resolve("setpriv", Interpreter.USUAL_PATH);
        if (!setpriv.contains("/")) {
            throw notAllowed("the program setpriv is missing (Debian: util-linux)");
        }
        if (!isOtherUser) {
            return List.of(setpriv, "--regid", group.orElseThrow(), "--groups", group.orElseThrow());
        }
        String name = user.orElseThrow();
        String own = id("-g", "--", name);
        if (group.isEmpty() && own.isEmpty()) {
            throw DeploymentException.ofSetting("gangway.user: " + name
                    + " is not in the user database, so that its group is not known. Fix: name one with gangway.group");
        }
        String gid = group.orElse(own);
        List<String> command = new ArrayList<>(List.of(setpriv, "--reuid", name, "--regid", gid));
        command.addAll(own.isEmpty() ? List.of("--groups", gid) : List.of("--init-groups"));
        return command;
    }

    private void checkKnown() throws IOException {
        UserPrincipalLookupService known = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            if (user.isPresent()) {
                known.lookupPrincipalByName(user.get());
            }
        } catch (UserPrincipalNotFoundException e) {
            throw unknown("user", user);
        }
        try {
            if (group.isPresent()) {
                known.lookupPrincipalByGroupName(group.get());
            }
        } catch (UserPrincipalNotFoundException e) {
            throw unknown("group", group);
        }
    }

    private static DeploymentException unknown(String kind, Optional<String> name) {
        return DeploymentException.ofSetting("gangway." + kind + ": there is no " + kind + " " + name.orElseThrow()
                + " on this machine. Fix: create it, or name another");
    }

    private DeploymentException notAllowed(String why) {
        return DeploymentException.ofSetting(user.map(name -> "gangway.user: this process may not become another user, "
                        + name + ": " + why + ". Fix: start Gangway as root, or as that user and without this setting")
                .orElseGet(() -> "gangway.group: this process may not take another group, " + group.orElseThrow() + ": "
                        + why + ". Fix: start Gangway as root, or without this setting"));
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
            throw unknown("user", user);
        } catch (IOException e) {
            throw notAllowed(FileProblem.inWords(e));
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
