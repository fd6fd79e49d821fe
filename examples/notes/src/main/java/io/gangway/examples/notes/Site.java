package io.gangway.examples.notes;

import static java.util.Objects.requireNonNull;

import io.gangway.examples.notes.store.Database;
import io.gangway.examples.notes.web.SecurityHeaders;
import io.gangway.middleware.AccessLog;
import io.gangway.middleware.ErrorPages;
import io.gangway.middleware.Mount;
import io.gangway.middleware.RequestId;
import io.gangway.middleware.StaticFiles;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Clock;

/** The whole site: the application, its static files, and the middleware around both. */
final class Site implements GatewayApplication, AutoCloseable {
    private final Database database;
    private final GatewayApplication application;

    private Site(Database database, GatewayApplication application) {
        this.database = database;
        this.application = application;
    }

    /**
     * Opens the notes in a folder, and makes the folder if it does not exist.
     *
     * @throws IOException if another program uses the folder, or it cannot be written
     */
    static Site open(Path folder, Clock clock) throws IOException, SQLException {
        Path attachments = Files.createDirectories(folder.resolve("attachments"));
        Path uploads = Files.createDirectories(folder.resolve("uploads"));
        Path files = unpack("notes.css", Files.createDirectories(folder.resolve("static")));

        Database database = Database.open(folder);
        GatewayApplication site = Mount.builder()
                .at("/static", StaticFiles.in(files).build())
                .otherwise(new NotesApplication(database, attachments, uploads, clock))
                .build();
        return new Site(
                database,
                RequestId.trustingNobody()
                        .around(AccessLog.to(System.getLogger("notes.access")).build())
                        .around(new SecurityHeaders())
                        .around(ErrorPages.production())
                        .wrap(site));
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        return application.call(environ, startResponse);
    }

    @Override
    public void close() {
        database.close();
    }

    /** Copies the static files from the jar to a folder: StaticFiles serves from a folder. */
    private static Path unpack(String name, Path folder) throws IOException {
        try (InputStream stream = requireNonNull(Site.class.getResourceAsStream("static/" + name), name)) {
            Files.copy(stream, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        return folder;
    }
}
