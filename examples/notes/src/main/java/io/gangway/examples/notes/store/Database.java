package io.gangway.examples.notes.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;

/** An H2 database in a folder, with a pool of connections. Only one program at a time can open it. */
public final class Database implements AutoCloseable {
    private static final String SCHEMA = """
            create table if not exists note (
                id bigint generated always as identity primary key,
                title varchar(200) not null,
                text varchar(20000) not null,
                changed timestamp(3) with time zone not null);
            create table if not exists attachment (
                id bigint generated always as identity primary key,
                note_id bigint not null references note on delete cascade,
                name varchar(255) not null,
                size bigint not null);
            """;

    private final HikariDataSource pool;

    private Database(HikariDataSource pool) {
        this.pool = pool;
    }

    /**
     * Opens the database, and makes its tables if they do not exist.
     *
     * @throws IOException if another program has it open, or its files cannot be used
     */
    public static Database open(Path folder) throws IOException, SQLException {
        HikariConfig config = new HikariConfig();
        // The pool is closed after the server has stopped; H2 must not close the database before.
        config.setJdbcUrl("jdbc:h2:file:" + folder.toAbsolutePath().resolve("notes")
                + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0");
        config.setPoolName("notes");
        try {
            Database database = new Database(new HikariDataSource(config));
            database.makeTables();
            return database;
        } catch (PoolInitializationException e) {
            if (e.getCause() instanceof SQLException cause
                    && cause.getErrorCode() == ErrorCode.DATABASE_ALREADY_OPEN_1) {
                throw new IOException(
                        "the notes in " + folder + " are in use: stop the other program, or choose another"
                                + " folder with --data",
                        e);
            }
            throw new IOException("the notes in " + folder + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private void makeTables() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
    }

    DataSource source() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
