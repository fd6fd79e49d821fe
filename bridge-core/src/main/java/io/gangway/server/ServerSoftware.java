package io.gangway.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The value of {@code SERVER_SOFTWARE} (W22; RFC 3875, section 4.1.17). */
public final class ServerSoftware {
    /** The product and its version, for example {@code Gangway/0.1.0}. */
    public static final String NAME = "Gangway/" + version();

    private ServerSoftware() {}

    private static String version() {
        try (InputStream file = ServerSoftware.class.getResourceAsStream("version.txt")) {
            if (file == null) {
                throw new IllegalStateException(
                        "bridge-core lacks its file io/gangway/server/version.txt. Fix: build it with"
                                + " its resources, or keep them when you repackage it");
            }
            return new String(file.readAllBytes(), US_ASCII).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("io/gangway/server/version.txt cannot be read", e);
        }
    }
}
