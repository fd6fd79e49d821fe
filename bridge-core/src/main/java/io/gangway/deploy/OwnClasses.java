package io.gangway.deploy;

import io.gangway.log.Logs;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/**
 * Loads all of Gangway's classes early, so that a stop does not need a class that can no longer be loaded.
 *
 * <p>When a web application is stopped, its jars may be missing: its directory has been removed, or a new jar has replaced the
 * running one. If a class or lambda is first needed then, the JVM throws {@code NoClassDefFoundError} in the code that ends threads and
 * processes. A list of the classes that a stop needs would soon be incomplete, so all classes are loaded. Linking them later needs no
 * file.
 *
 * <p>Thread-safe.
 */
public final class OwnClasses {
    private static final String OURS = "io/gangway/";
    private static final String CLASS = ".class";

    private static final Logger LOG = Logs.named("io.gangway");

    /** The places from which each class loader has loaded them: another web application loads its own from the same jar. */
    private static final Map<ClassLoader, Set<String>> LOADED = Collections.synchronizedMap(new WeakHashMap<>());

    private OwnClasses() {}

    /**
     * Loads all of Gangway's classes from the jar or directory that a class came from; later calls for the same place and class loader do nothing.
     * Classes that cannot be loaded are skipped, for example those that need an absent library. If the jar cannot be read, no class is
     * loaded, and this is logged at level DEBUG.
     *
     * @param known a class from that jar or directory
     */
    public static void loadWith(Class<?> known) {
        CodeSource source = known.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null || !isFirst(location, known.getClassLoader())) {
            return;
        }
        try {
            namesIn(location).forEach(name -> load(name, known.getClassLoader()));
        } catch (IOException | URISyntaxException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the classes in " + location + " are loaded when they are needed", e);
        }
    }

    private static boolean isFirst(URL location, ClassLoader loader) {
        return LOADED.computeIfAbsent(loader, it -> ConcurrentHashMap.newKeySet())
                .add(location.toString());
    }

    private static void load(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.log(Level.TRACE, () -> name + " is not loaded: " + e);
        }
    }

    private static List<String> namesIn(URL location) throws IOException, URISyntaxException {
        String text = location.toString();
        if (text.startsWith("jar:") && text.endsWith("!/")) { // some containers name a jar this way
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
