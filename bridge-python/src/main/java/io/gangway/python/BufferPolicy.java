package io.gangway.python;

import io.gangway.python.PythonSettings.RequestBuffering;
import io.gangway.python.PythonSettings.ResponseBuffering;
import java.time.Duration;

/**
 * What is stored, so that slow clients occupy no worker, and what becomes of files.
 *
 * @param requests whether request bodies are collected before a worker is claimed
 * @param responses whether responses are taken from a worker at its own speed
 * @param areFilesOpened whether the server opens a file that a worker offers. It does not if it may open files that the worker cannot: an application could have it read any of them
 * @param maxHeld how long a worker may be held up by the client of one answer, in all, before a file is used
 */
record BufferPolicy(RequestBuffering requests, ResponseBuffering responses, boolean areFilesOpened, Duration maxHeld) {
    /** Noticed by nobody, and long enough for a client that keeps up to make room. */
    static final Duration MAX_HELD = Duration.ofMillis(100);

    /** The default. */
    static final BufferPolicy FULL = new BufferPolicy(RequestBuffering.FULL, ResponseBuffering.FULL, true);

    BufferPolicy(RequestBuffering requests, ResponseBuffering responses, boolean areFilesOpened) {
        this(requests, responses, areFilesOpened, MAX_HELD);
    }

    boolean isRequestCollected() {
        return requests == RequestBuffering.FULL;
    }

    boolean isResponseStored() {
        return responses == ResponseBuffering.FULL;
    }
}
