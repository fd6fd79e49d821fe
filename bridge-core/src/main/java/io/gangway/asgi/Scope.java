package io.gangway.asgi;

import java.util.Map;

/** What an application is called for (A01). Each call gets a scope of its own. */
public sealed interface Scope permits ConnectionScope, LifespanScope {
    /** The version of ASGI. */
    String ASGI_VERSION = "3.0";

    /**
     * The kind.
     *
     * @return {@code http}, {@code websocket} or {@code lifespan}
     */
    String type();

    /**
     * The version of ASGI: {@code asgi["version"]}.
     *
     * @return {@value #ASGI_VERSION}
     */
    default String asgiVersion() {
        return ASGI_VERSION;
    }

    /**
     * The version of the specification for this kind: {@code asgi["spec_version"]}.
     *
     * @return for example {@code 2.5}
     */
    String specVersion();

    /**
     * What the application's lifespan has left for its connections: in a connection, a shallow copy for it alone (A05); in the lifespan, the map to fill.
     *
     * @return a map that may be changed
     */
    Map<String, Object> state();
}
