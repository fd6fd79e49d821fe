package io.gangway.python.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.python.loop.LogWriter.Entry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The writer of the event loop's log entries. */
@Timeout(60)
class LogWriterTest {
    /** The text of an entry; eight such entries fill the queue. */
    private static final String LARGE = "x".repeat((int) LogWriter.MAX_WAITING / 8 - 200);

    private final LogWriter writer = new LogWriter("log of a test", "");
    private final GatedLog log = new GatedLog();

    @AfterEach
    void close() {
        log.gate.countDown();
        writer.close();
    }

    @Test
    void writes_in_order_and_to_the_end() {
        log.gate.countDown();
        writer.start();
        for (int i = 0; i < 1_000; i++) {
            writer.add(entry("entry " + i));
        }
        writer.close();
        assertThat(log.texts).hasSize(1_000).startsWith("entry 0", "entry 1").endsWith("entry 999");
    }

    @Test
    void a_stalled_log_costs_one_pause_and_is_told_how_much_it_missed() {
        writer.start();
        writer.add(entry("first")); // the thread takes it out of the queue, and waits at the gate
        await().until(() -> log.waits);
        for (int i = 0; i < 8; i++) {
            writer.add(entry(LARGE));
        }
        long started = System.nanoTime();
        for (int i = 0; i < 500; i++) {
            writer.add(entry(LARGE));
        }
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started))
                .isBetween(LogWriter.MAX_WAIT.toMillis() - 10, LogWriter.MAX_WAIT.toMillis() * 5);

        log.gate.countDown();
        await().until(() -> log.texts.size() == 10);
        writer.add(entry("last"));
        writer.close();
        assertThat(log.texts)
                .hasSize(11)
                .startsWith("first")
                .contains(
                        "500 entries of Python workers are missing here: the log took no entry for 1000 ms. Fix: see why the log's handlers block,"
                                + " or give the log a faster target")
                .endsWith("last");
    }

    @Test
    void a_log_that_refuses_an_entry_gets_the_next() {
        log.gate.countDown();
        writer.start();
        writer.add(entry("refused"));
        writer.add(entry("taken"));
        writer.close();
        assertThat(log.texts).containsExactly("taken");
    }

    @Test
    void a_log_that_stalls_for_ever_does_not_keep_the_end_waiting() {
        writer.start();
        writer.add(entry("first"));
        long started = System.nanoTime();
        writer.close();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started)).isLessThan(10);
    }

    private Entry entry(String text) {
        return new Entry(log, Level.INFO, text, null);
    }

    /** A log that blocks until its gate is open. */
    private static final class GatedLog implements Logger {
        final CountDownLatch gate = new CountDownLatch(1);
        final List<String> texts = new CopyOnWriteArrayList<>();
        volatile boolean waits;

        @Override
        public String getName() {
            return "gated";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
            log(level, bundle, text);
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Object... parameters) {
            waits = true;
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (text.equals("refused")) {
                throw new IllegalStateException("not this one");
            }
            texts.add(text);
        }
    }
}
