package io.gangway.python.supervisor;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.loop.EventLoop;
import java.nio.file.Path;

/**
 * What everything that belongs to one deployment works with.
 *
 * @param plan what to run
 * @param directory private to the deployment
 * @param loop on which all of it runs
 * @param dispatcher gives requests to the workers
 */
record Surroundings(Plan plan, Path directory, EventLoop loop, Dispatcher dispatcher) {
    /** The name of the socket, in the directory. */
    static final String SOCKET = "gangway.sock";

    /** Where processes connect. */
    Path socket() {
        return directory.resolve(SOCKET);
    }
}
