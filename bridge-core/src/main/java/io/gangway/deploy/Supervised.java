package io.gangway.deploy;

import java.io.IOException;

/**
 * The stop of an application that runs in worker processes: it can also replace the workers, and change their number, while the application serves.
 *
 * <p>A {@link LoadedApplication#stop()} implements it. Thread-safe. No method waits for the workers; after the stop, none has an effect.
 */
public interface Supervised extends TimedStop {
    /**
     * Replaces all workers by new ones that run the current code. The old ones serve until the new ones are ready; if these cannot be started, the
     * old ones go on serving, and the log tells why.
     *
     * @param why the cause, for the log
     */
    void reload(String why);

    /**
     * Changes the number of workers by one or more; it stays between 1 and the max of the setting.
     *
     * @param difference how many workers to start; negative to let workers end, after their requests
     * @param why the cause, for the log
     */
    void changeWorkers(int difference, String why);

    /** A state that a service manager such as systemd is told of. */
    enum ServiceState {
        /** The service serves. */
        READY("READY=1"),
        /** It begins to stop. */
        STOPPING("STOPPING=1");

        private final String text;

        ServiceState(String text) {
            this.text = text;
        }

        /**
         * The state in the words of sd_notify(3).
         *
         * @return for example {@code READY=1}
         */
        public String text() {
            return text;
        }
    }

    /**
     * Tells the service manager a state, if the JVM was started by one that wants to know it (the variable {@code NOTIFY_SOCKET}). Reloads are told without this call.
     *
     * @param state the new state
     */
    void announce(ServiceState state);

    @Override
    void close() throws IOException;
}
