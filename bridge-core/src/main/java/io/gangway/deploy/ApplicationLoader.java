package io.gangway.deploy;

import java.util.List;

/**
 * Finds and starts applications of one kind; a {@linkplain java.util.ServiceLoader service}.
 *
 * <p>A loader handles the values of {@code gangway.application} that start with its name and a colon. One loader may also handle the values that
 * start with no loader's name. A loader must have a public
 * no-arg constructor that returns quickly: every deployment makes all loaders, to get their settings. On a class path, it is
 * named in {@code META-INF/services/io.gangway.deploy.ApplicationLoader}.
 *
 * <p>Each object is used for one deployment, on one thread.
 */
public interface ApplicationLoader {
    /**
     * The loader's name, with which values of the application's setting start.
     *
     * @return for example {@code class}: lower-case letters, digits and dashes
     */
    String name();

    /**
     * An example of a whole value, for messages.
     *
     * @return for example {@code class:com.acme.Hello}
     */
    String example();

    /**
     * Whether values of the application's setting that start with no loader's name are for this loader.
     *
     * @return true in at most one of the loaders; the first in the order of their names counts
     */
    default boolean takesBareNames() {
        return false;
    }

    /**
     * The settings of this kind of application, in addition to {@link CoreSettings}.
     *
     * @return their definitions
     */
    default List<Setting<?>> settings() {
        return List.of();
    }

    /**
     * Finds an application and makes it ready to be called.
     *
     * @param name the part of the setting after the colon; not empty
     * @param context the deployment's settings and classes
     * @return the application, ready
     * @throws DeploymentException if it cannot be found or started; nothing is left running
     * @throws Exception if loading failed for another reason; nothing is left running
     */
    LoadedApplication load(String name, LoadContext context) throws Exception;
}
