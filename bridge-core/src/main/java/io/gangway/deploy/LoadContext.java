package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The parameters of a loader, in addition to the application's name.
 *
 * @param settings the deployment's settings, which include the loader's own
 * @param classLoader the class loader of the deployment: in a container, the web application's
 * @param directory the directory that the container gives the web application for temporary files (Servlet 6.0, section 4.8.1); empty if there is no
 *     container
 * @param deployment how the log names the deployment: its context path or, without one, the application's name
 */
public record LoadContext(Settings settings, ClassLoader classLoader, Optional<Path> directory, String deployment) {
    /** Checks that nothing is null. */
    public LoadContext {
        requireNonNull(settings, "settings");
        requireNonNull(classLoader, "classLoader");
        requireNonNull(directory, "directory");
        requireNonNull(deployment, "deployment");
    }
}
