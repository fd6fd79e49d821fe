package io.gangway.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log on standard error: a line for each entry, and below it the entry's stack trace, if it has one. */
final class ConsoleLog extends Formatter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
    private static final String OWN = "io.gangway.";

    /** The loggers of libraries whose INFO entries are left out: the start's own lines tell more. Kept in a field, because loggers are held weakly. */
    private static final List<Logger> LIBRARIES = List.of(Logger.getLogger("org.eclipse.jetty"));

    private ConsoleLog() {}

    /** Configures the log, unless {@code java.util.logging.config.file} configures it. */
    static void configure(LogLevel level) {
        if (System.getProperty("java.util.logging.config.file") != null) {
            return;
        }
        LogManager.getLogManager().reset();
        ConsoleHandler handler = new ConsoleHandler();
        handler.setFormatter(new ConsoleLog());
        handler.setLevel(Level.ALL);
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(level.level());
        if (level == LogLevel.INFO) {
            LIBRARIES.forEach(library -> library.setLevel(Level.WARNING));
        }
    }

    @Override
    public String format(LogRecord entry) {
        StringBuilder text = new StringBuilder(160);
        TIME.formatTo(entry.getInstant().atZone(ZoneId.systemDefault()), text);
        text.append(' ').append(name(entry.getLevel())).append(' ');
        text.append(shortened(entry.getLoggerName()))
                .append(": ")
                .append(formatMessage(entry))
                .append('\n');
        if (entry.getThrown() != null) {
            StringWriter trace = new StringWriter();
            entry.getThrown().printStackTrace(new PrintWriter(trace, true));
            text.append(trace);
        }
        return text.toString();
    }

    /** The level in five characters, so that the texts after it are in one column. */
    private static String name(Level level) {
        int value = level.intValue();
        return value >= Level.SEVERE.intValue()
                ? "ERROR"
                : value >= Level.WARNING.intValue() ? "WARN " : value >= Level.INFO.intValue() ? "INFO " : "DEBUG";
    }

    private static String shortened(String logger) {
        return logger.startsWith(OWN) ? logger.substring(OWN.length()) : logger;
    }
}
