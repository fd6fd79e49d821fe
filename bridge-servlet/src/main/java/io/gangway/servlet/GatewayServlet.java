package io.gangway.servlet;

import static java.util.Objects.requireNonNull;

import io.gangway.deploy.Deployment;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Carries a gateway application into a servlet container.
 *
 * <p>There are four ways to say which application:
 *
 * <ul>
 *   <li>by configuration: in web.xml, an annotation or a registration, the init-param {@code gangway.application} names
 *       it, as in {@code class:com.acme.Hello}. All settings are in {@code docs/settings.md};
 *   <li>{@code new GatewayServlet(application)}, for registrations in code;
 *   <li>{@code new GatewayServlet(deployment)}, for servers that resolve settings themselves;
 *   <li>a subclass that overrides {@link #application()}.
 * </ul>
 *
 * <p>The application sees the part of the path after its mount as {@code PATH_INFO}: a servlet mapped to {@code /x/*} or to
 * an exact path is mounted there; one mapped to {@code /}, {@code /*}, {@code *.ext} or the context root is mounted at the
 * context path (W11).
 *
 * <p><b>Lifecycle.</b> The application is loaded by {@code init}, and stopped, and closed if it is {@link AutoCloseable},
 * by {@code destroy}. Why a start failed is one entry of the log. Clients are not told: the servlet is unavailable from then on,
 * which Tomcat answers with 404 and Jetty with 503, and no request starts it again. Give it {@code load-on-startup}, so that it fails when
 * the web application is deployed and not at the first request; Tomcat fails the whole deployment then if
 * {@code META-INF/context.xml} says {@code failCtxIfServletStartFails="true"}.
 *
 * <p><b>Threading.</b> The container calls it from many threads, platform or virtual; it holds no lock. A thread waits for each request
 * unless {@link #SUSPENDABLE} says otherwise.
 */
public class GatewayServlet extends HttpServlet {
    /**
     * The request attribute by which a server lets requests be suspended: with any value, no thread needs to wait for the application, if
     * that can do without ({@link io.gangway.server.SuspendableApplication}).
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it. It is not for Tomcat, which ends a suspended
     * request by itself when its connection fails, and uses the request's objects for the next one, whoever holds them still.
     */
    public static final String SUSPENDABLE = "io.gangway.servlet.suspendable";

    /**
     * An attribute of a servlet context that has no security constraints, set by the server that made it: {@code %2F} in a path is accepted
     * there, whatever the settings say.
     */
    public static final String UNCONSTRAINED = "io.gangway.servlet.unconstrained";

    /**
     * The request attribute by which a server sends the response's Content-Type as the application gave it: a {@code Consumer<String>},
     * called with the value after the servlet response has been told, on the thread that does so.
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it, for Jetty's servlet layer writes {@code text/html; charset=utf-8} without the blank.
     */
    public static final String CONTENT_TYPE = "io.gangway.servlet.contentType";

    /**
     * The request attribute by which a server tells how large a response's head may be: an {@link Integer}, bytes as HTTP/2 counts them
     * (RFC 9113, section 6.5.2). A larger one is answered 500, and told in the log. Without it, the container does what it does.
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it.
     */
    public static final String RESPONSE_HEADER_LIMIT = "io.gangway.servlet.responseHeaderLimit";

    private static final long serialVersionUID = 1L;

    private final transient @Nullable GatewayApplication given;
    private final transient @Nullable Deployment deployment;
    private transient @Nullable Gateway gateway;
    private transient @Nullable Mounts mounts;

    /** Makes a servlet whose application is named by the setting {@code gangway.application}, or by a subclass. */
    public GatewayServlet() {
        given = null;
        deployment = null;
    }

    /**
     * Makes a servlet for an application.
     *
     * @param application called by many threads at once
     */
    public GatewayServlet(GatewayApplication application) {
        given = requireNonNull(application, "application");
        deployment = null;
    }

    /**
     * Makes a servlet for a deployment that is running already, with settings of its own: neither this servlet's init-params
     * nor any other place is asked for settings.
     *
     * @param deployment belongs to the servlet from now on, which closes it on {@link #destroy}
     */
    public GatewayServlet(Deployment deployment) {
        this.deployment = requireNonNull(deployment, "deployment");
        given = null;
    }

    /**
     * The application, where code knows it: for subclasses to override. Called once, by {@code init}.
     *
     * @return the application; nothing if the setting {@code gangway.application} names it
     * @throws Exception if it cannot be made; the servlet then does not start
     */
    protected Optional<GatewayApplication> application() throws Exception {
        return Optional.ofNullable(given);
    }

    /**
     * Loads the application.
     *
     * @throws UnavailableException for good, if the settings or the application are wrong; the log has the reason, which the exception
     *     does not tell, and nothing is left running
     */
    @Override
    public final void init() throws UnavailableException {
        gateway = deployment != null
                ? Gateway.of(getServletContext(), deployment)
                : Gateway.start(
                        getServletContext(),
                        getServletName(),
                        Parameters.of(getInitParameterNames(), this::getInitParameter),
                        this::application);
        mounts = new Mounts(getServletContext(), gateway.encodedSlashes());
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        requireNonNull(gateway).handle(request, response, requireNonNull(mounts).servletPath(request));
    }

    /** Stops the application. */
    @Override
    public final void destroy() {
        if (gateway != null) {
            gateway.close();
        } else if (deployment != null) {
            deployment.close();
        }
    }
}
