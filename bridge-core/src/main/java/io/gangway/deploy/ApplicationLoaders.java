package io.gangway.deploy;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.gangway.deploy.DeploymentException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The loaders that a deployment can choose from: the built-in {@code class}, and those that modules add.
 *
 * <p>For one deployment. Not thread-safe.
 */
public final class ApplicationLoaders {
    private final Map<String, ApplicationLoader> byName = new TreeMap<>();
    private final ClassLoader classLoader;
    private Optional<Path> directory = Optional.empty();

    private ApplicationLoaders(ClassLoader classLoader) {
        this.classLoader = requireNonNull(classLoader, "classLoader");
        add(new ClassApplicationLoader());
    }

    /**
     * Finds the loaders that the deployment's class loader or Gangway's own can see. The two class loaders differ if Gangway is in the
     * container's library folder and an additional loader in the web application, or the other way round.
     *
     * @param classLoader the class loader of the deployment: in a container, the web application's
     * @return the loaders
     * @throws DeploymentException if one cannot be made, or two have the same name
     */
    public static ApplicationLoaders visibleTo(ClassLoader classLoader) {
        return visibleTo(classLoader, ApplicationLoaders.class.getClassLoader());
    }

    static ApplicationLoaders visibleTo(ClassLoader classLoader, ClassLoader own) {
        ApplicationLoaders loaders = new ApplicationLoaders(classLoader);
        try {
            ServiceLoader.load(ApplicationLoader.class, classLoader).forEach(loaders::add);
            if (own != classLoader) {
                ServiceLoader.load(ApplicationLoader.class, own).forEach(loaders::add);
            }
        } catch (ServiceConfigurationError e) {
            throw new DeploymentException(
                    "an application loader cannot be used: " + e.getMessage()
                            + ". Fix: keep all of Gangway's jars in one place and of one version",
                    e);
        }
        return loaders;
    }

    /**
     * Gives the loaders a directory for temporary files, which belongs to the web application.
     *
     * @param temporary the directory that the container keeps for the web application
     * @return these loaders
     */
    public ApplicationLoaders in(Path temporary) {
        directory = Optional.of(temporary);
        return this;
    }

    /**
     * All settings that a deployment with these loaders knows.
     *
     * @return those of {@link CoreSettings}, then the loaders' own
     */
    public List<Setting<?>> settings() {
        List<Setting<?>> settings = new ArrayList<>(CoreSettings.all());
        byName.values().forEach(loader -> settings.addAll(loader.settings()));
        return List.copyOf(settings);
    }

    /**
     * All loaders.
     *
     * @return the loaders, in the order of their names
     */
    public Collection<ApplicationLoader> all() {
        return List.copyOf(byName.values());
    }

    /** Both class loaders find the same loader class if one is the other's parent. */
    private void add(ApplicationLoader loader) {
        ApplicationLoader other = byName.putIfAbsent(loader.name(), loader);
        if (other != null && other.getClass() != loader.getClass()) {
            throw new DeploymentException("two application loaders are named " + quote(loader.name()) + ": "
                    + other.getClass().getName() + " and " + loader.getClass().getName()
                    + ". Fix: remove the jar that holds one of them");
        }
    }

    /**
     * The whole name of an application. Where the text before the first colon is no loader's name, the value is for the loader that takes bare
     * names: {@code shop:app} is {@code python:shop:app}.
     *
     * @param value a value of {@code gangway.application}
     * @return the value with its loader, or unchanged if no loader takes bare names
     */
    public String wholeName(String value) {
        return value.isEmpty() || isLoader(value)
                ? value
                : bare().map(loader -> loader.name() + ":" + value).orElse(value);
    }

    private Optional<ApplicationLoader> bare() {
        return byName.values().stream()
                .filter(ApplicationLoader::takesBareNames)
                .findFirst();
    }

    /** Whether a value starts with a loader's name and a colon. */
    private boolean isLoader(String value) {
        return value.indexOf(':') >= 0 && byName.containsKey(value.substring(0, value.indexOf(':')));
    }

    /** Loads what {@code gangway.application} names, for a context path; empty where there is none. */
    LoadedApplication load(Settings settings, String contextPath) {
        String value = settings.find(CoreSettings.APPLICATION).orElse("");
        String whole = wholeName(value);
        int colon = whole.indexOf(':');
        String name = whole.substring(colon + 1);
        if (colon < 0 || name.isEmpty()) {
            throw notNamed(settings, value, colon < 0 ? value : "");
        }
        ApplicationLoader loader = byName.get(whole.substring(0, colon));
        if (loader == null) {
            throw unknown(settings, value, whole.substring(0, colon));
        }
        try {
            return load(loader, name, settings, contextPath);
        } catch (DeploymentException e) {
            throw isLoader(value) ? e : withLoader(e, value);
        }
    }

    /** The name before the colon may be a misspelt loader's. */
    private DeploymentException withLoader(DeploymentException problem, String value) {
        int colon = value.indexOf(':');
        if (colon <= 0 || problem.reason() == Reason.OTHER) {
            return problem;
        }
        return Nearest.to(value.substring(0, colon), byName.keySet())
                .map(near -> problem.getMessage() + "; if a loader was meant, write " + near + value.substring(colon))
                .map(message -> problem.reason() == Reason.SETTING
                        ? DeploymentException.ofSetting(message)
                        : DeploymentException.noSuchApplication(message))
                .orElse(problem);
    }

    private LoadedApplication load(ApplicationLoader loader, String name, Settings settings, String contextPath) {
        try {
            return loader.load(
                    name, new LoadContext(settings, classLoader, directory, deploymentName(settings, contextPath)));
        } catch (DeploymentException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new DeploymentException(
                    "gangway.application: " + quote(loader.name() + ":" + name) + " could not be loaded: " + e
                            + ". Fix: correct the code that the stack trace shows",
                    e);
        }
    }

    /** How the log names a deployment. */
    String deploymentName(Settings settings, String contextPath) {
        String application = wholeName(settings.find(CoreSettings.APPLICATION).orElse(""));
        return contextPath.isEmpty() ? application.substring(application.indexOf(':') + 1) : contextPath;
    }

    private DeploymentException notNamed(Settings settings, String value, String className) {
        if (value.isEmpty()) {
            return DeploymentException.ofSetting("gangway.application: expected an application such as " + examples()
                    + "; found nothing. Fix: " + Settings.howToSet(CoreSettings.APPLICATION));
        }
        String fix = className.isEmpty()
                ? "write the application's name after the colon, as in " + examples()
                : "write class:" + className
                        + " if that is a Java class, or put a loader's name and a colon before it," + " as in "
                        + examples();
        return DeploymentException.ofSetting(
                "gangway.application: expected a loader, a colon and an application's name; found " + quote(value)
                        + " (from " + settings.origin(CoreSettings.APPLICATION) + "). Fix: " + fix);
    }

    private DeploymentException unknown(Settings settings, String value, String loader) {
        String known = byName.keySet().stream().map(name -> name + ":").collect(joining(", "));
        String fix = Nearest.to(loader, byName.keySet())
                .map(near -> "write " + near + ": if that was meant")
                .orElse("start with one of these loaders, or add the module that has this one"
                        + " (bridge-python, if it is a Python application)");
        return DeploymentException.ofSetting(
                "gangway.application: expected one of the loaders " + known + " and an application's name; found "
                        + quote(value) + " (from " + settings.origin(CoreSettings.APPLICATION) + "). Fix: " + fix);
    }

    private String examples() {
        return byName.values().stream().map(ApplicationLoader::example).collect(joining(" or "));
    }
}
