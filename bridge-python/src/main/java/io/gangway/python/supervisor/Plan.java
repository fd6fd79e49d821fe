package io.gangway.python.supervisor;

import io.gangway.python.dispatch.WorkerConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What is to be run, and within which limits.
 *
 * @param application {@code module:attribute.path}
 * @param applicationInterface {@code wsgi}, {@code asgi} or {@code auto}
 * @param python the interpreter, a path or a command
 * @param virtualEnvironment its root, if the interpreter is one's
 * @param pythonPath in front of {@code sys.path}
 * @param directory to work in, if not the JVM's
 * @param environment added to the JVM's own
 * @param workers how many processes
 * @param threads how many requests each serves at once
 * @param isPreloaded whether the application is imported once, before the workers are forked
 * @param reload when workers are replaced by such as run changed code
 * @param limits times and sizes
 */
public record Plan(
        String application,
        String applicationInterface,
        String python,
        Optional<Path> virtualEnvironment,
        List<String> pythonPath,
        Optional<Path> directory,
        Map<String, String> environment,
        int workers,
        int threads,
        boolean isPreloaded,
        Reload reload,
        Limits limits) {

    /**
     * Times and sizes. Zero is no limit, except for the two timeouts of start and stop.
     *
     * @param startTimeout until all workers must be ready
     * @param requestTimeout for which a worker may keep a request waiting
     * @param gracefulTimeout for the requests under way when a worker retires
     * @param maxRequests after which a worker is replaced
     * @param maxRequestsJitter up to which is added to that, by chance
     * @param maxLifetime after which a worker is replaced
     * @param maxMemory resident bytes above which a worker is replaced
     */
    public record Limits(
            Duration startTimeout,
            Duration requestTimeout,
            Duration gracefulTimeout,
            int maxRequests,
            int maxRequestsJitter,
            Duration maxLifetime,
            long maxMemory) {

        /** After how many requests a worker is replaced: not all at once, so each has a share of the jitter. */
        long requestsAllowed(RandomGenerator random) {
            return maxRequests == 0 ? Long.MAX_VALUE : maxRequests + random.nextLong(maxRequestsJitter + 1L);
        }

        /** Whether an exchange has waited for its worker for too long. */
        boolean isLate(WorkerConnection connection) {
            long since = connection.waitingSince();
            return since != 0 && !connection.isTimedOut() && System.nanoTime() - since > requestTimeout.toNanos();
        }
    }

    /** Connections of a worker besides its threads': control, stdout, stderr. */
    private static final int MORE_CONNECTIONS = 3;

    /** How many connections the processes have, when all of them are there: each worker's, and the launcher's. */
    int connections() {
        return workers * (threads + MORE_CONNECTIONS) + 1;
    }

    /** Copies what could change. */
    public Plan {
        pythonPath = List.copyOf(pythonPath);
        environment = Map.copyOf(environment);
    }
}
