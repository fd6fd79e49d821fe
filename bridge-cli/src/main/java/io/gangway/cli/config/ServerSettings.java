package io.gangway.cli.config;

import io.gangway.cli.log.LogFormat;
import io.gangway.cli.log.LogLevel;
import io.gangway.deploy.Setting;
import io.gangway.middleware.AccessLog;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** The settings of the server that {@code gangway run} embeds; a servlet container has its own. */
public final class ServerSettings {
    private static final int DEFAULT_PORT = 8000;

    private static final String HEADER_LIMITS = "a size of 1k to 1m";

    /** The addresses to listen on. Only this machine can reach the default. */
    public static final Setting<List<Bind>> BIND = Setting.list(
                    "bind",
                    "addresses such as 127.0.0.1:8000, :8000, [::1]:8000 or unix:/run/shop.sock",
                    Bind::parse,
                    "The address to listen on, HOST:PORT or unix:PATH. :PORT without a host is all addresses; port 0 is any free port."
                            + " Several are repeated options, or separated by commas.")
            .checked(binds -> !binds.isEmpty(), "at least one address")
            .withDefault(List.of(new Bind.Port(Bind.LOOPBACK, DEFAULT_PORT)))
            .withPlaceholder("ADDRESS");

    /** The port alone, as other development servers have it. */
    public static final Setting<Integer> PORT = Setting.integer(
            "port",
            0,
            Bind.HIGHEST_PORT,
            "port",
            "The port to listen on, on 127.0.0.1; short for gangway.bind with that address.");

    /** The config file. */
    public static final Setting<String> CONFIG = Setting.text(
                    "config",
                    "a TOML file",
                    "A TOML file with settings. It counts more than the table [tool.gangway] of pyproject.toml in the working directory.")
            .withPlaceholder("FILE");

    /** Files of environment variables. */
    public static final Setting<List<String>> ENV_FILE = Setting.list(
                    "env-file",
                    "files of environment variables",
                    Function.identity(),
                    "A file with lines NAME=TEXT. GANGWAY_* are settings; the workers get the other variables. The process's own environment"
                            + " counts more. Several are repeated options, or separated by commas; the last one counts most.")
            .withDefault(List.of())
            .withPlaceholder("FILE");

    /** The path at which the application is mounted: SCRIPT_NAME (W11). */
    public static final Setting<String> CONTEXT_PATH = Setting.text(
                    "context-path",
                    "a path such as /shop",
                    "The path at which the application is mounted, its SCRIPT_NAME.")
            .checked(path -> path.matches("(/[^/?#;%\\s]+)+"), "a path such as /shop, without a slash at its end")
            .withPlaceholder("PATH");

    /** The class path of Java applications. */
    public static final Setting<List<String>> CLASS_PATH = Setting.list(
                    "class-path",
                    "jars and directories",
                    Function.identity(),
                    "Jars and directories with the Java classes of the application.")
            .withDefault(List.of())
            .withPlaceholder("PATH,...");

    /** The server's threads. */
    public static final Setting<Integer> SERVER_THREADS = Setting.integer(
                    "server-threads",
                    8,
                    100_000,
                    "threads",
                    "Max requests that the server handles at once, including those that wait for a worker.")
            .withDefault(200);

    /** The max size of a request's head. nginx takes 32 KiB, uvicorn's h11 16 KiB. */
    public static final Setting<Long> REQUEST_HEADER_LIMIT = Setting.byteSize(
                    "request-header-limit",
                    "Max size of a request's line and headers; a request with a larger head is answered 431.")
            .checked(ServerSettings::isHeaderLimit, HEADER_LIMITS)
            .withDefault(32L << 10);

    /** The max size of a response's head. */
    public static final Setting<Long> RESPONSE_HEADER_LIMIT = Setting.byteSize(
                    "response-header-limit",
                    "Max size of a response's headers, each counted with 32 bytes beside its name and value; in place of a"
                            + " response with larger headers the client gets a 500, and the log tells why.")
            .checked(ServerSettings::isHeaderLimit, HEADER_LIMITS)
            .withDefault(64L << 10);

    /** The max size of a request's body. */
    public static final Setting<Long> MAX_REQUEST_BODY = Setting.byteSize(
            "max-request-body",
            "Max size of a request's body; a larger one is answered 413: before a byte is read if it has a Content-Length,"
                    + " otherwise when it passes the limit. Unlimited if it is not set.");

    /** How long a connection may be idle. Load balancers keep idle connections for 60 seconds, and must close them before we do. */
    public static final Setting<Duration> IDLE_TIMEOUT = Setting.duration(
                    "idle-timeout",
                    "How long a connection may be idle before it is closed: between requests, or while a client neither sends nor"
                            + " reads. The time that the application takes does not count. A proxy in front should close"
                            + " its idle connections earlier.")
            .checked(it -> !it.isZero(), "a duration above 0")
            .withDefault(Duration.ofSeconds(75));

    /** The group of a Unix socket's file. */
    public static final Setting<String> BIND_GROUP = Setting.text(
                    "bind-group",
                    "a group of this machine",
                    "The group that may connect to the Unix socket of gangway.bind, for example that of nginx; the socket's mode is 0660 then.")
            .withPlaceholder("GROUP");

    /** The mode of a Unix socket's file. */
    public static final Setting<String> BIND_MODE = Setting.text(
                    "bind-mode",
                    "an octal mode",
                    "The mode of the Unix socket of gangway.bind, in octal; the right to write is the right to connect.")
            .checked(mode -> mode.matches("0?[0-7]{3}"), "an octal mode such as 660 or 0666")
            .withPlaceholder("MODE");

    /** The server's certificate: TLS is on if there is one. */
    public static final Setting<String> CERT = Setting.text(
                    "cert",
                    "a PEM file",
                    "A PEM file with the server's certificate, and after it those of the authorities between it and its root. With it, all ports speak TLS, with"
                            + " HTTP/1.1 and HTTP/2; Unix sockets do not. HUP reads it again.")
            .withPlaceholder("FILE");

    /** The certificate's private key. */
    public static final Setting<String> KEY = Setting.text(
                    "key",
                    "a PEM file",
                    "A PEM file with the private key of gangway.cert, without a password; if it is not set, the key is in the file of gangway.cert.")
            .withPlaceholder("FILE");

    /** The authorities of clients. */
    public static final Setting<String> CLIENT_CA = Setting.text(
                    "client-ca",
                    "a PEM file",
                    "A PEM file with the certificates of authorities. Clients need a certificate that one of them has signed: without one there is no connection.")
            .withPlaceholder("FILE");

    /** Ports without TLS that only redirect. */
    public static final Setting<List<Bind.Port>> REDIRECT_HTTP = Setting.list(
                    "redirect-http",
                    "addresses such as :80 or 127.0.0.1:8000",
                    Bind::parsePort,
                    "A further address without TLS, HOST:PORT: its requests are answered with a redirect (308) to the same URI in https, at the first port that"
                            + " speaks TLS. Several are repeated options, or separated by commas.")
            .withDefault(List.of())
            .withPlaceholder("ADDRESS");

    /** Directories that the server serves itself. */
    public static final Setting<List<StaticDirectory>> STATIC = Setting.list(
                    "static",
                    StaticDirectory.EXPECTED,
                    StaticDirectory::parse,
                    "Directories of files that the server sends itself, without a worker: /static=DIR serves DIR/a.css at /static/a.css below the"
                            + " application's path. What is not there is a 404. Several are repeated options, or separated by commas.")
            .withDefault(List.of())
            .withPlaceholder("PATH=DIR");

    /** The file with the process id. */
    public static final Setting<String> PID_FILE = Setting.text(
                    "pid-file",
                    "a file",
                    "A file that has the server's process id while it runs. The file of a process that has ended is replaced.")
            .withPlaceholder("FILE");

    /** The target of the access log. */
    public static final Setting<String> ACCESS_LOG = Setting.text(
                    "access-log",
                    "a file, or - for standard output",
                    "Writes a line for each request, to standard output if no FILE is given. A new file has the mode 0640. Lines have the query strings, which may"
                            + " hold secrets: who may read the file must be allowed to know them.")
            .withPlaceholder("FILE")
            .withFlagValue("-");

    /** The format of the access log. */
    public static final Setting<String> ACCESS_LOG_FORMAT = Setting.text(
                    "access-log-format",
                    "common, combined, json or a pattern",
                    "The format of the access log's lines: `common`, `combined`, `json`, or a pattern with gunicorn's atoms, for example"
                            + " `%(h)s %(m)s %(U)s %(s)s %(D)s`.")
            .checked(AccessLog::isPattern, AccessLog.EXPECTED_PATTERN)
            .withDefault("combined")
            .withPlaceholder("FORMAT");

    /** The level of the log. */
    public static final Setting<LogLevel> LOG_LEVEL = Setting.choice(
                    "log-level",
                    LogLevel.class,
                    "The lowest level of entries in the log, which goes to standard error. debug is about Gangway: libraries do not tell more than at"
                            + " info.")
            .withDefault(LogLevel.INFO);

    /** The format of the log. */
    public static final Setting<LogFormat> LOG_FORMAT = Setting.choice(
                    "log-format",
                    LogFormat.class,
                    "The format of the log: a line of text for each entry, with stack traces below it, or one JSON object on a line.")
            .withDefault(LogFormat.TEXT);

    private ServerSettings() {}

    private static boolean isHeaderLimit(long bytes) {
        return bytes >= 1 << 10 && bytes <= 1 << 20;
    }

    /** All settings of the server, in the order of the help. */
    public static List<Setting<?>> all() {
        return List.of(
                BIND,
                PORT,
                CONFIG,
                ENV_FILE,
                CONTEXT_PATH,
                CLASS_PATH,
                SERVER_THREADS,
                REQUEST_HEADER_LIMIT,
                RESPONSE_HEADER_LIMIT,
                MAX_REQUEST_BODY,
                IDLE_TIMEOUT,
                BIND_GROUP,
                BIND_MODE,
                CERT,
                KEY,
                CLIENT_CA,
                REDIRECT_HTTP,
                STATIC,
                PID_FILE,
                ACCESS_LOG,
                ACCESS_LOG_FORMAT,
                LOG_LEVEL,
                LOG_FORMAT);
    }
}
