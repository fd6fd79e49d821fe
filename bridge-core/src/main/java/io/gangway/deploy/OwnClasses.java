package io.gangway.deploy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Loads Gangway's own classes before they are needed, so that a stop needs none that cannot be loaded any more.
 *
 * <p>The jars of a web application may be gone when it is stopped: somebody has removed its directory, or has put a new jar in the place of
 * the one that is running. A class or lambda that is first needed then is a {@code NoClassDefFoundError}, in the middle of what ends
 * threads and processes. Which classes a stop needs, nobody can keep in mind; so all are loaded. Linking them later needs
 * no file.
 *
 * <p>Thread-safe.
 */
public final class OwnClasses {
    private static final String OURS = "io/gangway/";
    private static final String CLASS = ".class";

    private static final Logger LOG = System.getLogger("io.gangway");

    private static final Set<String> LOADED = ConcurrentHashMap.newKeySet();

    private OwnClasses() {}

    /**
     * Loads all of Gangway's classes from the jar or directory that a class came from; later calls for the same one do nothing. What
     * cannot be loaded is left out, such as the classes that need a library which is not there; where the jar cannot be read, nothing is
     * loaded, and an entry at debug says so.
     *
     * @param known one of them
     */
    public static void loadWith(Class<?> known) {
        CodeSource source = known.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null || !LOADED.add(location.toString())) {
            return;
        }
        try {
            namesIn(location).forEach(name -> load(name, known.getClassLoader()));
        } catch (IOException | URISyntaxException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the classes in " + location + " are loaded when they are needed", e);
        }
    }

    private static void load(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.log(Level.TRACE, () -> name + " is not for this place: " + e);
        }
    }

    private static List<String> namesIn(URL location) throws IOException, URISyntaxException {
        String text = location.toString();
        if (text.startsWith("jar:") && text.endsWith("!/")) { // a container's way to name a jar
            text = text.substring("jar:".length(), text.length() - "!/".length());
        }
        return text.startsWith("file:")
                ? namesIn(Path.of(new URI(text)))
                : namesIn(new URI(text).toURL().openConnection());
    }

    private static List<String> namesIn(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            try (Stream<Path> files = Files.walk(place)) {
                return files.flatMap(file ->
                                className(place.relativize(file).toString().replace(File.separatorChar, '/')))
                        .toList();
            }
        }
        try (ZipFile jar = new ZipFile(place.toFile())) {
            return jar.stream()
                    .map(ZipEntry::getName)
                    .flatMap(OwnClasses::className)
                    .toList();
        }
    }

    /** A jar within a WAR that has not been unpacked. */
    private static List<String> namesIn(URLConnection jar) throws IOException {
        jar.setUseCaches(false);
        List<String> names = new ArrayList<>();
        try (InputStream opened = jar.getInputStream();
                ZipInputStream entries = new ZipInputStream(opened)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                className(entry.getName()).forEach(names::add);
            }
        }
        return names;
    }

    private static Stream<String> className(String file) {
        return file.startsWith(OURS) && file.endsWith(CLASS) && !file.endsWith("-info.class")
                ? Stream.of(file.substring(0, file.length() - CLASS.length()).replace('/', '.'))
                : Stream.empty();
    }
}
