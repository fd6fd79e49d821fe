package io.gangway.exchange;

/**
 * What an application wants to know of a WebSocket while it does something else.
 *
 * <p>Its methods are called by any thread, also within a call of the exchange's own methods, and never two for the same want. They must not block.
 */
public interface WebSocketListener {
    /** {@link WebSocketExchange#receive} has given null, and may be called again: a message is here. */
    void readable();

    /** {@link WebSocketExchange#send} has returned false, and there is room again. */
    void writable();

    /**
     * The WebSocket is closed, whoever closed it, or the client left before it was accepted. Called once, unless the exchange was denied. Messages that came
     * before are still given by {@link WebSocketExchange#receive}; when that gives null, there are no more.
     *
     * @param code the code of RFC 6455, section 7.4: the client's; 1005 if the client gave none; 1006 if the connection broke; otherwise the code with which this side closed
     * @param reason the reason that belongs to the code; possibly empty
     */
    void closed(int code, String reason);
}
