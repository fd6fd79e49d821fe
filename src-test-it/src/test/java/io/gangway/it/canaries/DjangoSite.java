package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Django project with its data: it is prepared once, and each deployment has a copy. */
final class DjangoSite {
    static final String USER = "harbour";
    static final String PASSWORD = "tide & ebb";
    static final Canary PROJECT = Canary.of("django", "shop.wsgi:application");
    /** The same project under ASGI. */
    static final Canary ASGI = Canary.of("django", "shop.asgi:application");

    private static @Nullable Path prepared;

    private DjangoSite() {}

    /** The project with a new database, in a directory of its own below {@code target}. */
    static Canary withData(Canary project, Path data) throws IOException, InterruptedException {
        copy(prepared(), Places.empty(data));
        return project.with("gangway.env.SHOP_DATA", data.toString())
                .with("gangway.env.SHOP_MOUNT", project.contextPath());
    }

    private static synchronized Path prepared() throws IOException, InterruptedException {
        if (prepared == null) {
            Path data = Places.empty(Places.target().resolve("canaries-django"));
            Command.run(
                            PROJECT.sources(),
                            Map.of(
                                    "SHOP_DATA", data.toString(),
                                    "SHOP_MOUNT", PROJECT.contextPath(),
                                    "DJANGO_SUPERUSER_PASSWORD", PASSWORD,
                                    "PYTHONPATH",
                                            Places.sources().resolve("shared").toString(),
                                    "PYTHONDONTWRITEBYTECODE", "1"),
                            VirtualEnvironment.FRAMEWORKS.python().toString(),
                            "prepare.py")
                    .succeeded();
            prepared = data;
        }
        return prepared;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
