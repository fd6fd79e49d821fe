package io.gangway.python.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.log.FileProblem;
import io.gangway.log.Logs;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/**
 * Directories with short paths, for a private directory whose sockets would have too long a path in {@code java.io.tmpdir}.
 *
 * <p>Other users may write to some of these directories. One is used only if no user but this one and root can rename or delete this
 * user's files in it: it is this user's own, or has the sticky bit.
 *
 * @param candidates the directories for a user id, the best first
 */
public record Places(LongFunction<List<Path>> candidates) {
    /** Max bytes of a Unix socket's path on every system: macOS has room for 104, with a NUL at the end. */
    static final int LONGEST_SOCKET_PATH = 103;

    /** The longest name of a private directory, whose number has up to 64 bits, and of its socket. */
    private static final String LONGEST_NAME = "/" + PrivateDirectory.PREFIX + "18446744073709551615/" + Context.SOCKET;

    private static final int STICKY = 01000;
    private static final int ROOT = 0;

    private static final Logger LOG = Logs.named("io.gangway.python");

    /** The system's directories: that of the XDG base directory specification, that of systemd, and /tmp. */
    static Places shorter(Map<String, String> environment) {
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        Stream<String> named = runtime.startsWith("/") ? Stream.of(runtime) : Stream.empty();
        List<String> first = named.toList();
        return new Places(uid -> Stream.concat(first.stream(), Stream.of("/run/user/" + uid, "/tmp"))
                .map(Path::of)
                .toList());
    }

    /**
     * Whether the path of a socket in a directory is short enough on every system.
     *
     * @param place the directory
     * @return false if another directory is used
     */
    public static boolean isShortEnough(Path place) {
        return longestPathIn(place) <= LONGEST_SOCKET_PATH;
    }

    static int longestPathIn(Path place) {
        return (place + LONGEST_NAME).getBytes(UTF_8).length;
    }

    /**
     * The first directory that is short, writable and safe.
     *
     * @param own any file that this user has made: its owner is the only way to learn the JVM's user id
     */
    Optional<Path> firstFor(Path own) throws IOException {
        int uid = uid(own);
        return candidates.apply(uid).stream().filter(place -> isFit(place, uid)).findFirst();
    }

    private static boolean isFit(Path place, int uid) {
        try {
            Path real = place.toRealPath();
            return isShortEnough(place) && Files.isDirectory(real) && Files.isWritable(real) && isSafe(real, uid);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "a private directory cannot be in " + place + ": " + FileProblem.inWords(e));
            return false;
        }
    }

    private static boolean isSafe(Path place, int uid) throws IOException {
        int owner = uid(place);
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(place);
        boolean isOthersToWrite = permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE);
        boolean isSticky = ((int) Files.getAttribute(place, "unix:mode") & STICKY) != 0;
        return (owner == uid || owner == ROOT) && (!isOthersToWrite || isSticky);
    }

    private static int uid(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid");
    }
}
