package io.gangway.python.dispatch;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Receives the answer to a request. Its methods are called on the dispatcher's loop and must not block. */
public interface AnswerListener {
    /**
     * A frame has come. No other frame follows once the connection has been released, and none while it is paused.
     *
     * @param connection the connection that it came over
     * @param frame allowed here by the state table
     * @throws ProtocolException if the frame's content is wrong; {@link #ended} follows
     */
    void received(WorkerConnection connection, Frame frame) throws ProtocolException;

    /**
     * All that was sent has been written, after a time in which the worker did not read.
     *
     * @param connection on which more may be sent
     */
    default void written(WorkerConnection connection) {}

    /**
     * The worker takes no further exchange, and ends when those that it has are over.
     *
     * @param connection of the worker
     */
    default void retiring(WorkerConnection connection) {}

    /**
     * The connection has ended, or must be ended. The listener releases it. No other call follows.
     *
     * @param connection of no further use
     * @param fault how the worker broke the protocol, or null if it did not
     */
    void ended(WorkerConnection connection, @Nullable ProtocolException fault);

    /**
     * Gangway's own code threw: one of the other two methods, perhaps after it had released the connection, or their caller. The
     * listener releases the connection if it has not done so. No other call follows.
     *
     * @param connection the connection on which the answer was awaited
     * @param problem the exception
     */
    void failed(WorkerConnection connection, Throwable problem);
}
