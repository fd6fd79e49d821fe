package io.gangway.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogsTest {
    private static final String NAME = "io.gangway.logs.test";

    private final Logger logger = Logger.getLogger(NAME);
    private final List<LogRecord> records = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            records.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.setUseParentHandlers(false);
        logger.addHandler(handler);
    }

    @AfterEach
    void restore() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
        logger.setLevel(null);
    }

    @Test
    void an_entry_shows_the_loggers_name_in_the_place_of_a_class() {
        Exception thrown = new IllegalStateException("broken");
        Logs.named(NAME).log(Level.WARNING, "what {0} happened", thrown);
        assertThat(records).singleElement().satisfies(entry -> {
            assertThat(entry.getLoggerName()).isEqualTo(NAME);
            assertThat(entry.getSourceClassName() + "." + entry.getSourceMethodName())
                    .isEqualTo(NAME);
            assertThat(entry.getLevel()).isEqualTo(java.util.logging.Level.WARNING);
            assertThat(entry.getThrown()).isSameAs(thrown);
            assertThat(new SimpleFormatter().formatMessage(entry)).isEqualTo("what {0} happened");
        });
    }

    @Test
    void parameters_are_put_into_their_places() {
        Logs.named(NAME).log(Level.INFO, "{0} of {1}", 1, 2);
        assertThat(records)
                .singleElement()
                .satisfies(entry ->
                        assertThat(new SimpleFormatter().formatMessage(entry)).isEqualTo("1 of 2"));
    }

    @Test
    void a_level_that_is_off_makes_no_text() {
        logger.setLevel(java.util.logging.Level.FINE);
        System.Logger ours = Logs.named(NAME);
        ours.log(Level.DEBUG, "shown");
        ours.log(Level.TRACE, () -> {
            throw new AssertionError("the text of an entry that nobody sees");
        });
        assertThat(records).extracting(LogRecord::getMessage).containsExactly("shown");
        assertThat(ours.isLoggable(Level.TRACE)).isFalse();
    }
}
