package io.gangway.python;

import io.gangway.server.SuspendableApplication.Resumption;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;

/**
 * The rest of a call.
 *
 * @param application what to call
 * @param size of its body, if neither the call nor the iteration waits for anything
 * @param giveUp called if the call is given up
 */
record Rest(GatewayApplication application, int size, Runnable giveUp) implements Resumption {
    /** A response that is here. */
    static Rest whole(int size, GatewayApplication application) {
        return new Rest(application, size, Rest::doNothing);
    }

    /** A call that may take its time, and holds nothing until then. */
    static Rest later(GatewayApplication application) {
        return later(application, Rest::doNothing);
    }

    /** A call that may take its time, and holds something that is to be let go of if it is given up. */
    static Rest later(GatewayApplication application, Runnable giveUp) {
        return new Rest(application, UNKNOWN_SIZE, giveUp);
    }

    /** A call that has failed. */
    static Rest failed(Throwable problem) {
        return later((environ, startResponse) -> {
            if (problem instanceof Exception exception) {
                throw exception;
            }
            throw (Error) problem;
        });
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        return application.call(environ, startResponse);
    }

    private static void doNothing() {
        // nothing is held
    }

    @Override
    public void drop() {
        giveUp.run();
    }
}
