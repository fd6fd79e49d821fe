package io.gangway.exchange;

import io.gangway.wsgi.ClientException;

/**
 * What an application wants to know of its client while it does something else.
 *
 * <p>Its methods are called by any thread, also within a call of the exchange's own methods, and never two for the same want. They must not block.
 */
public interface ExchangeListener {
    /** {@link Exchange#read} has given 0, and may be called again. */
    void readable();

    /** {@link Exchange#write} has returned false, and there is room again; the array of that write is free. */
    void writable();

    /**
     * The client has closed its side of the connection while the application was silent: it most likely does not read the answer any more. Called at most
     * once, within five seconds, where the system shows it (Linux, TCP).
     */
    default void closing() {}

    /**
     * Whether {@link #closing} is wanted. Applications in workers do not want it: a client that has closed its side may still wait for its answer, and a call cannot be interrupted.
     *
     * @return the same value on each call
     */
    default boolean isClosingWanted() {
        return false;
    }

    /**
     * The client has left, or the container has ended the request. Called at most once; the application still has to end the exchange.
     *
     * @param how what happened
     */
    void left(ClientException how);
}
