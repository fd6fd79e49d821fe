package io.gangway.cli.log;

import java.util.logging.Formatter;

/** The values of {@code --log-format}. */
public enum LogFormat {
    TEXT,
    JSON;

    Formatter formatter() {
        return switch (this) {
            case TEXT -> new TextFormat();
            case JSON -> new JsonFormat();
        };
    }
}
