/**
 * How a deployment names, loads, starts and stops its application.
 *
 * <p>One setting names the application: {@code gangway.application}, as {@code loader:name}. The loaders come from
 * {@link io.gangway.deploy.ApplicationLoaders}, the values from {@link io.gangway.deploy.SettingSource}s that
 * {@link io.gangway.deploy.Settings} resolves, and {@link io.gangway.deploy.Deployment} is the application while it runs:
 *
 * <pre>{@code
 * ApplicationLoaders loaders = ApplicationLoaders.visibleTo(classLoader);
 * Settings settings = Settings.resolve(loaders.settings(), sources);
 * try (Deployment deployment = Deployment.start(settings, loaders)) {
 *     serve(deployment.application());
 * }
 * }</pre>
 *
 * <p>If a deployment cannot be started, a {@link io.gangway.deploy.DeploymentException} says what is wrong, where, and what to do.
 */
@NullMarked
package io.gangway.deploy;

import org.jspecify.annotations.NullMarked;
