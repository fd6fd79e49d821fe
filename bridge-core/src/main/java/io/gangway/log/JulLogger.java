package io.gangway.log;

import java.util.ResourceBundle;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A logger of java.util.logging whose records name the logger as their source: its last part as the method, the rest as the class, because formatters print these
 * two with a dot or a space between them. A class of its own, so that a JVM without the module java.logging does not load it.
 */
final class JulLogger implements System.Logger {
    private final Logger logger;
    private final String source;
    private final String lastPart;

    JulLogger(String name) {
        logger = Logger.getLogger(name);
        int dot = name.lastIndexOf('.');
        source = name.substring(0, Math.max(dot, 0));
        lastPart = name.substring(dot + 1);
    }

    @Override
    public String getName() {
        return logger.getName();
    }

    @Override
    public boolean isLoggable(Level level) {
        return logger.isLoggable(level(level));
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable thrown) {
        log(level, text, thrown, null);
    }

    @Override
    public void log(
            Level level,
            @Nullable ResourceBundle bundle,
            @Nullable String format,
            @Nullable Object @Nullable ... parameters) {
        log(level, format, null, parameters);
    }

    private void log(
            Level level, @Nullable String text, @Nullable Throwable thrown, @Nullable Object @Nullable [] parameters) {
        if (!isLoggable(level)) {
            return;
        }
        LogRecord entry = new LogRecord(level(level), text);
        entry.setLoggerName(logger.getName());
        entry.setSourceClassName(source);
        entry.setSourceMethodName(lastPart);
        entry.setThrown(thrown);
        entry.setParameters(parameters);
        logger.log(entry);
    }

    /** As {@link System.Logger.Level} documents it. */
    private static java.util.logging.Level level(Level level) {
        return switch (level) {
            case ALL -> java.util.logging.Level.ALL;
            case TRACE -> java.util.logging.Level.FINER;
            case DEBUG -> java.util.logging.Level.FINE;
            case INFO -> java.util.logging.Level.INFO;
            case WARNING -> java.util.logging.Level.WARNING;
            case ERROR -> java.util.logging.Level.SEVERE;
            case OFF -> java.util.logging.Level.OFF;
        };
    }
}
