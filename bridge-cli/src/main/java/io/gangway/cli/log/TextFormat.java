package io.gangway.cli.log;

import io.gangway.wsgi.Escapes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** A line for each entry: time, level, the JVM's pid, logger and message; below it the entry's stack trace, if it has one. */
final class TextFormat extends Formatter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");
    private static final String OWN = "io.gangway.";
    private static final String PID = " [" + ProcessHandle.current().pid() + "] ";

    @Override
    public String format(LogRecord entry) {
        StringBuilder text = new StringBuilder(160);
        TIME.formatTo(entry.getInstant().atZone(ZoneId.systemDefault()), text);
        text.append(' ').append(name(entry.getLevel())).append(PID);
        text.append(shortened(String.valueOf(entry.getLoggerName())))
                .append(": ")
                .append(Escapes.shown(formatMessage(entry))) // a library's message may quote a client
                .append('\n');
        if (entry.getThrown() != null) {
            text.append(Escapes.shown(trace(entry.getThrown())));
        }
        return text.toString();
    }

    public static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return trace.toString();
    }

    /** The level in five characters, so that the texts after it are in one column. */
    private static String name(Level level) {
        return switch (LogLevel.of(level)) {
            case DEBUG -> "DEBUG";
            case INFO -> "INFO ";
            case WARNING -> "WARN ";
            case ERROR -> "ERROR";
        };
    }

    private static String shortened(String logger) {
        return logger.startsWith(OWN) ? logger.substring(OWN.length()) : logger;
    }
}
