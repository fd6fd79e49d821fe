package io.gangway.python.supervisor;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * When workers are replaced by such as run changed code.
 *
 * @param mode what causes it
 * @param file the one to touch
 */
public record Reload(Mode mode, Optional<Path> file) {
    private static final String TOUCH = "touch:";

    /** What causes a reload. */
    public enum Mode {
        /** Nothing. */
        OFF,
        /** A file that somebody touches. */
        TOUCH,
        /** Any change to the application's modules; for development. */
        WATCH
    }

    /** What the setting expects, for messages. */
    public static final String EXPECTED = "off, watch or touch:FILE";

    /**
     * Reads the setting.
     *
     * @param text its value
     * @return nothing if the value is none of those expected
     */
    public static Optional<Reload> parse(String text) {
        if (text.startsWith(TOUCH) && text.length() > TOUCH.length()) {
            try {
                Path file =
                        Path.of(text.substring(TOUCH.length())).toAbsolutePath().normalize();
                return Optional.of(new Reload(Mode.TOUCH, Optional.of(file)));
            } catch (InvalidPathException e) {
                return Optional.empty();
            }
        }
        return List.of(Mode.OFF, Mode.WATCH).stream()
                .filter(mode -> text.equals(mode.name().toLowerCase(java.util.Locale.ROOT)))
                .map(mode -> new Reload(mode, Optional.empty()))
                .findFirst();
    }
}
