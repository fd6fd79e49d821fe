package io.gangway.cli;

import io.gangway.deploy.Setting;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** The settings of the server that {@code gangway run} embeds; a servlet container has its own. */
final class ServerSettings {
    private static final String HEADER_LIMITS = "a size of 1k to 1m";

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

    /** What headers a request may have. nginx takes 32 KiB, uvicorn's h11 16 KiB. */
    static final Setting<Long> REQUEST_HEADER_LIMIT = Setting.byteSize(
                    "request-header-limit",
                    "How large a request's line and headers may be; larger ones are answered 431.")
            .checked(ServerSettings::isHeaderLimit, HEADER_LIMITS)
            .withDefault(32L << 10);

    /** What headers a response may have. */
    static final Setting<Long> RESPONSE_HEADER_LIMIT = Setting.byteSize(
                    "response-header-limit",
                    "How large a response's headers may be, each counted with 32 bytes beside its name and value; in the place"
                            + " of larger ones the client gets a 500, and the log tells why.")
            .checked(ServerSettings::isHeaderLimit, HEADER_LIMITS)
            .withDefault(64L << 10);

    /** How large a body may be. */
    static final Setting<Long> MAX_REQUEST_BODY = Setting.byteSize(
            "max-request-body",
            "How large a request's body may be; larger ones are answered 413: before a byte is read if the client tells the"
                    + " length, otherwise where the body passes the limit. Unlimited if it is not set.");

    /** How long a connection may be idle. Load balancers keep theirs for 60 seconds, and must be the first to close. */
    static final Setting<Duration> IDLE_TIMEOUT = Setting.duration(
                    "idle-timeout",
                    "How long a connection may be idle before it is closed: between requests, or while a client sends or takes"
                            + " nothing. The time that the application takes does not count. A proxy in front should keep its"
                            + " connections for less.")
            .checked(it -> !it.isZero(), "a duration above 0")
            .withDefault(Duration.ofSeconds(75));

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

    private static boolean isHeaderLimit(long bytes) {
        return bytes >= 1 << 10 && bytes <= 1 << 20;
    }

    /** All of them, in the order of the help. */
    static List<Setting<?>> all() {
        return List.of(
                BIND,
                CONTEXT_PATH,
                CLASS_PATH,
                SERVER_THREADS,
                REQUEST_HEADER_LIMIT,
                RESPONSE_HEADER_LIMIT,
                MAX_REQUEST_BODY,
                IDLE_TIMEOUT,
                ACCESS_LOG,
                LOG_LEVEL);
    }
}
