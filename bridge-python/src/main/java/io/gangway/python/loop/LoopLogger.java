package io.gangway.python.loop;

import io.gangway.log.Logs;
import io.gangway.python.loop.LogWriter.Entry;
import java.lang.System.Logger;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** A logger for code that the event loop runs: on its thread, entries go through its {@link LogWriter}; elsewhere, directly to the log. */
public final class LoopLogger implements Logger {
    private final Logger logger;

    private LoopLogger(Logger logger) {
        this.logger = logger;
    }

    /**
     * A logger.
     *
     * @param name of the logger in the container's log
     * @return it
     */
    public static Logger of(String name) {
        return new LoopLogger(Logs.named(name));
    }

    @Override
    public String getName() {
        return logger.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
        return logger.isLoggable(level);
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
        LogWriter writer = EventLoop.writer();
        if (!isLoggable(level)) {
            return;
        }
        if (writer == null) {
            new Entry(logger, level, text, thrown).write();
        } else {
            writer.add(writer.entry(logger, level, text, thrown));
        }
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, String text, Object @Nullable ... parameters) {
        log(level, bundle, text, (Throwable) null);
    }
}
