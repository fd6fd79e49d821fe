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

/** The log on standard error: a line for each entry, and the trace below it if it has one. */
final class ConsoleLog extends Formatter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
    private static final String OWN = "io.gangway.";

    /** What Jetty tells of itself at level INFO, the first lines here tell better. Held, for loggers are held weakly. */
    private static final List<Logger> LIBRARIES = List.of(Logger.getLogger("org.eclipse.jetty"));

    private ConsoleLog() {}

    /** Takes the log over, unless {@code java.util.logging.config.file} says how it is to be. */
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

    /** Five characters each, so that what follows stands in one column. */
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
