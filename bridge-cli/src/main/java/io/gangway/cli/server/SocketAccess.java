package io.gangway.cli.server;

import io.gangway.cli.config.ServerSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Settings;
import io.gangway.log.FileProblem;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Who may connect to a Unix socket: {@code --bind-group} and {@code --bind-mode}. */
public final class SocketAccess {
    /** The mode of a socket that a group may use: its owner and the group connect, which needs the right to write. */
    private static final String GROUP_MODE = "660";

    private SocketAccess() {}

    /**
     * Checks, before anything is loaded, that there is such a group.
     *
     * @throws DeploymentException if there is none
     */
    public static void check(Settings settings) {
        Optional<String> group = settings.find(ServerSettings.BIND_GROUP);
        try {
            if (group.isPresent()) {
                FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(group.get());
            }
        } catch (IOException e) {
            throw DeploymentException.ofSetting("--bind-group: there is no group " + group.orElseThrow()
                    + " on this machine. Fix: create it, or name another");
        }
    }

    /**
     * Gives a socket's file the group and the mode; without these settings, the umask decides.
     *
     * @throws DeploymentException if there is no such group, or this user may not give the file to it
     */
    public static void apply(Path socket, Settings settings) {
        Optional<String> group = settings.find(ServerSettings.BIND_GROUP);
        Optional<String> mode = settings.find(ServerSettings.BIND_MODE).or(() -> group.map(name -> GROUP_MODE));
        group.ifPresent(name -> setGroup(socket, name));
        mode.ifPresent(text -> setMode(socket, text));
    }

    private static void setGroup(Path socket, String name) {
        try {
            GroupPrincipal group =
                    socket.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
            Files.getFileAttributeView(socket, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setGroup(group);
        } catch (IOException e) {
            throw new DeploymentException("--bind-group: " + socket + " cannot be given to the group " + name + ": "
                    + FileProblem.inWords(e) + ". Fix: name a group of this machine that this user is a member of");
        }
    }

    private static void setMode(Path socket, String octal) {
        int bits = Integer.parseInt(octal, 8);
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values(); // OWNER_READ is the highest of the nine bits
        for (int i = 0; i < all.length; i++) {
            if ((bits & (1 << (all.length - 1 - i))) != 0) {
                permissions.add(all[i]);
            }
        }
        try {
            Files.setPosixFilePermissions(socket, permissions);
        } catch (IOException e) {
            throw new DeploymentException("--bind-mode: the mode of " + socket + " cannot be changed: "
                    + FileProblem.inWords(e) + ". Fix: choose another directory for the socket");
        }
    }
}
