package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.ApplicationLoaders;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stop after the jars are gone, for example because a web application's directory was removed: it leaves no process and no file. */
@Timeout(120)
class StopWithoutClassesTest {
    /** An idle application's stop needs almost none of this time; a stop that waits for a lost class or file would take longer. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    @TempDir
    Path files;

    @Test
    void a_stop_needs_no_class_that_was_not_loaded_at_the_start() throws Exception {
        Served.assumePython();
        List<URL> jars = new ArrayList<>();
        for (String module : List.of("bridge-core", "bridge-python")) {
            jars.add(jar(module).toUri().toURL());
        }
        List<ProcessHandle> processes = new ArrayList<>();
        URLClassLoader loader = new URLClassLoader(jars.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        AutoCloseable deployment = deploy(loader);
        ProcessHandle.current().descendants().forEach(processes::add);
        assertThat(processes).hasSize(3); // the launcher and two workers
        loader.close();
        assertThat(loader.findResource("io/gangway/python/supervisor/Workers.class"))
                .isNull();
        long began = System.nanoTime();
        deployment.close();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(GRACE);
        await().untilAsserted(() -> {
            assertThat(processes).noneMatch(ProcessHandle::isAlive);
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("gangway"));
        });
    }

    /** Everything is done by name, because the class loader's parent does not know Gangway's classes. */
    private static AutoCloseable deploy(ClassLoader loader) throws Exception {
        Class<?> loaders = loader.loadClass(ApplicationLoaders.class.getName());
        Class<?> settings = loader.loadClass("io.gangway.deploy.Settings");
        Class<?> source = loader.loadClass("io.gangway.deploy.SettingSource");
        Object visible = loaders.getMethod("visibleTo", ClassLoader.class).invoke(null, loader);
        Object given = source.getMethod("initParams", Map.class)
                .invoke(
                        null,
                        Map.of(
                                "gangway.application",
                                "python:served:application",
                                "gangway.python",
                                Served.PYTHON,
                                "gangway.python-path",
                                Served.directory().toString(),
                                "gangway.workers",
                                "2",
                                "gangway.graceful-timeout",
                                GRACE.toSeconds() + "s"));
        Object definitions = loaders.getMethod("settings").invoke(visible);
        Object resolved = method(settings, "resolve").invoke(null, definitions, List.of(given));
        return (AutoCloseable) loader.loadClass("io.gangway.deploy.Deployment")
                .getMethod("start", settings, loaders)
                .invoke(null, resolved, visible);
    }

    private static Method method(Class<?> owner, String name) {
        return Stream.of(owner.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A module of the class path as a jar of its own. */
    private Path jar(String module) throws IOException {
        Path found = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains(module) && !entry.contains("test-classes"))
                .map(Path::of)
                .findFirst()
                .orElseThrow();
        Path jar = files.resolve(module + ".jar");
        if (!Files.isDirectory(found)) {
            return Files.copy(found, jar);
        }
        try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(jar));
                Stream<Path> classes = Files.walk(found)) {
            classes.filter(Files::isRegularFile).forEach(file -> {
                try {
                    entries.putNextEntry(new ZipEntry(found.relativize(file).toString()));
                    Files.copy(file, entries);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return jar;
    }
}
