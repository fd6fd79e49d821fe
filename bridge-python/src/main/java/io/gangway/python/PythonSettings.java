package io.gangway.python;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import io.gangway.python.supervisor.Identity;
import io.gangway.python.supervisor.Plan;
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

    /** The system property in which the Python package {@code gangway_server} names the interpreter that it is installed in. */
    private static final String STARTED_BY_PYTHON = "io.gangway.python.default";

    /** Bytes: as much as a film on a DVD, the largest upload that applications usually expect; most disks have so much free space. */
    private static final long DEFAULT_BUFFER_LIMIT = 4L << 30;

    /** The virtual environment whose interpreter and packages are used. */
    public static final Setting<String> VENV = Setting.text(
                    "venv",
                    "the root of a virtual environment",
                    "The virtual environment that the application is installed in. If it is not set, the one that is active"
                            + " where the JVM was started (`VIRTUAL_ENV`).")
            .checked(
                    PythonSettings::isVenv,
                    "the root of a virtual environment, which `python3 -m venv` makes and in which this user may run "
                            + VENV_PYTHON)
            .withPlaceholder("DIR");

    /** The interpreter. */
    public static final Setting<String> PYTHON = Setting.text(
                    "python",
                    "a path, or a command, for example python3.12",
                    "The CPython interpreter, 3.9 or later. If gangway.venv is set, it must have the version that the"
                            + " virtual environment was made for.")
            .withDefault(
                    settings -> venv(settings)
                            .map(venv -> venv.resolve(VENV_PYTHON).toString())
                            .orElseGet(() -> System.getProperty(STARTED_BY_PYTHON, "python3")),
                    "the virtual environment's; without one, the one that `gangway` was installed in with pip, otherwise"
                            + " `python3`")
            .withPlaceholder("PROGRAM");

    /** The workers' working directory. */
    public static final Setting<String> CHDIR = Setting.text(
                    "chdir", "a directory", "The workers' working directory; if it is not set, the JVM's.")
            .checked(PythonSettings::isDirectory, "an existing directory that this user may enter")
            .withPlaceholder("DIR");

    /** The directories that are searched for modules. */
    public static final Setting<List<String>> PYTHON_PATH = Setting.list(
                    "python-path",
                    "directories",
                    Function.identity(),
                    "The directories that are searched for modules first, in this order.")
            .withDefault(settings -> List.of(settings.find(CHDIR).orElse(".")), "the workers' working directory")
            .withPlaceholder("DIR,...");

    /** Environment variables of the workers. */
    public static final Setting<Map<String, String>> ENV = Setting.map(
            "env",
            name -> name.matches("[A-Za-z_][A-Za-z0-9_]*"),
            "a name of letters, digits and underscores",
            "Sets the environment variable NAME in the workers. They also get the JVM's environment variables.");

    /** The user that the workers run as. */
    public static final Setting<String> USER = Setting.text(
                    "user",
                    "a user of this machine",
                    "The user that the workers run as, a name or number. The JVM must run as root for that, and stays"
                            + " root. The user must be able to read the application and its packages.")
            .withPlaceholder("USER");

    /** The group that the workers run as. */
    public static final Setting<String> GROUP = Setting.text(
                    "group",
                    "a group of this machine",
                    "The group that the workers run as, a name or number; if it is not set, the groups of gangway.user.")
            .withPlaceholder("GROUP");

    /** The interface of a Python callable. */
    public enum Interface {
        /** Found out from its signature. */
        AUTO,
        /** PEP 3333. */
        WSGI,
        /** ASGI 3. */
        ASGI
    }

    /** The application's interface. */
    public static final Setting<Interface> INTERFACE = Setting.choice(
                    "interface",
                    Interface.class,
                    "The application's interface. Set it if auto, which looks at the callable's signature, finds the wrong"
                            + " one.")
            .withDefault(Interface.AUTO);

    /** Whether the callable makes the application. */
    public static final Setting<Boolean> FACTORY = Setting.bool(
                    "factory",
                    "Whether the callable that is named is a factory, which returns the application when it is called without arguments:"
                            + " `shop:create_app` with this setting is `shop:create_app()`.")
            .withDefault(false);

    /** How many processes. */
    public static final Setting<Integer> WORKERS = Setting.integer(
                    "workers",
                    Plan.MIN_WORKERS,
                    Plan.MAX_WORKERS,
                    "processes",
                    "How many worker processes serve the application.")
            .withDefault(
                    settings -> Runtime.getRuntime().availableProcessors(),
                    "the number of processors that the JVM sees");

    /** How many threads each process has. */
    public static final Setting<Integer> THREADS = Setting.integer(
                    "threads",
                    1,
                    1000,
                    "threads",
                    "How many requests each worker of a WSGI application serves at once; 1 for applications that are not thread-safe.")
            .withDefault(4);

    /**
     * How many exchanges of an ASGI application each process serves. The default is that of gunicorn's {@code worker_connections}: enough for most, and a worker that is
     * overloaded makes further requests wait in the queue, which is bounded.
     */
    public static final Setting<Integer> ASGI_CONCURRENCY = Setting.integer(
                    "asgi-concurrency",
                    1,
                    100_000,
                    "exchanges",
                    "How many requests and WebSockets each worker of an ASGI application serves at once; further ones wait as gangway.queue-size and gangway.queue-timeout say. Each"
                            + " has a connection between Gangway and the worker, which stays open for later ones, so that both need as many open files (ulimit -n).")
            .withDefault(1_000);

    /** Whether workers share the imported application. */
    public static final Setting<Boolean> PRELOAD = Setting.bool(
                    "preload",
                    "Whether the application is imported once, before the workers are forked: they share its memory and"
                            + " start faster. Connections, files and threads that it opens or starts during the import must"
                            + " not be used in the workers.")
            .withDefault(false);

    /** Whether the server gives way to its workers. It is about the whole JVM, which in a container is not ours. */
    public static final Setting<Boolean> BATCH_SCHEDULING = Setting.bool(
                    "batch-scheduling",
                    "Whether all threads of the JVM are scheduled as threads that compute (Linux: SCHED_BATCH), as the workers are: while all processors are busy, a request that"
                            + " arrives does not interrupt a worker, but waits for some milliseconds at most, which saves up to a quarter of the CPU time of each. Threads with another class than the"
                            + " usual one, and a JVM of another user than the launcher's, are left alone. `gangway run` and `java -jar` of a WAR do it by default.")
            .withDefault(false);

    /** The max time that a request waits for its worker. */
    public static final Setting<Duration> REQUEST_TIMEOUT = Setting.duration(
                    "request-timeout",
                    "The max time that a worker may take for the head of a response, or for the next block of its body. Time"
                            + " that the client takes does not count. After this time the client gets 504, the worker writes its"
                            + " stacks to the log, and it is replaced: its other requests have gangway.graceful-timeout to"
                            + " finish. An ASGI application's requests have no limit: there it is the max time that an event loop may"
                            + " hang. 0s is no limit.")
            .withDefault(Duration.ofSeconds(60));

    /** The max number of requests that wait. The default is about the backlog of other servers (gunicorn: 2048): a waiting request needs no thread. */
    public static final Setting<Integer> QUEUE_SIZE = Setting.integer(
                    "queue-size",
                    0,
                    1_000_000,
                    "requests",
                    "The max number of requests that wait for a worker; further requests are answered 503.")
            .withDefault(1_000);

    /** The max time that a request waits for a worker. */
    public static final Setting<Duration> QUEUE_TIMEOUT = Setting.duration(
                    "queue-timeout", "The max time that a request waits for a worker; then it is answered 503.")
            .withDefault(Duration.ofSeconds(30));

    /** The request bodies that are collected before a worker is claimed. */
    public enum RequestBuffering {
        /** All. */
        FULL,
        /** None but small ones of known length. */
        OFF
    }

    /** Whether request bodies are collected. */
    public static final Setting<RequestBuffering> REQUEST_BUFFERING = Setting.choice(
                    "request-buffering",
                    RequestBuffering.class,
                    "Whether a request's body is read to its end before a worker gets the request. full: yes, so that a client that"
                            + " sends slowly occupies no worker, and the application knows each body's length, also if the client does not"
                            + " tell it (chunked, HTTP/2). off: the application reads the body while it arrives, and occupies a worker's"
                            + " thread for that time. Not used by ASGI applications: their bodies stream.")
            .withDefault(RequestBuffering.FULL);

    /** The responses that are taken from a worker at its own speed. */
    public enum ResponseBuffering {
        /** All. */
        FULL,
        /** None. */
        OFF
    }

    /** Whether responses are taken from a worker at its own speed. */
    public static final Setting<ResponseBuffering> RESPONSE_BUFFERING = Setting.choice(
                    "response-buffering",
                    ResponseBuffering.class,
                    "Whether a response is taken from its worker as fast as the worker gives it, and stored until the client takes it."
                            + " full: yes, so that a client that receives slowly occupies no worker: 64 KiB in memory, then up to 1 GiB"
                            + " in gangway.buffer-directory; beyond that the worker waits. A client that keeps up gets each block at"
                            + " once. off: the worker waits for the client. Not used by ASGI applications: send waits for the client.")
            .withDefault(ResponseBuffering.FULL);

    /** The directory for bodies that are too large for memory. */
    public static final Setting<String> BUFFER_DIRECTORY = Setting.text(
                    "buffer-directory",
                    "a directory",
                    "The directory in which bodies are stored, in files that no other user can open: collected request bodies, if they are larger"
                            + " than 1 MiB or if other bodies take up the 64 MiB of memory that the application has for them, and"
                            + " responses that slow clients take. On many systems the default is in memory, too: name a directory on"
                            + " a disk if large bodies are expected.")
            .withDefault(settings -> System.getProperty("java.io.tmpdir"), "the JVM's temp directory, `java.io.tmpdir`")
            .withPlaceholder("DIR");

    /** The max bytes of all stored bodies together. */
    public static final Setting<Long> BUFFER_LIMIT = Setting.byteSize(
                    "buffer-limit",
                    "The max size of all the application's bodies together in gangway.buffer-directory. A request whose"
                            + " body does not fit at the moment is answered 503; one whose body alone is larger, 413. A worker"
                            + " whose response does not fit waits for the client.")
            .withDefault(DEFAULT_BUFFER_LIMIT);

    /** The number of requests after which a worker is replaced. */
    public static final Setting<Integer> MAX_REQUESTS = Setting.integer(
                    "max-requests",
                    0,
                    Integer.MAX_VALUE,
                    "requests",
                    "The number of requests after which a worker is replaced, against slow leaks; 0 is never.")
            .withDefault(0);

    /** A random addition to the number of requests, so that workers are not all replaced at the same time. */
    public static final Setting<Integer> MAX_REQUESTS_JITTER = Setting.integer(
                    "max-requests-jitter",
                    0,
                    Integer.MAX_VALUE,
                    "requests",
                    "The max of a random number, different for each worker, that is added to gangway.max-requests, so that"
                            + " workers are not all replaced at the same time.")
            .withDefault(0);

    /** The age at which a worker is replaced. */
    public static final Setting<Duration> MAX_LIFETIME = Setting.duration(
                    "max-lifetime", "The age at which a worker is replaced; 0s is never.")
            .withDefault(Duration.ZERO);

    /** The memory above which a worker is replaced. */
    public static final Setting<Long> MAX_MEMORY = Setting.byteSize(
                    "max-memory", "The resident memory above which a worker is replaced, on Linux; 0 is never.")
            .withDefault(0L);

    /** The max time of requests that are under way when their worker has to end. */
    public static final Setting<Duration> GRACEFUL_TIMEOUT = Setting.duration(
                    "graceful-timeout",
                    "How long requests that are under way, and then an ASGI application's shutdown, may take when their worker is"
                            + " replaced or the application stops. `gangway run` stops within this time; 0s stops at once.")
            .withDefault(Duration.ofSeconds(25)); // Kubernetes kills after 30, and the JVM ends in what is left of them

    /** When changed code is loaded. */
    public static final Setting<String> RELOAD = Setting.text(
                    "reload",
                    Reload.EXPECTED,
                    "When all workers are replaced by new ones that run the changed code: never (`off`); when FILE is touched"
                            + " (`touch:FILE`); or, for development, when a Python file in gangway.python-path changes (`watch`)."
                            + " The new workers serve once all of them are ready. If the changed code cannot be loaded, the old"
                            + " workers go on serving; with `watch`, clients get the traceback instead.")
            .checked(value -> Reload.parse(value).isPresent(), Reload.EXPECTED)
            .withDefault("off")
            .withPlaceholder("MODE")
            .withFlagValue("watch");

    private PythonSettings() {}

    /**
     * All settings of Python applications.
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
                USER,
                GROUP,
                INTERFACE,
                FACTORY,
                WORKERS,
                THREADS,
                ASGI_CONCURRENCY,
                PRELOAD,
                BATCH_SCHEDULING,
                REQUEST_TIMEOUT,
                QUEUE_SIZE,
                QUEUE_TIMEOUT,
                REQUEST_BUFFERING,
                RESPONSE_BUFFERING,
                BUFFER_DIRECTORY,
                BUFFER_LIMIT,
                MAX_REQUESTS,
                MAX_REQUESTS_JITTER,
                MAX_LIFETIME,
                MAX_MEMORY,
                GRACEFUL_TIMEOUT,
                RELOAD);
    }

    /** Who the workers run as. */
    static Identity identity(Settings settings) {
        return new Identity(settings.find(USER), settings.find(GROUP));
    }

    /**
     * The interpreter that a source names. For an application that a WAR carries only this counts: an environment that was active where the container was
     * started has other packages.
     *
     * @param settings those of the deployment
     * @return empty if neither an interpreter nor a virtual environment is set
     */
    public static Optional<String> namedInterpreter(Settings settings) {
        return settings.kind(PYTHON).isPresent() || settings.kind(VENV).isPresent()
                ? Optional.of(settings.get(PYTHON))
                : Optional.empty();
    }

    /** The virtual environment: the one that is set, or else the one that is active where the JVM was started. */
    static Optional<Path> venv(Settings settings) {
        return settings.find(VENV)
                .map(PythonSettings::absolute)
                .or(() -> Optional.ofNullable(System.getenv("VIRTUAL_ENV"))
                        .filter(PythonSettings::isVenv)
                        .map(PythonSettings::absolute));
    }

    private static boolean isVenv(String venv) {
        return Files.isExecutable(absolute(venv).resolve(VENV_PYTHON));
    }

    private static boolean isDirectory(String directory) {
        Path path = absolute(directory);
        return Files.isDirectory(path) && Files.isExecutable(path);
    }

    /** The directory for large bodies. A wrong one fails the start, not the first upload. */
    static Path bufferDirectory(Settings settings) {
        Path directory = absolute(settings.get(BUFFER_DIRECTORY));
        boolean isUsed = settings.get(REQUEST_BUFFERING) != RequestBuffering.OFF
                || settings.get(RESPONSE_BUFFERING) != ResponseBuffering.OFF;
        if (isUsed && !(Files.isDirectory(directory) && Files.isWritable(directory))) {
            throw DeploymentException.ofSetting(
                    "gangway.buffer-directory: expected a directory that Gangway may write to; found "
                            + quote(directory.toString()) + ", which is "
                            + (Files.isDirectory(directory) ? "not writable" : "no directory")
                            + ". Fix: create it, or name another directory");
        }
        return directory;
    }

    /** An absolute path, which does not depend on the workers' working directory. */
    static Path absolute(String path) {
        return NativeText.path(path).toAbsolutePath().normalize();
    }
}
