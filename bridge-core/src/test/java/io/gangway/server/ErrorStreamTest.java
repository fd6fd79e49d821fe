package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ErrorStreamTest {
    private static final Logger LOGGER = Logger.getLogger("io.gangway.application");

    private final List<String> entries = new ArrayList<>();
    private final PrintWriter errors = ErrorStream.of("00ff");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            entries.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOGGER.addHandler(handler);
        LOGGER.setUseParentHandlers(false);
    }

    @AfterEach
    void listen_no_more() {
        LOGGER.removeHandler(handler);
        LOGGER.setUseParentHandlers(true);
    }

    @Test
    void each_line_is_an_entry_with_the_request_id() {
        errors.print("one\r\ntw");
        errors.print("o\nthree");
        errors.flush();

        assertThat(entries).containsExactly("[00ff] one", "[00ff] two", "[00ff] three");
    }

    @Test
    void takes_any_unicode_but_lets_no_control_character_through() {
        errors.println("caf\u00e9 \ud83d\udea2 \u001b[2Jclear\u0000");

        assertThat(entries).containsExactly("[00ff] caf\u00e9 \ud83d\udea2 \\u001b[2Jclear\\u0000");
    }

    @Test
    void splits_a_line_that_would_fill_the_heap() {
        errors.println("x".repeat(8 * 1024 + 1));

        assertThat(entries).containsExactly("[00ff] " + "x".repeat(8 * 1024), "[00ff] x");
    }
}
