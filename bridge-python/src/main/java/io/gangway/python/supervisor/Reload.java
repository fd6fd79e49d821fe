package io.gangway.python.supervisor;

import io.gangway.deploy.NativeText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * When workers are replaced by new ones that run the changed code.
 *
 * @param mode the cause of a reload
 * @param file the file to touch
 */
public record Reload(Mode mode, Optional<Path> file) {
    private static final String TOUCH = "touch:";

    /** The causes of a reload. */
    public enum Mode {
        /** Nothing. */
        OFF,
        /** A file is touched. */
        TOUCH,
        /** A module of the application is changed; for development. */
        WATCH
    }

    /** The values that the setting accepts, for messages. */
    public static final String EXPECTED = "off, watch or touch:FILE";

    /**
     * Reads the setting.
     *
     * @param text its value
     * @return empty if the value is not one of {@link #EXPECTED}
     */
    public static Optional<Reload> parse(String text) {
        if (text.startsWith(TOUCH) && text.length() > TOUCH.length()) {
            Path file = NativeText.path(text.substring(TOUCH.length()))
                    .toAbsolutePath()
                    .normalize();
            return Optional.of(new Reload(Mode.TOUCH, Optional.of(file)));
        }
        return List.of(Mode.OFF, Mode.WATCH).stream()
                .filter(mode -> text.equals(mode.name().toLowerCase(java.util.Locale.ROOT)))
                .map(mode -> new Reload(mode, Optional.empty()))
                .findFirst();
    }
}
