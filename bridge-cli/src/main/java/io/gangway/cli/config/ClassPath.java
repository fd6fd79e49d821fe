package io.gangway.cli.config;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.deploy.SettingSource;
import io.gangway.log.FileProblem;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The classes of a Java application: {@code --class-path}. */
public final class ClassPath {
    private ClassPath() {}

    /**
     * The application's class loader, which becomes the thread's context class loader. It is made before the other settings are resolved: its
     * loaders, and their settings, can be found only when it is known.
     *
     * @throws DeploymentException if an element does not exist
     */
    public static ClassLoader of(List<SettingSource> sources) {
        List<String> places =
                SettingSources.one(ServerSettings.CLASS_PATH, sources).get(ServerSettings.CLASS_PATH);
        ClassLoader own = ClassPath.class.getClassLoader();
        if (places.isEmpty()) {
            return own;
        }
        URL[] urls = places.stream().map(ClassPath::url).toArray(URL[]::new);
        URLClassLoader classes = new URLClassLoader("class-path", urls, own);
        Thread.currentThread().setContextClassLoader(classes);
        return classes;
    }

    private static URL url(String place) {
        Path path = NativeText.path(place);
        if (!Files.exists(path)) {
            throw new DeploymentException("--class-path: there is no " + path.toAbsolutePath()
                    + ". Fix: name jars, or directories of classes");
        }
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new DeploymentException("--class-path: " + path + " cannot be used: " + FileProblem.inWords(e)
                    + ". Fix: name jars, or directories of classes");
        }
    }
}
