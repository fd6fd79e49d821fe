package io.gangway.wsgi;

/**
 * A function from application to application: what it returns is called in the inner one's place, and may look at or
 * change the request, the response, both, or answer by itself.
 *
 * <p>A middleware that wraps the body must pass {@code close()} on to it (W65) and must not ask for more than one inner
 * block for each block that it yields (PEP 3333, "Middleware Handling of Block Boundaries").
 */
@FunctionalInterface
public interface Middleware {
    /**
     * Wraps an application.
     *
     * @param application the inner application
     * @return the wrapped application, which obeys the same rules
     */
    GatewayApplication wrap(GatewayApplication application);

    /**
     * Puts this middleware around another: {@code a.around(b).wrap(app)} is {@code a.wrap(b.wrap(app))}.
     *
     * @param inner the middleware that sees the request second
     * @return both as one
     */
    default Middleware around(Middleware inner) {
        return application -> wrap(inner.wrap(application));
    }
}
