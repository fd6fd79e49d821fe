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

    @Override
    void close() throws IOException;
}
