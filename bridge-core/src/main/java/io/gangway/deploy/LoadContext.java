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
 */
public record LoadContext(Settings settings, ClassLoader classLoader, Optional<Path> directory) {
    /** Checks that nothing is null. */
    public LoadContext {
        requireNonNull(settings, "settings");
        requireNonNull(classLoader, "classLoader");
        requireNonNull(directory, "directory");
    }

    /**
     * The parameters of a loader outside of a container.
     *
     * @param settings the deployment's settings, which include the loader's own
     * @param classLoader the class loader of the deployment
     */
    public LoadContext(Settings settings, ClassLoader classLoader) {
        this(settings, classLoader, Optional.empty());
    }
}
