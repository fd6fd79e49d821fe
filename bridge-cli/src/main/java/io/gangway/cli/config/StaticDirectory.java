package io.gangway.cli.config;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.exchange.Step;
import io.gangway.middleware.StaticFiles;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A value of {@code --static}.
 *
 * @param prefix the path below which the files are, without a slash at its end
 * @param directory where the files are
 */
public record StaticDirectory(String prefix, String directory) {
    /** The accepted values, as the object of "expected". */
    public static final String EXPECTED = "paths with their directories such as /static=DIR";

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if it is another text
     */
    public static StaticDirectory parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 0
                || equals == text.length() - 1
                || !text.substring(0, equals).matches("(/[A-Za-z0-9._~-]+)+/?")) {
            throw new IllegalArgumentException(text);
        }
        return new StaticDirectory(text.substring(0, equals).replaceFirst("/$", ""), text.substring(equals + 1));
    }

    /**
     * The step that serves the files.
     *
     * @throws DeploymentException if there is no such directory
     */
    public Step step() {
        Path root = NativeText.path(directory);
        if (!Files.isDirectory(root)) {
            throw DeploymentException.ofSetting("--static: there is no directory " + root.toAbsolutePath() + " for "
                    + prefix + ". Fix: create it, or correct the path");
        }
        return StaticFiles.in(root).build().below(prefix);
    }

    @Override
    public String toString() {
        return prefix + "=" + directory;
    }
}
