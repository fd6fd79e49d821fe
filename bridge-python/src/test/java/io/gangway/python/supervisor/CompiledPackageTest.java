package io.gangway.python.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Python has compiled of the workers' package is used at the next start, and only from a safe place. */
class CompiledPackageTest {
    private static final String PYTHON = System.getProperty("test.python", "python3");

    @TempDir
    Path temporary;

    private Path cache;
    private Path first;
    private Path second;

    @BeforeEach
    void make_directories() throws IOException {
        cache = directory("cache");
        first = directory("first");
        second = directory("second");
    }

    @Test
    void the_next_start_compiles_nothing() throws Exception {
        WorkerPackage.unpack(first, cache.toString());
        imported(first, "-v");
        WorkerPackage.keepCompiled(first, cache.toString());

        WorkerPackage.unpack(second, cache.toString());

        String said = imported(second, "-vB");
        for (String module : new String[] {"launcher", "worker", "wsgi"}) {
            assertThat(said)
                    .containsPattern("code object from '?" + second + "/gangway_worker/__pycache__/" + module
                            + "\\.cpython-\\d+\\.pyc");
        }
        assertThat(said).doesNotContain("code object from " + second + "/gangway_worker/worker.py");
    }

    @Test
    void a_source_that_has_changed_is_compiled_again() throws Exception {
        WorkerPackage.unpack(first, cache.toString());
        imported(first, "-v");
        WorkerPackage.keepCompiled(first, cache.toString());
        Path changed = WorkerPackage.unpack(second, cache.toString()).resolve("launcher.py");
        Files.writeString(changed, "import sys\nsys.stderr.write('changed')\n");

        assertThat(imported(second, "-B")).contains("changed");
    }

    @Test
    void nothing_is_kept_where_other_users_may_enter() throws Exception {
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
        WorkerPackage.unpack(first, cache.toString());
        imported(first, "-v");

        WorkerPackage.keepCompiled(first, cache.toString());

        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void nothing_is_kept_behind_a_link() throws Exception {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), cache);
        WorkerPackage.unpack(first, link.toString());
        imported(first, "-v");

        WorkerPackage.keepCompiled(first, link.toString());

        assertThat(cache).isEmptyDirectory();
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectory(
                temporary.resolve(name),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** What Python tells on an import of the launcher. */
    private static String imported(Path directory, String option) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":")).anyMatch(it -> Files.isExecutable(Path.of(it, PYTHON)))
                        || Files.isExecutable(Path.of(PYTHON)),
                "needs " + PYTHON);
        ProcessBuilder builder =
                new ProcessBuilder(PYTHON, option, "-c", "import gangway_worker.launcher").redirectErrorStream(true);
        builder.environment().put("PYTHONPATH", directory.toString());
        builder.environment().remove("PYTHONDONTWRITEBYTECODE");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
