package io.gangway.python.supervisor;

import io.gangway.python.dispatch.WorkerConnection;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The application to run, and its limits.
 *
 * @param deployment how the log names the deployment
 * @param loader the kind of name: {@code python} or {@code paste}
 * @param application the name without its loader, for example {@code shop.wsgi:application}
 * @param isFactory whether the callable is a factory, and its name does not say so
 * @param applicationInterface {@code wsgi}, {@code asgi} or {@code auto}
 * @param python the interpreter, a path or a command
 * @param virtualEnvironment the root of the virtual environment that the interpreter belongs to, if it belongs to one
 * @param pythonPath directories that are put in front of {@code sys.path}
 * @param directory the workers' working directory, if not the JVM's
 * @param identity the user and group of the processes
 * @param environment variables that are added to the JVM's own
 * @param bodies the private directory of request bodies in files, if there is one: they are deleted if the JVM is killed
 * @param workers how many processes
 * @param threads how many requests each serves at once, if the application is a WSGI application
 * @param concurrency max number of exchanges that each serves at once, if it is an ASGI application
 * @param lifespan {@code auto}, {@code on} or {@code off}: whether an ASGI application is told of start and stop
 * @param isPreloaded whether the application is imported once, before the workers are forked
 * @param isServerBatch whether the JVM's threads are scheduled as ones that compute, as the workers are
 * @param reload when workers are replaced by new ones that run the changed code
 * @param limits times and sizes
 */
public record Plan(
        String deployment,
        String loader,
        String application,
        boolean isFactory,
        String applicationInterface,
        String python,
        Optional<Path> virtualEnvironment,
        List<String> pythonPath,
        Optional<Path> directory,
        Identity identity,
        Map<String, String> environment,
        Optional<Path> bodies,
        int workers,
        int threads,
        int concurrency,
        String lifespan,
        boolean isPreloaded,
        boolean isServerBatch,
        Reload reload,
        Limits limits) {

    /**
     * Times and sizes. Zero is no limit, except for the two timeouts of start and stop.
     *
     * @param startTimeout the time within which all workers must be ready
     * @param requestTimeout how long a worker may keep a request waiting
     * @param gracefulTimeout how long requests that are under way may take when their worker retires
     * @param maxRequests after how many requests a worker is replaced
     * @param maxRequestsJitter the max of the random number that is added to {@code maxRequests} for each worker
     * @param maxLifetime the age at which a worker is replaced
     * @param maxMemory the resident bytes above which a worker is replaced
     */
    public record Limits(
            Duration startTimeout,
            Duration requestTimeout,
            Duration gracefulTimeout,
            int maxRequests,
            int maxRequestsJitter,
            Duration maxLifetime,
            long maxMemory) {

        /** After how many requests a worker is replaced. The jitter differs, so that workers are not all replaced at the same time. */
        long requestsAllowed(RandomGenerator random) {
            return maxRequests == 0 ? Long.MAX_VALUE : maxRequests + random.nextLong(maxRequestsJitter + 1L);
        }

        /** Whether an exchange has waited for its worker for too long. */
        boolean isLate(WorkerConnection connection) {
            long since = connection.waitingSince();
            return since != 0 && !connection.isTimedOut() && System.nanoTime() - since > requestTimeout.toNanos();
        }
    }

    /** Min number of workers. */
    public static final int MIN_WORKERS = 1;

    /** Max number of workers: a thousand interpreters are more than any machine's memory is for; a larger number is a mistake. */
    public static final int MAX_WORKERS = 1000;

    /** Connections of a worker besides those of its exchanges: control, stdout, stderr. */
    private static final int MORE_CONNECTIONS = 3;

    /** Max number of exchange connections of each worker; whether it is WSGI's or ASGI's is known when the application is imported. */
    int slots() {
        return Math.max(threads, concurrency);
    }

    /** How many connections a launcher and this number of workers have together at most. */
    int connections(int number) {
        return number * (slots() + MORE_CONNECTIONS) + 1;
    }

    /** The file that the application's name begins with, if it names a file: of a module, or of PasteDeploy. */
    Optional<Path> namedFile() {
        String place = application.split(loader.equals("paste") ? "#" : ":", 2)[0];
        boolean isFile = loader.equals("paste") || place.contains("/") || place.endsWith(".py");
        try {
            return isFile
                    ? Optional.of(directory
                            .orElse(Path.of(""))
                            .resolve(place)
                            .toAbsolutePath()
                            .normalize())
                    : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty(); // the worker says what is wrong
        }
    }

    /** Copies the mutable collections. */
    public Plan {
        pythonPath = List.copyOf(pythonPath);
        environment = Map.copyOf(environment);
    }
}
