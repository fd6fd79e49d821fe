package io.gangway.server;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import java.util.function.Consumer;

/**
 * A gateway application that can work on a request while none of the server's threads waits for it.
 *
 * <p>A server that can suspend requests calls {@link #begin} in place of {@link #call}, and goes on with others. To everybody else, all middleware included, it is an application like any other.
 *
 * <p>Thread-safe.
 */
public interface SuspendableApplication extends GatewayApplication {
    /**
     * Begins a call, and returns without waiting for the answer. It may wait for the client, to read its body.
     *
     * @param environ as for {@link #call}; to be left as it is until the call has been resumed
     * @param resume called once, whatever happens, with the rest of the call: by any thread, and perhaps before this returns. It
     *     must not wait for anything
     */
    void begin(Environ environ, Consumer<Resumption> resume);

    /** The rest of a call, as an application: to be called once with the same environ, or else dropped. */
    interface Resumption extends GatewayApplication {
        /** The size of a response that is not here yet, or not as a whole. */
        int UNKNOWN_SIZE = -1;

        /**
         * How large the response's body is, if it is here: then neither {@link #call} nor the iteration waits for anything, and if there
         * is a Content-Length, it is this size, but for HEAD.
         *
         * @return bytes, or {@link #UNKNOWN_SIZE}
         */
        int size();

        /** Gives the call up, in place of calling it. */
        void drop();
    }
}
