package io.gangway.cli.log;

import java.util.List;
import java.util.logging.Level;

/** The values of {@code --log-level}. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARNING,
    ERROR;

    /** The level of java.util.logging that {@link System.Logger} maps it to. */
    Level level() {
        return switch (this) {
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
        };
    }

    /** The highest of these levels that an entry's level reaches; what is below all of them is DEBUG. */
    static LogLevel of(Level entry) {
        return List.of(ERROR, WARNING, INFO).stream()
                .filter(it -> entry.intValue() >= it.level().intValue())
                .findFirst()
                .orElse(DEBUG);
    }
}
