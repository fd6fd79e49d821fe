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
        STREAMING(true, 16, Map.of("gangway.request-buffering", "off"));

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

        Application(boolean isStreaming, int parallel, Map<String, String> settings) {
            this.isStreaming = isStreaming;
            this.parallel = parallel;
            this.settings = settings;
        }

        /** Its settings, with the workers' own if it runs in workers. */
        Map<String, String> settings(Map<String, String> workers) {
            Map<String, String> all = new TreeMap<>(settings);
            if (this != FUNCTION) {
                all.putAll(WORKERS);
                all.putAll(workers);
            }
            return all;
        }

        /** How many requests it serves at once: all threads of its workers; of a container's threads, half of those there are. */
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
