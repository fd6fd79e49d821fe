package io.gangway.examples.notes.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The files of the notes: names in the database, content in a folder, each under its id. Thread-safe. */
public final class Attachments {
    /** Puts a file's content in its place. */
    @FunctionalInterface
    public interface Content {
        void moveTo(Path file) throws IOException;
    }

    private final DataSource database;
    private final Path folder;

    public Attachments(Database database, Path folder) {
        this.database = database.source();
        this.folder = folder;
    }

    /** Stores a file; if its content cannot be stored, its name is not stored either. */
    public void add(long noteId, String name, long size, Content content) throws SQLException, IOException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into attachment (note_id, name, size) values (?, ?, ?)", new String[] {"id"})) {
            connection.setAutoCommit(false); // the pool rolls back changes that were not committed
            insert.setLong(1, noteId);
            insert.setString(2, name);
            insert.setLong(3, size);
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                content.moveTo(file(keys.getLong(1)));
            }
            connection.commit();
        }
    }

    /** The files of a note, the oldest first. */
    public List<Attachment> of(long noteId) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select * from attachment where note_id = ? order by id")) {
            select.setLong(1, noteId);
            return attachments(select);
        }
    }

    public Optional<Attachment> find(long noteId, long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("select * from attachment where note_id = ? and id = ?")) {
            select.setLong(1, noteId);
            select.setLong(2, id);
            return attachments(select).stream().findFirst();
        }
    }

    public InputStream open(Attachment attachment) throws IOException {
        return Files.newInputStream(file(attachment.id()));
    }

    /** Deletes the content of files whose note is gone. */
    public void discard(List<Attachment> attachments) throws IOException {
        for (Attachment attachment : attachments) {
            Files.deleteIfExists(file(attachment.id()));
        }
    }

    private Path file(long id) {
        return folder.resolve(Long.toString(id));
    }

    private static List<Attachment> attachments(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            List<Attachment> attachments = new ArrayList<>();
            while (row.next()) {
                attachments.add(new Attachment(row.getLong("id"), row.getString("name"), row.getLong("size")));
            }
            return attachments;
        }
    }
}
