package io.gangway.server;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import java.util.function.Consumer;

/**
 * A gateway application that can work on a request while no thread of the server waits for it.
 *
 * <p>A server that can suspend requests calls {@link #begin} in place of {@link #call}, and its thread goes on with other requests.
 * Middleware and other servers use it as an ordinary application.
 *
 * <p>Thread-safe.
 */
public interface SuspendableApplication extends GatewayApplication {
    /**
     * Begins a call, and returns without waiting for the response. It may wait for the client while it reads the request's body.
     *
     * @param environ as for {@link #call}; the server does not change it until the call has been resumed
     * @param resume called exactly once, also after a failure, with the pending call: by any thread, and perhaps before this method
     *     returns. It must not block
     */
    void begin(Environ environ, Consumer<Resumption> resume);

    /** A pending call, as an application: it must be called once with the same environ, or dropped. */
    interface Resumption extends GatewayApplication {
        /** The size of a response that has not arrived completely. */
        int UNKNOWN_SIZE = -1;

        /**
         * The size of the response's body, if it has arrived completely. Then neither {@link #call} nor the iteration blocks, and a
         * Content-Length is equal to this size, except for HEAD.
         *
         * @return bytes, or {@link #UNKNOWN_SIZE}
         */
        int size();

        /** Abandons the call, in place of calling it. */
        void drop();
    }
}
