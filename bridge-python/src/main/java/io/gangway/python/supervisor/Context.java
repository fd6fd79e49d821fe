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
 * @param headcount how many workers are wanted
 */
record Context(Plan plan, Path directory, EventLoop loop, Dispatcher dispatcher, Headcount headcount) {
    /** The name of the socket, in the directory. */
    static final String SOCKET = "gangway.sock";

    /** As many workers as the plan says, until their number is changed. */
    Context(Plan plan, Path directory, EventLoop loop, Dispatcher dispatcher) {
        this(plan, directory, loop, dispatcher, new Headcount(plan.workers()));
    }

    /** The socket that processes connect to. */
    Path socket() {
        return directory.resolve(SOCKET);
    }
}
