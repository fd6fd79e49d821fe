package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

/**
 * The parameters of a loader, in addition to the application's name.
 *
 * @param settings the deployment's settings, which include the loader's own
 * @param classLoader the class loader of the deployment: in a container, the web application's
 */
public record LoadContext(Settings settings, ClassLoader classLoader) {
    /** Checks that nothing is null. */
    public LoadContext {
        requireNonNull(settings, "settings");
        requireNonNull(classLoader, "classLoader");
    }
}
