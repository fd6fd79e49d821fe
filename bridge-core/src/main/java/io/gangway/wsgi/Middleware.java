package io.gangway.wsgi;

/**
 * A function from application to application: the application that it returns is called in place of the inner one. It may read
 * or change the request and the response, or answer without calling the inner application.
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
     * @return a middleware that applies both
     */
    default Middleware around(Middleware inner) {
        return application -> wrap(inner.wrap(application));
    }
}
