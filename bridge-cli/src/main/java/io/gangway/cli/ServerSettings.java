package io.gangway.cli;

import io.gangway.deploy.Setting;
import java.util.List;
import java.util.function.Function;

/** The settings of the server that {@code gangway run} embeds; a servlet container has its own. */
final class ServerSettings {
    /** Where to listen. Only this machine reaches the default. */
    static final Setting<String> BIND = Setting.text(
                    "bind",
                    "host:port, :port for all addresses, port for 127.0.0.1, or unix:/path",
                    "Where to listen, HOST:PORT or unix:PATH. Without a host, :PORT is all addresses. Port 0 is any free one.")
            .checked(Bind::isValid, "an address such as 127.0.0.1:8000, :8000, [::1]:8000 or unix:/run/shop.sock")
            .withDefault("127.0.0.1:8000")
            .withPlaceholder("ADDRESS");

    /** Where the application is mounted: SCRIPT_NAME (W11). */
    static final Setting<String> CONTEXT_PATH = Setting.text(
                    "context-path",
                    "a path such as /shop",
                    "The path that the application is mounted at, its SCRIPT_NAME.")
            .checked(path -> path.matches("(/[^/?#;%\\s]+)+"), "a path such as /shop, without a slash at its end")
            .withPlaceholder("PATH");

    /** Where Java applications are. */
    static final Setting<List<String>> CLASS_PATH = Setting.list(
                    "class-path",
                    "jars and directories",
                    Function.identity(),
                    "Jars and directories where Java classes are found.")
            .withDefault(List.of())
            .withPlaceholder("PATH,...");

    /** How many requests are in the server at once. */
    static final Setting<Integer> SERVER_THREADS = Setting.integer(
                    "server-threads",
                    8,
                    100_000,
                    "threads",
                    "How many requests the server handles at once, those that wait for a worker included.")
            .withDefault(200);

    /** The access log. */
    static final Setting<String> ACCESS_LOG = Setting.text(
                    "access-log",
                    "a file, or - for standard output",
                    "Writes a line for each request, to standard output without a FILE. The format is the combined one.")
            .withPlaceholder("FILE")
            .withFlagValue("-");

    /** The log. */
    static final Setting<LogLevel> LOG_LEVEL = Setting.choice(
                    "log-level", LogLevel.class, "How much is logged, to standard error.")
            .withDefault(LogLevel.INFO);

    private ServerSettings() {}

    /** All of them, in the order of the help. */
    static List<Setting<?>> all() {
        return List.of(BIND, CONTEXT_PATH, CLASS_PATH, SERVER_THREADS, ACCESS_LOG, LOG_LEVEL);
    }
}
