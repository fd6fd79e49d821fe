package io.gangway.python.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitedLogTest {
    private final List<String> entries = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE); // nanoTime may overflow
    private final LimitedLog refusals = new LimitedLog(new Listed(), Level.WARNING, clock::get);

    @Test
    void one_entry_a_second_tells_of_all() {
        for (int i = 1; i <= 4; i++) {
            refuse(i);
        }
        clock.addAndGet(Duration.ofMillis(999).toNanos());
        refuse(5);
        clock.addAndGet(Duration.ofMillis(1).toNanos());
        refuse(6);
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        refuse(7);

        assertThat(entries)
                .filteredOn(entry -> entry.startsWith("WARNING"))
                .containsExactly(
                        "WARNING request 1: answered 503: all workers are busy",
                        "WARNING request 6: answered 503: all workers are busy (and 4 more since the last entry of this kind)",
                        "WARNING request 7: answered 503: all workers are busy");
        assertThat(entries)
                .filteredOn(entry -> entry.startsWith("DEBUG"))
                .hasSize(4)
                .contains("DEBUG request 2: answered 503: all workers are busy");
    }

    @Test
    void the_number_of_those_that_are_not_told_can_be_asked_for() {
        refuse(1);
        refusals.logOthers(number -> number + " more");
        refuse(2);
        refuse(3);
        refusals.logOthers(number -> number + " more");
        refusals.logOthers(number -> number + " more");
        assertThat(entries)
                .filteredOn(entry -> entry.startsWith("WARNING"))
                .containsExactly("WARNING request 1: answered 503: all workers are busy", "WARNING 2 more");
    }

    private void refuse(int number) {
        boolean unused = refusals.log("request " + number + ": answered 503: all workers are busy");
    }

    private final class Listed implements System.Logger {
        @Override
        public String getName() {
            return "listed";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
            entries.add(level + " " + text);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... arguments) {
            entries.add(level + " " + format);
        }
    }
}
