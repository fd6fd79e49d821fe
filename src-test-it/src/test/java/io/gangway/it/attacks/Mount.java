package io.gangway.it.attacks;

import java.util.Map;
import java.util.TreeMap;

/**
 * An application that is attacked.
 *
 * @param port of the server, on which it speaks HTTP/1.1 and HTTP/2
 * @param base the path under which it is mounted
 */
record Mount(Application application, int port, String base) {
    /** The same application in every way in which a container can serve it. */
    enum Application {
        /** A Java function. */
        FUNCTION(true, 100, Map.of("gangway.application", "class:" + AttackedFunction.class.getName())),
        /** Python in workers. */
        PYTHON(false, 16, Map.of()),
        /** Python in workers, which read bodies while they arrive. */
        STREAMING(true, 16, Map.of("gangway.request-buffering", "off")),
        /** An asynchronous application in Java. */
        ASGI_FUNCTION(true, 100, Map.of("gangway.application", "class:" + AttackedAsgi.class.getName())),
        /** An asynchronous application in Python, in workers. */
        ASGI_PYTHON(
                true,
                100,
                Map.of(
                        "gangway.application", "python:attacked_asgi:application",
                        // Connections to workers are kept: no more of them than those that are gathered.
                        "gangway.asgi-concurrency", "50"));

        private static final Map<String, String> WORKERS = Map.of(
                "gangway.application", "python:attacked:application",
                "gangway.workers", "2",
                "gangway.threads", "8",
                // Nobody is refused, however many clients come at once.
                "gangway.queue-size", "100000",
                "gangway.queue-timeout", "2m");

        private final boolean isStreaming;
        private final int parallel;

        @SuppressWarnings("ImmutableEnumChecker") // Map.of
        private final Map<String, String> settings;

        /** Time for an honest client on a busy machine, as {@link Container#IDLE_MILLIS}: it may have to read a flood before a ping. */
        private static final Map<String, String> SOCKETS = Map.of(
                "gangway.ws-ping-interval", "2s",
                "gangway.ws-ping-timeout", "8s");

        Application(boolean isStreaming, int parallel, Map<String, String> settings) {
            this.isStreaming = isStreaming;
            this.parallel = parallel;
            this.settings = settings;
        }

        /** Its settings, with the workers' own if it runs in workers. */
        Map<String, String> settings(Map<String, String> workers) {
            Map<String, String> all = new TreeMap<>();
            if (isInWorkers()) {
                all.putAll(WORKERS);
                all.putAll(workers);
            }
            if (hasSockets()) {
                all.putAll(SOCKETS);
            }
            all.putAll(settings);
            return all;
        }

        private boolean isInWorkers() {
            return this != FUNCTION && this != ASGI_FUNCTION;
        }

        boolean hasSockets() {
            return this == ASGI_FUNCTION || this == ASGI_PYTHON;
        }

        /** How many requests it serves at once: all threads of its workers; of a container's threads, half of those there are; as many without a thread. */
        int parallel() {
            return parallel;
        }
    }

    /** Whether it can answer before a body has come. */
    boolean isStreaming() {
        return application.isStreaming;
    }

    @Override
    public String toString() {
        return application.name();
    }
}
