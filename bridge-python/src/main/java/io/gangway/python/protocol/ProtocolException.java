package io.gangway.python.protocol;

import java.io.IOException;

/** The peer sent what the protocol does not allow; its connection is to be closed. */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Says what came.
     *
     * @param message what came, where, and what was expected
     */
    public ProtocolException(String message) {
        super(message);
    }
}
