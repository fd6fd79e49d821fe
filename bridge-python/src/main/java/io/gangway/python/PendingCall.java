package io.gangway.python;

import io.gangway.server.SuspendableApplication.Resumption;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;

/**
 * A pending call of the application, ready to be completed.
 *
 * @param application completes the call
 * @param size bytes of its body, if neither the call nor the iteration blocks
 * @param giveUp run if the call is given up
 */
record PendingCall(GatewayApplication application, int size, Runnable giveUp) implements Resumption {
    /** A call whose whole response has come. */
    static PendingCall whole(int size, GatewayApplication application) {
        return new PendingCall(application, size, PendingCall::doNothing);
    }

    /** A call that may block, and holds no resource before. */
    static PendingCall later(GatewayApplication application) {
        return later(application, PendingCall::doNothing);
    }

    /** A call that may block, and holds a resource that {@code giveUp} releases. */
    static PendingCall later(GatewayApplication application, Runnable giveUp) {
        return new PendingCall(application, UNKNOWN_SIZE, giveUp);
    }

    /** A call that has failed. */
    static PendingCall failed(Throwable problem) {
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
