package io.gangway.python.supervisor;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.loop.EventLoop;
import java.nio.file.Path;

/**
 * The objects that all parts of one deployment's supervision share.
 *
 * @param plan the application to run, and its limits
 * @param directory private to the deployment
 * @param loop the event loop that the supervision runs on
 * @param dispatcher gives requests to the workers
 */
record Context(Plan plan, Path directory, EventLoop loop, Dispatcher dispatcher) {
    /** The name of the socket, in the directory. */
    static final String SOCKET = "gangway.sock";

    /** The socket that processes connect to. */
    Path socket() {
        return directory.resolve(SOCKET);
    }
}
