package io.gangway.cli;

import java.util.logging.Level;

/** The values of {@code --log-level}. */
enum LogLevel {
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
}
