package io.gangway.python;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import io.gangway.python.supervisor.Reload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The settings that Python applications have beyond {@link io.gangway.deploy.CoreSettings}. */
public final class PythonSettings {
    private static final String VENV_PYTHON = "bin/python";

    /** Bytes: the largest upload that applications usually expect, a film on a DVD; and what most disks have to spare. */
    private static final long DEFAULT_REQUEST_BUFFER_LIMIT = 4L << 30;

    /** A virtual environment, whose interpreter and packages are used. */
    public static final Setting<String> VENV = Setting.text(
                    "venv",
                    "the root of a virtual environment",
                    "The virtual environment that the application is installed in. Without it, the one that is active where"
                            + " the JVM was started (`VIRTUAL_ENV`).")
            .withPlaceholder("DIR");

    /** The interpreter. */
    public static final Setting<String> PYTHON = Setting.text(
                    "python",
                    "a path or a command such as python3.12",
                    "The CPython interpreter, 3.9 or later. With gangway.venv, one of the version that it was made for.")
            .withDefault(
                    settings -> venv(settings)
                            .map(venv -> venv.resolve(VENV_PYTHON).toString())
                            .orElse("python3"),
                    "the virtual environment's, or else `python3`")
            .withPlaceholder("PROGRAM");

    /** Directories to work in. */
    public static final Setting<String> CHDIR = Setting.text(
                    "chdir", "a directory", "The directory that the workers work in; the JVM's if it is not set.")
            .withPlaceholder("DIR");

    /** Where modules are looked for. */
    public static final Setting<List<String>> PYTHON_PATH = Setting.list(
                    "python-path",
                    "directories",
                    Function.identity(),
                    "Where modules are looked for first, in this order.")
            .withDefault(
                    settings -> List.of(settings.find(CHDIR).orElse(".")), "the directory that the workers work in")
            .withPlaceholder("DIR,...");

    /** Variables for the workers. */
    public static final Setting<Map<String, String>> ENV = Setting.map(
            "env",
            name -> name.matches("[A-Za-z_][A-Za-z0-9_]*"),
            "a name of letters, digits and underscores",
            "Adds NAME to the workers' environment variables, beside the JVM's own.");

    /** What a Python callable speaks. */
    public enum Interface {
        /** Told by its signature. */
        AUTO,
        /** PEP 3333. */
        WSGI,
        /** ASGI 3. */
        ASGI
    }

    /** Which interface. */
    public static final Setting<Interface> INTERFACE = Setting.choice(
                    "interface", Interface.class, "What the application speaks, where its signature misleads.")
            .withDefault(Interface.AUTO);

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
                            + " takes does not count. After it the client gets 504, and the worker writes its stacks to the log"
                            + " and is replaced: its other requests have gangway.graceful-timeout to finish. 0s is no limit.")
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

    /** Which request bodies are collected before a worker is claimed. */
    public enum RequestBuffering {
        /** Those that come without a length. */
        UNKNOWN_LENGTH,
        /** None. */
        OFF
    }

    /** Whether bodies without a length are collected. */
    public static final Setting<RequestBuffering> REQUEST_BUFFERING = Setting.choice(
                    "request-buffering",
                    RequestBuffering.class,
                    "Which request bodies are read to their end before a worker gets the request. unknown-length: those"
                            + " without Content-Length (chunked, HTTP/2), in which many frameworks find nothing; the application"
                            + " is told their length. off: none; the application reads such a body while it arrives, and has a"
                            + " worker's thread for as long.")
            .withDefault(RequestBuffering.UNKNOWN_LENGTH);

    /** Where bodies are stored that are too large for memory. */
    public static final Setting<String> REQUEST_BUFFER_DIRECTORY = Setting.text(
                    "request-buffer-directory",
                    "a directory",
                    "Where collected bodies are stored, in files without a name, if they are larger than 1 MiB or if others take"
                            + " the 64 MiB of memory that the application has for them. On many systems the default is in memory,"
                            + " too: name a directory on a disk if large uploads are expected.")
            .withDefault(settings -> System.getProperty("java.io.tmpdir"), "the JVM's temp directory, `java.io.tmpdir`")
            .withPlaceholder("DIR");

    /** How much room they may take. */
    public static final Setting<Long> REQUEST_BUFFER_LIMIT = Setting.byteSize(
                    "request-buffer-limit",
                    "How much room all bodies of the application together may take in gangway.request-buffer-directory. A request"
                            + " whose body finds no room is answered 503, and 413 if it alone is larger.")
            .withDefault(DEFAULT_REQUEST_BUFFER_LIMIT);

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
                    "How long requests that are under way may take when their worker is replaced or the application stops."
                            + " `gangway run` stops within this time; 0s stops at once.")
            .withDefault(Duration.ofSeconds(25)); // Kubernetes kills after 30, and the JVM ends in what is left of them

    /** When changed code is taken up. */
    public static final Setting<String> RELOAD = Setting.text(
                    "reload",
                    Reload.EXPECTED,
                    "When all workers are replaced by such as run changed code: never; when FILE is touched; or, for development,"
                            + " when a Python file in gangway.python-path changes. They serve once all are ready. If the changed"
                            + " code cannot be loaded, the old one goes on serving; with `watch`, its traceback is shown instead.")
            .checked(value -> Reload.parse(value).isPresent(), Reload.EXPECTED)
            .withDefault("off")
            .withPlaceholder("MODE")
            .withFlagValue("watch");

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
                INTERFACE,
                WORKERS,
                THREADS,
                PRELOAD,
                START_TIMEOUT,
                REQUEST_TIMEOUT,
                QUEUE_SIZE,
                QUEUE_TIMEOUT,
                REQUEST_BUFFERING,
                REQUEST_BUFFER_DIRECTORY,
                REQUEST_BUFFER_LIMIT,
                MAX_REQUESTS,
                MAX_REQUESTS_JITTER,
                MAX_LIFETIME,
                MAX_MEMORY,
                GRACEFUL_TIMEOUT,
                RELOAD);
    }

    /** The virtual environment: the one that is set, or else the one that is active where the JVM was started. */
    static Optional<Path> venv(Settings settings) {
        return settings.find(VENV)
                .map(PythonSettings::checkedVenv)
                .or(() -> Optional.ofNullable(System.getenv("VIRTUAL_ENV"))
                        .map(PythonSettings::absolute)
                        .filter(PythonSettings::isVenv));
    }

    private static Path checkedVenv(String venv) {
        Path root = absolute(venv);
        if (!isVenv(root)) {
            throw new DeploymentException("gangway.venv: expected the root of a virtual environment; found no "
                    + quote(root.resolve(VENV_PYTHON).toString())
                    + ". Fix: name the directory that `python3 -m venv` made");
        }
        return root;
    }

    private static boolean isVenv(Path root) {
        return Files.isExecutable(root.resolve(VENV_PYTHON));
    }

    /** Where large bodies are stored; a directory that is wrong is told at the start, not by the first upload. */
    static Path requestBufferDirectory(Settings settings) {
        Path directory = absolute(settings.get(REQUEST_BUFFER_DIRECTORY));
        if (settings.get(REQUEST_BUFFERING) != RequestBuffering.OFF
                && !(Files.isDirectory(directory) && Files.isWritable(directory))) {
            throw new DeploymentException(
                    "gangway.request-buffer-directory: expected a directory that Gangway may write to; found "
                            + quote(directory.toString()) + ", which is "
                            + (Files.isDirectory(directory) ? "not writable" : "no directory")
                            + ". Fix: create it, or name another one");
        }
        return directory;
    }

    /** A path as the workers need it, wherever they work. */
    static Path absolute(String path) {
        return Path.of(path).toAbsolutePath().normalize();
    }
}
