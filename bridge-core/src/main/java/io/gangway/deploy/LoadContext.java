package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

/**
 * What a loader is given beside the application's name.
 *
 * @param settings the deployment's settings, the loader's own among them
 * @param classLoader sees the deployment's classes and resources: in a container, the web application's
 */
public record LoadContext(Settings settings, ClassLoader classLoader) {
    /** Checks that nothing is null. */
    public LoadContext {
        requireNonNull(settings, "settings");
        requireNonNull(classLoader, "classLoader");
    }
}
