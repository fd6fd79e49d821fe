package io.gangway.asgi;

/**
 * An event between a server and an application: a record for each message of ASGI. A record that breaks a rule cannot be made: its constructor throws an
 * {@link io.gangway.wsgi.ApplicationViolation} that names the rule.
 *
 * <p>Arrays are not copied: whoever has given an event to the other side must not change them any more.
 */
public sealed interface AsgiEvent permits AsgiEvent.Received, AsgiEvent.Sent, HttpEvent, WebSocketEvent, LifespanEvent {
    /**
     * The message's name in ASGI.
     *
     * @return for example {@code http.response.start}
     */
    String type();

    /** An event that an application gets from {@link Receive}. */
    sealed interface Received extends AsgiEvent
            permits HttpEvent.Request,
                    HttpEvent.Disconnect,
                    WebSocketEvent.Connect,
                    WebSocketEvent.Message,
                    WebSocketEvent.Disconnect,
                    LifespanEvent.Startup,
                    LifespanEvent.Shutdown {}

    /** An event that an application gives to {@link Send}. */
    sealed interface Sent extends AsgiEvent
            permits HttpEvent.ResponseStart,
                    HttpEvent.ResponseBody,
                    HttpEvent.PathSend,
                    HttpEvent.ResponseTrailers,
                    WebSocketEvent.Accept,
                    WebSocketEvent.Send,
                    WebSocketEvent.Close,
                    WebSocketEvent.ResponseStart,
                    WebSocketEvent.ResponseBody,
                    LifespanEvent.StartupComplete,
                    LifespanEvent.StartupFailed,
                    LifespanEvent.ShutdownComplete,
                    LifespanEvent.ShutdownFailed {}
}
