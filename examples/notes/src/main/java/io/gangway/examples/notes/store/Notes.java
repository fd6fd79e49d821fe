package io.gangway.examples.notes.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** The notes in the database. Thread-safe. */
public final class Notes {
    private static final String MATCHES = " from note where title || ' ' || text ilike ? escape '!'";

    private final DataSource database;
    private final Clock clock;

    public Notes(Database database, Clock clock) {
        this.database = database.source();
        this.clock = clock;
    }

    /** Stores a new note, and returns its id. */
    public long add(String title, String text) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into note (title, text, changed) values (?, ?, ?)", new String[] {"id"})) {
            set(insert, title, text);
            insert.executeUpdate();
            try (ResultSet keys = insert.getGeneratedKeys()) {
                keys.next();
                return keys.getLong(1);
            }
        }
    }

    /** Changes a note, and returns whether it exists. */
    public boolean change(long id, String title, String text) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("update note set title = ?, text = ?, changed = ? where id = ?")) {
            set(update, title, text);
            update.setLong(4, id);
            return update.executeUpdate() == 1;
        }
    }

    /** Deletes a note, and returns whether it existed. */
    public boolean delete(long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement delete = connection.prepareStatement("delete from note where id = ?")) {
            delete.setLong(1, id);
            return delete.executeUpdate() == 1;
        }
    }

    public Optional<Note> find(long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select * from note where id = ?")) {
            select.setLong(1, id);
            return notes(select).stream().findFirst();
        }
    }

    /** Finds the notes that contain some words, the newest first. A page number after the last gives the last page. */
    public Found search(String words, int page) throws SQLException {
        String pattern = "%" + words.replaceAll("[!%_]", "!$0") + "%";
        try (Connection connection = database.getConnection();
                PreparedStatement count = connection.prepareStatement("select count(*)" + MATCHES);
                PreparedStatement select = connection.prepareStatement("select *" + MATCHES
                        + " order by changed desc, id desc offset ? rows fetch next ? rows only")) {
            count.setString(1, pattern);
            Found none = new Found(List.of(), page, total(count));
            int shown = Math.max(1, Math.min(page, none.pages()));
            select.setString(1, pattern);
            select.setInt(2, (shown - 1) * Found.PAGE_SIZE);
            select.setInt(3, Found.PAGE_SIZE);
            return new Found(notes(select), shown, none.total());
        }
    }

    private void set(PreparedStatement statement, String title, String text) throws SQLException {
        statement.setString(1, title);
        statement.setString(2, text);
        statement.setObject(3, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
    }

    private static int total(PreparedStatement count) throws SQLException {
        try (ResultSet row = count.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    private static List<Note> notes(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            List<Note> notes = new ArrayList<>();
            while (row.next()) {
                notes.add(new Note(
                        row.getLong("id"),
                        row.getString("title"),
                        row.getString("text"),
                        row.getObject("changed", OffsetDateTime.class).toInstant()));
            }
            return notes;
        }
    }
}
