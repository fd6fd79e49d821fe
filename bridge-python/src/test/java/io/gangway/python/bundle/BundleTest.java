package io.gangway.python.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
    @TempDir
    private Path folder;

    private Bundle bundle(String code) throws IOException {
        Path classes = folder.resolve("classes-" + code.hashCode());
        Path place = Files.createDirectories(classes.resolve("gangway"));
        BundleDescription description = new BundleDescription(
                Optional.of("3.11"), Map.of("x-1", "a b"), List.of("app/tool"), Map.of("/static", "static/0"));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(place.resolve("application.zip")))) {
            put(zip, Bundle.DESCRIPTION, new String(description.toBytes(), UTF_8));
            put(zip, "app/shop.py", code);
            put(zip, "app/tool", "#!/bin/sh");
            put(zip, "static/0/a.css", "p {}");
            put(zip, "lib/python3.11/site-packages/x/__init__.py", "");
        }
        return Bundle.find(loader(classes)).orElseThrow();
    }

    private static ClassLoader loader(Path classes) throws MalformedURLException {
        return new URLClassLoader("classes", new URL[] {classes.toUri().toURL()}, null);
    }

    private static void put(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(UTF_8));
    }

    private Path parent() throws IOException {
        return Files.createDirectories(folder.resolve("work"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(parent())) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void is_unpacked_for_this_user_alone_under_its_contents_hash() throws Exception {
        Bundle bundle = bundle("app = 1");

        Unpacked unpacked = bundle.unpackIn(parent());

        assertThat(names())
                .containsExactly("gangway-application-" + bundle.hash().substring(0, 32));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(unpacked.root())))
                .isEqualTo("rwx------");
        assertThat(unpacked.code().resolve("shop.py")).hasContent("app = 1");
        assertThat(unpacked.code().resolve("tool")).isExecutable();
        assertThat(unpacked.description())
                .isEqualTo(new BundleDescription(
                        Optional.of("3.11"), Map.of("x-1", "a b"), List.of("app/tool"), Map.of("/static", "static/0")));
        assertThat(unpacked.packages()).contains(unpacked.root());
    }

    @Test
    void the_same_content_is_used_again_and_other_content_is_removed() throws Exception {
        Path first = bundle("app = 1").unpackIn(parent()).root();
        Path mark = Files.createFile(first.resolve("compiled"));

        assertThat(bundle("app = 1").unpackIn(parent()).root()).isEqualTo(first);
        assertThat(mark).exists();

        Path second = bundle("app = 2").unpackIn(parent()).root();
        assertThat(names()).containsExactly(second.getFileName().toString());
    }

    @Test
    void is_unpacked_again_if_a_file_was_removed() throws Exception {
        Unpacked first = bundle("app = 1").unpackIn(parent());
        Files.delete(first.code().resolve("shop.py"));

        Unpacked second = bundle("app = 1").unpackIn(parent());

        assertThat(second.code().resolve("shop.py")).hasContent("app = 1");
        assertThat(names()).hasSize(1);
    }

    @Test
    void a_directory_that_others_may_enter_is_not_used() throws Exception {
        Unpacked first = bundle("app = 1").unpackIn(parent());
        Files.setPosixFilePermissions(first.root(), PosixFilePermissions.fromString("rwxr-xr-x"));

        Unpacked second = bundle("app = 1").unpackIn(parent());

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second.root())))
                .isEqualTo("rwx------");
    }

    @Test
    void two_deployments_at_once_both_get_the_whole() throws Exception {
        Bundle bundle = bundle("app = 1");
        CyclicBarrier together = new CyclicBarrier(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Callable<Path> deployment = () -> {
                together.await();
                return bundle.unpackIn(parent()).code().resolve("shop.py");
            };
            List<Future<Path>> all = threads.invokeAll(List.of(deployment, deployment, deployment, deployment));
            for (Future<Path> each : all) {
                assertThat(each.get()).hasContent("app = 1");
            }
            assertThat(names()).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_place_that_cannot_be_used_is_a_message_and_leaves_nothing() throws Exception {
        Bundle bundle = bundle("app = 1");
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> bundle.unpackIn(file))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step unpack: the application cannot be unpacked in \"" + file + "\": ")
                .hasMessageContaining(". Fix: make this directory writable, with room for the application");
    }

    @Test
    void an_archive_of_another_kind_is_a_message() throws Exception {
        Path classes = folder.resolve("other");
        Path place = Files.createDirectories(classes.resolve("gangway"));
        Files.writeString(place.resolve("application.zip"), "no archive");

        assertThatThrownBy(() -> Bundle.find(loader(classes)))
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining(
                        "cannot be read: it is no archive that gangway war made. Fix: build the WAR again");
    }
}
