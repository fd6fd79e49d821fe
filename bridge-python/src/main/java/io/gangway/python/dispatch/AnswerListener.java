package io.gangway.python.dispatch;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Who awaits the answer to a request; called on the dispatcher's loop, which it must not keep waiting. */
public interface AnswerListener {
    /**
     * A frame has come. No other follows once the connection has been released, or taken over.
     *
     * @param connection where it came from
     * @param frame in its place, by the table
     * @throws ProtocolException if it does not say what it should; {@link #ended} follows
     */
    void received(WorkerConnection connection, Frame frame) throws ProtocolException;

    /**
     * The connection has ended, or must be ended; it is to be released. Nothing more follows.
     *
     * @param connection of no further use
     * @param fault what the worker did against the protocol, if it did
     */
    void ended(WorkerConnection connection, @Nullable ProtocolException fault);

    /**
     * Something of ours threw: one of the other two methods, perhaps after it had released the connection, or what calls them. If the
     * connection has not been released, it is to be. Nothing more follows.
     *
     * @param connection where the answer was to come from
     * @param problem what was thrown
     */
    void failed(WorkerConnection connection, Throwable problem);
}
