package io.gangway.deploy;

import java.util.List;

/**
 * Finds and starts applications of one kind; a {@linkplain java.util.ServiceLoader service}.
 *
 * <p>A loader answers for the values of {@code gangway.application} that start with its name and a colon. It has a public
 * no-arg constructor that does nothing slow: all loaders are made for every deployment, for the settings that they know.
 * Where jars are on a class path, it is named in {@code META-INF/services/io.gangway.deploy.ApplicationLoader}.
 *
 * <p>One object loads for one deployment, on one thread.
 */
public interface ApplicationLoader {
    /**
     * What the application's setting starts with.
     *
     * @return such as {@code class}: lower-case letters, digits and dashes
     */
    String name();

    /**
     * An example of a whole value, for messages.
     *
     * @return such as {@code class:com.acme.Hello}
     */
    String example();

    /**
     * The settings that this kind of application has beyond {@link CoreSettings}.
     *
     * @return their definitions
     */
    default List<Setting<?>> settings() {
        return List.of();
    }

    /**
     * Finds an application and makes it ready to be called.
     *
     * @param rest what the setting says after the colon; not empty
     * @param context the deployment's settings and classes
     * @return the application, ready
     * @throws DeploymentException if it cannot be found or started; nothing is left running
     * @throws Exception if something went wrong that the loader knows no better message for; likewise
     */
    LoadedApplication load(String rest, LoadContext context) throws Exception;
}
