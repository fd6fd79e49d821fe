package io.gangway.it.attacks;

/** A state of a WebSocket, as the client sees it. */
enum SocketState {
    /** The application has the handshake, and is silent. */
    HANDSHAKE_PENDING,
    /** It is accepted, and nothing is said. */
    IDLE,
    /** A part of a frame is sent. */
    IN_A_FRAME,
    /** The first part of a message is sent. */
    IN_A_MESSAGE,
    /** The application sends more than the buffers between it and a client that does not read can hold. */
    IN_A_FLOOD,
    /** The client has sent its close, and has not read the answer. */
    CLOSED_BY_THE_CLIENT,
    /** The application has closed it, and the client has not answered. */
    CLOSED_BY_THE_APPLICATION
}
