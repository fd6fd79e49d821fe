package io.gangway.python.protocol;

import java.io.IOException;

/** The peer broke the protocol; its connection is to be closed. */
public final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * A breach of the protocol.
     *
     * @param message what came, where, and what was expected
     */
    public ProtocolException(String message) {
        super(message);
    }
}
