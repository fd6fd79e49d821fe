package io.gangway.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

/** The text of an entry. */
class TextFormatTest {
    @Test
    void a_library_that_quotes_a_client_cannot_drive_the_terminal() {
        LogRecord entry =
                new LogRecord(Level.WARNING, "bad host a@\u009b31mEVIL\u001b[2J\r\nsecond line\tof the library");
        entry.setLoggerName("org.eclipse.jetty.http.HttpParser");
        entry.setThrown(new IllegalArgumentException("\u009b31m"));

        assertThat(new TextFormat().format(entry))
                .contains(
                        "org.eclipse.jetty.http.HttpParser: bad host a@\\u009b31mEVIL\\u001b[2J\\u000d\nsecond line\tof the library\n")
                .contains("java.lang.IllegalArgumentException: \\u009b31m\n\tat ");
    }
}
