package io.gangway.python;

import io.gangway.deploy.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The settings that Python applications have beyond {@link io.gangway.deploy.CoreSettings}. */
public final class PythonSettings {
    /** The interpreter. */
    public static final Setting<String> PYTHON = Setting.text(
                    "python",
                    "a path or a command such as python3.12",
                    "The CPython interpreter, 3.9 or later. Not used with gangway.venv.")
            .withDefault("python3");

    /** A virtual environment, whose interpreter and packages are used. */
    public static final Setting<String> VENV = Setting.text(
            "venv",
            "the root of a virtual environment",
            "The virtual environment that the application is installed in.");

    /** Directories to work in. */
    public static final Setting<String> CHDIR =
            Setting.text("chdir", "a directory", "The directory that the workers work in; the JVM's if it is not set.");

    /** Where modules are looked for. */
    public static final Setting<List<String>> PYTHON_PATH = Setting.list(
                    "python-path",
                    "directories",
                    Function.identity(),
                    "Where modules are looked for first, in this order.")
            .withDefault(
                    settings -> List.of(settings.find(CHDIR).orElse(".")), "the directory that the workers work in");

    /** Variables for the workers. */
    public static final Setting<Map<String, String>> ENV = Setting.map(
            "env",
            name -> name.matches("[A-Za-z_][A-Za-z0-9_]*"),
            "a name of letters, digits and underscores",
            "Adds NAME to the workers' environment variables, beside the JVM's own.");

    /** How many processes. */
    public static final Setting<Integer> WORKERS = Setting.integer(
                    "workers", 1, 1000, "processes", "How many worker processes serve the application.")
            .withDefault(
                    settings -> Runtime.getRuntime().availableProcessors(),
                    "the number of processors that the JVM sees");

    /** How many threads in each. */
    public static final Setting<Integer> THREADS = Setting.integer(
                    "threads",
                    1,
                    1000,
                    "threads",
                    "How many requests each worker serves at once; 1 for applications that are not thread-safe.")
            .withDefault(4);

    /** Whether workers share what was imported. */
    public static final Setting<Boolean> PRELOAD = Setting.bool(
                    "preload",
                    "Whether the application is imported once, before the workers are forked: they share its memory and"
                            + " start faster, but nothing that it opens or starts while it is imported may be used by all.")
            .withDefault(false);

    /** How long the start may take. */
    public static final Setting<Duration> START_TIMEOUT = Setting.duration(
                    "start-timeout", "How long all workers together may take until they are ready.")
            .checked(it -> !it.isZero(), "a duration above 0")
            .withDefault(Duration.ofSeconds(60));

    /** How long an answer may take. */
    public static final Setting<Duration> REQUEST_TIMEOUT = Setting.duration(
                    "request-timeout",
                    "How long a worker may keep a request waiting for its head, or for the next block. Time that the client"
                            + " takes does not count. After it, the worker writes its stacks to the log, is killed and"
                            + " replaced; the client gets 504. 0s is no limit.")
            .withDefault(Duration.ofSeconds(60));

    /** How many requests may wait. */
    public static final Setting<Integer> QUEUE_SIZE = Setting.integer(
                    "queue-size",
                    0,
                    1_000_000,
                    "requests",
                    "How many requests may wait for a worker; further ones are answered 503.")
            .withDefault(100);

    /** How long a request may wait. */
    public static final Setting<Duration> QUEUE_TIMEOUT = Setting.duration(
                    "queue-timeout", "How long a request may wait for a worker; then it is answered 503.")
            .withDefault(Duration.ofSeconds(30));

    /** When a worker has served enough. */
    public static final Setting<Integer> MAX_REQUESTS = Setting.integer(
                    "max-requests",
                    0,
                    Integer.MAX_VALUE,
                    "requests",
                    "After how many requests a worker is replaced, against slow leaks; 0 is never.")
            .withDefault(0);

    /** So that workers are not replaced all at once. */
    public static final Setting<Integer> MAX_REQUESTS_JITTER = Setting.integer(
                    "max-requests-jitter",
                    0,
                    Integer.MAX_VALUE,
                    "requests",
                    "Up to how many requests are added to gangway.max-requests, by chance for each worker.")
            .withDefault(0);

    /** When a worker is old. */
    public static final Setting<Duration> MAX_LIFETIME = Setting.duration(
                    "max-lifetime", "After what time a worker is replaced; 0s is never.")
            .withDefault(Duration.ZERO);

    /** When a worker is large. */
    public static final Setting<Long> MAX_MEMORY = Setting.byteSize(
                    "max-memory", "Above which resident memory a worker is replaced, on Linux; 0 is never.")
            .withDefault(0L);

    /** How long requests may take when their worker is to end. */
    public static final Setting<Duration> GRACEFUL_TIMEOUT = Setting.duration(
                    "graceful-timeout",
                    "How long requests that are under way may take when their worker is replaced or the application stops.")
            .withDefault(Duration.ofSeconds(30));

    private PythonSettings() {}

    /**
     * All of them.
     *
     * @return in the order of the table
     */
    public static List<Setting<?>> all() {
        return List.of(
                PYTHON,
                VENV,
                PYTHON_PATH,
                CHDIR,
                ENV,
                WORKERS,
                THREADS,
                PRELOAD,
                START_TIMEOUT,
                REQUEST_TIMEOUT,
                QUEUE_SIZE,
                QUEUE_TIMEOUT,
                MAX_REQUESTS,
                MAX_REQUESTS_JITTER,
                MAX_LIFETIME,
                MAX_MEMORY,
                GRACEFUL_TIMEOUT);
    }

    /** A path as the workers need it, wherever they work. */
    static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }
}
