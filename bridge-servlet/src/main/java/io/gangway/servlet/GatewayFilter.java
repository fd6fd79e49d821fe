package io.gangway.servlet;

import static java.util.Objects.requireNonNull;

import io.gangway.deploy.LoadedApplication;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Shares a web application's paths between its own servlets and files, and a gateway application. One of them is asked first; a request
 * that it answers with 404 or 405 goes to the other.
 *
 * <p>The order is the setting {@code gangway.filter-order}: {@code container-first} by default, or
 * {@code application-first}. The application is named as for {@link GatewayServlet}. It is mounted at the context path;
 * the filter's mapping does not matter.
 *
 * <p>With {@code container-first}, only a synchronous 404 or 405 hands a request on. If a servlet has called {@code startAsync}, its
 * answer is final, a 404 too: it comes after this filter has returned. The filter itself never makes a request asynchronous, because
 * filters are not called in the dispatch that would end it; a request that it hands to the application keeps its thread.
 *
 * <p>The part of the request's body that the first one has read is lost for the second: an application that is asked first should
 * decide by method and path before it reads.
 *
 * <p>Lifecycle and threading are those of {@link GatewayServlet}, with one difference: a filter that does not start makes its whole web
 * application unavailable, and the container answers all its requests with 404 (Tomcat) or 503 (Jetty).
 */
public class GatewayFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    /** The side that is asked first. */
    public enum Order {
        /** The container's servlets and static files. */
        CONTAINER_FIRST,
        /** The gateway application. */
        APPLICATION_FIRST
    }

    private final transient @Nullable GatewayApplication given;
    private transient @Nullable Gateway gateway;
    private transient @Nullable Mounts mounts;

    /** Makes a filter whose application is named by the setting {@code gangway.application}, or by a subclass. */
    public GatewayFilter() {
        given = null;
    }

    /**
     * Makes a filter for an application.
     *
     * @param application called by many threads at once
     */
    public GatewayFilter(GatewayApplication application) {
        given = requireNonNull(application, "application");
    }

    /**
     * Gives the application; a subclass overrides it. Called once, by {@code init}.
     *
     * @return the application; empty if the setting {@code gangway.application} names it
     * @throws Exception if it cannot be made; the filter then does not start
     */
    protected Optional<GatewayApplication> application() throws Exception {
        return Optional.ofNullable(given);
    }

    /**
     * Loads the application.
     *
     * @throws UnavailableException if the settings or the application are wrong; it is permanent, and does not tell the reason, which is in
     *     the log; nothing is left running
     */
    @Override
    public final void init() throws UnavailableException {
        Map<String, String> parameters = Parameters.of(getInitParameterNames(), this::getInitParameter);
        gateway = Gateway.start(
                getServletContext(),
                getFilterName(),
                parameters,
                settings -> application().map(LoadedApplication::of));
        mounts = new Mounts(getServletContext(), gateway.encodedSlashes());
    }

    @Override
    protected final void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Gateway started = requireNonNull(gateway);
        RequestPath path = requireNonNull(mounts).filterPath(request);
        boolean isContainerFirst = started.settings().get(ServletSettings.FILTER_ORDER) == Order.CONTAINER_FIRST;
        if (isContainerFirst && DeclinableResponse.isAnsweredByServlet(request)) {
            chain.doFilter(request, response);
        } else if (isContainerFirst) {
            DeclinableResponse declinable = new DeclinableResponse(response);
            chain.doFilter(declinable.noticing(request), declinable);
            if (declinable.takeBackIfDeclined()) {
                started.handleOnThisThread(request, response, path);
            }
        } else if (started.handleOrDecline(request, response, path)) {
            chain.doFilter(request, response);
        }
    }

    /** Stops the application. */
    @Override
    public final void destroy() {
        if (gateway != null) {
            gateway.close();
        }
    }
}
