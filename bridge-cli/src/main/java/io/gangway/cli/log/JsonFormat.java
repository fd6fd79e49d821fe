package io.gangway.cli.log;

import io.gangway.wsgi.Escapes;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** One JSON object on one line for each entry (RFC 8259), for programs that collect logs. Every text is a JSON string, in ASCII; the pid is a number. */
final class JsonFormat extends Formatter {
    private static final long PID = ProcessHandle.current().pid();

    @Override
    public String format(LogRecord entry) {
        StringBuilder text = new StringBuilder(240);
        text.append("{\"time\":").append(Escapes.json(entry.getInstant().toString())); // RFC 3339, in UTC
        member(text, "level", LogLevel.of(entry.getLevel()).name().toLowerCase(Locale.ROOT));
        text.append(",\"pid\":").append(PID);
        member(text, "logger", String.valueOf(entry.getLoggerName()));
        member(text, "message", String.valueOf(formatMessage(entry)));
        if (entry.getThrown() != null) {
            member(text, "exception", TextFormat.trace(entry.getThrown()).stripTrailing());
        }
        return text.append("}\n").toString();
    }

    private static void member(StringBuilder text, String name, String value) {
        text.append(",\"").append(name).append("\":").append(Escapes.json(value));
    }
}
