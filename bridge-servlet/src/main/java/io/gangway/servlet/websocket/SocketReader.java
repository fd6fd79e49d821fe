package io.gangway.servlet.websocket;

/**
 * What reads the connection of one WebSocket, in a server that can stop reading. A server gives it to the servlet as the request attribute {@link #ATTRIBUTE}. Where there is none, as in Tomcat and in Jetty's
 * distribution, a client can be held up only by a thread that waits.
 *
 * <p>Thread-safe. No method waits.
 */
public interface SocketReader {
    /** The name of the request attribute. */
    String ATTRIBUTE = "io.gangway.servlet.socketReader";

    /** Reads no more of the connection until {@link #resume}; the messages of what has been read already still come. */
    void pause();

    /** Reads on. Does nothing if it is not paused. */
    void resume();

    /** Whether the client is gone, although the container may not have told it: a stream that is reset while its request is being suspended. */
    boolean isClientGone();

    /** Allows that messages come on the thread that waits for all connections: what they call neither waits nor takes long. */
    void shareThread();
}
