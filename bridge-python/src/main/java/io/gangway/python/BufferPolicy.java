package io.gangway.python;

import io.gangway.python.PythonSettings.RequestBuffering;
import io.gangway.python.PythonSettings.ResponseBuffering;

/**
 * What is stored, so that slow clients occupy no worker.
 *
 * @param requests whether request bodies are collected before a worker is claimed
 * @param responses whether responses are taken from a worker at its own speed
 */
record BufferPolicy(RequestBuffering requests, ResponseBuffering responses) {
    /** The default. */
    static final BufferPolicy FULL = new BufferPolicy(RequestBuffering.FULL, ResponseBuffering.FULL);

    boolean isRequestCollected() {
        return requests == RequestBuffering.FULL;
    }

    boolean isResponseStored() {
        return responses == ResponseBuffering.FULL;
    }
}
