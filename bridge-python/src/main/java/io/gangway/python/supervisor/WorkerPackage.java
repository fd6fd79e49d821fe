package io.gangway.python.supervisor;

import io.gangway.log.Logs;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The workers' own Python package in the jar. A jar in a web application cannot be listed reliably, so the file names are listed here. */
final class WorkerPackage {
    static final String NAME = "gangway_worker";

    /** The file beside the package that has the hash of its sources. */
    private static final String HASH = "sources.sha256";

    static final List<String> FILES = List.of(
            "__init__.py",
            "__main__.py",
            "asgi.py",
            "asgi_link.py",
            "asgi_rules.py",
            "asgi_server.py",
            "asgi_websocket.py",
            "boot.py",
            "configuration.py",
            "connection.py",
            "control.py",
            "daemons.py",
            "ending.py",
            "files.py",
            "forks.py",
            "frames.py",
            "input.py",
            "interface.py",
            "launcher.py",
            "lifespan.py",
            "loader.py",
            "logs.py",
            "naming.py",
            "paste_deploy.py",
            "preload.py",
            "rules.py",
            "scheduling.py",
            "scopes.py",
            "service.py",
            "states.py",
            "worker.py",
            "wsgi.py");

    /**
     * The time of all source files, 1980: what Python has compiled of them is valid for this time and their size (PEP 3147), and so for
     * each copy of them.
     */
    private static final FileTime TIME = FileTime.fromMillis(315_532_800_000L);

    private WorkerPackage() {}

    /** Writes the package into a directory, and beside it what Python has compiled of it at an earlier start; returns where. */
    static Path unpack(Path directory) throws IOException {
        return unpack(directory, System.getProperty(CompiledPackage.PROPERTY));
    }

    static Path unpack(Path directory, @Nullable String cache) throws IOException {
        Path target = Files.createDirectory(directory.resolve(NAME));
        MessageDigest hash = sha256();
        for (String file : FILES) {
            byte[] source = source(file);
            hash.update(source);
            Files.setLastModifiedTime(Files.write(target.resolve(file), source), TIME);
        }
        String name = HexFormat.of().formatHex(hash.digest());
        Files.writeString(directory.resolve(HASH), name);
        compiled(cache, name, directory).ifPresent(kept -> kept.copyTo(target));
        return target;
    }

    /**
     * Keeps what Python has compiled, for later starts.
     *
     * @param directory one that the package was written into, and from which Python has imported it
     */
    static void keepCompiled(Path directory) {
        keepCompiled(directory, System.getProperty(CompiledPackage.PROPERTY));
    }

    static void keepCompiled(Path directory, @Nullable String cache) {
        try {
            compiled(cache, Files.readString(directory.resolve(HASH)), directory)
                    .ifPresent(kept -> kept.keep(directory.resolve(NAME)));
        } catch (IOException e) {
            Logs.named("io.gangway.python").log(Level.DEBUG, "the workers' package is gone", e);
        }
    }

    private static Optional<CompiledPackage> compiled(@Nullable String cache, String hash, Path directory) {
        return cache == null ? Optional.empty() : CompiledPackage.in(Path.of(cache), hash, directory);
    }

    private static byte[] source(String file) throws IOException {
        try (InputStream source = WorkerPackage.class.getResourceAsStream("/" + NAME + "/" + file)) {
            if (source == null) {
                throw new FileNotFoundException("the jar lacks " + NAME + "/" + file);
            }
            return source.readAllBytes();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
