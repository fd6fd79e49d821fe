package io.gangway.servlet;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.OwnClasses;
import io.gangway.deploy.Settings;
import io.gangway.wsgi.GatewayApplication;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Carries a gateway application into a servlet container.
 *
 * <p>There are four ways to give the application:
 *
 * <ul>
 *   <li>by configuration: in web.xml, an annotation or a registration, the init-param {@code gangway.application} names
 *       it, as in {@code class:com.acme.Hello}, a WSGI or an ASGI application. All settings are in {@code docs/settings.md};
 *   <li>{@code new GatewayServlet(application)}, for a registration in code;
 *   <li>{@code new GatewayServlet(deployment)}, for a server that resolves settings itself;
 *   <li>a subclass that overrides {@link #application()} or {@link #asgiApplication()}.
 * </ul>
 *
 * <p>The application sees the part of the path after its mount as {@code PATH_INFO}: a servlet mapped to {@code /x/*} or to
 * an exact path is mounted there; one mapped to {@code /}, {@code /*}, {@code *.ext} or the context root is mounted at the
 * context path (W11).
 *
 * <p><b>Lifecycle.</b> The application is loaded by {@code init}, and stopped, and closed if it is {@link AutoCloseable},
 * by {@code destroy}. If the start fails, one log entry tells the reason; clients are not told. The servlet is unavailable
 * from then on (404; Servlet 6.0, section 2.3.3.2), and no request starts it again. Give it {@code load-on-startup}, so that it fails when
 * the web application is deployed and not at the first request; Tomcat then fails the whole deployment if
 * {@code META-INF/context.xml} says {@code failCtxIfServletStartFails="true"}.
 *
 * <p><b>Threading.</b> The container calls it from many threads, platform or virtual; it holds no lock. A WSGI function in Java keeps its
 * thread. No thread waits for an ASGI function or for a Python worker, if the servlet is declared with {@code <async-supported>true</async-supported>}, as every filter in front of it
 * must be, on Tomcat and Jetty; elsewhere, and for HTTP/2 and chunked bodies on Tomcat, a thread of the container does.
 */
public class GatewayServlet extends HttpServlet {
    /**
     * The attribute of a servlet context by which the server that made it says that it has no security constraints: {@code %2F} in a path
     * is accepted there, and the setting is not asked.
     */
    public static final String UNCONSTRAINED = "io.gangway.servlet.unconstrained";

    /**
     * The attribute of a servlet context by which the server that made it gives the exception that breaks a response off: a {@code Supplier<IOException>}, called each time.
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it, because Jetty logs other exceptions beside Gangway's own entry.
     */
    public static final String BREAKING_OFF = "io.gangway.servlet.breakingOff";

    /**
     * The request attribute by which a server says that a request came over a Unix socket: {@code true}. The peer has no address then, and only
     * {@code unix} among the trusted proxies makes it one.
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it.
     */
    public static final String UNIX_SOCKET = "io.gangway.servlet.unixSocket";

    /**
     * The request attribute by which a server sends the response's Content-Type as the application gave it: a {@code Consumer<String>}.
     * It is called with the value, on the thread that has just set it on the servlet response.
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it, because Jetty's servlet layer writes {@code text/html; charset=utf-8} without the space.
     */
    public static final String CONTENT_TYPE_SETTER = "io.gangway.servlet.contentTypeSetter";

    /**
     * The request attribute by which a server skips the part of a request's body that nothing reads any more: a {@code Runnable}. It is
     * run before the response's head, on the thread that writes it, and does not wait for bytes that have not arrived: if there are any, the
     * head says that the connection will be closed (RFC 9112, section 9.6).
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it, because Jetty says so only if its buffer holds the whole response.
     */
    public static final String BODY_SKIPPER = "io.gangway.servlet.bodySkipper";

    /**
     * The request attribute by which a server tells the max size of a response's head: an {@link Integer}, in bytes as HTTP/2 counts them
     * (RFC 9113, section 6.5.2). In place of a response with a larger head the client gets a 500, and the log tells the limit. Without the
     * attribute, the container's own limit applies.
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it.
     */
    public static final String RESPONSE_HEADER_LIMIT = "io.gangway.servlet.responseHeaderLimit";

    /**
     * The request attribute by which a server is told that a request has reached the application, whose steps (such as an access log) it passes from now on: a {@code Runnable}.
     * It is run on the container's thread, once, before the application is called; not for requests that are refused.
     *
     * <p>{@link io.gangway.servlet.jetty.GatewayServer} sets it, if something is to be told of refused requests.
     */
    public static final String ACCEPTED = "io.gangway.servlet.accepted";

    private static final long serialVersionUID = 1L;

    private final transient @Nullable GatewayApplication given;
    private final transient @Nullable AsgiApplication givenAsgi;
    private final transient @Nullable CompletableFuture<Deployment> deployment;
    private transient @Nullable Gateway gateway;
    private transient @Nullable Mounts mounts;

    /** Makes a servlet whose application is named by the setting {@code gangway.application}, or by a subclass. */
    public GatewayServlet() {
        given = null;
        givenAsgi = null;
        deployment = null;
    }

    /**
     * Makes a servlet for an application.
     *
     * @param application called by many threads at once
     */
    public GatewayServlet(GatewayApplication application) {
        given = requireNonNull(application, "application");
        givenAsgi = null;
        deployment = null;
    }

    /**
     * Makes a servlet for an ASGI application, whose lifespan is that of the servlet.
     *
     * @param application called by many threads at once
     */
    public GatewayServlet(AsgiApplication application) {
        givenAsgi = requireNonNull(application, "application");
        given = null;
        deployment = null;
    }

    /**
     * Makes a servlet for a deployment that is running already, with settings of its own: this servlet's init-params
     * and all other sources of settings are ignored.
     *
     * @param deployment the running deployment; the servlet owns it, and closes it in {@link #destroy}
     */
    public GatewayServlet(Deployment deployment) {
        this(CompletableFuture.completedFuture(requireNonNull(deployment, "deployment")));
    }

    /**
     * Makes a servlet for a deployment that is being started, as {@link #GatewayServlet(Deployment)}. {@link #init} waits for it, so that the container can start
     * meanwhile; if it fails, {@link #init} fails too, and nothing is logged: who starts the deployment tells why.
     *
     * @param deployment completed when it runs, or has failed
     */
    public GatewayServlet(CompletionStage<Deployment> deployment) {
        this.deployment = requireNonNull(deployment, "deployment").toCompletableFuture();
        given = null;
        givenAsgi = null;
    }

    /**
     * Gives the application; a subclass overrides it. Called once, by {@code init}.
     *
     * @return the application; empty if the setting {@code gangway.application} names it
     * @throws Exception if it cannot be made; the servlet then does not start
     */
    protected Optional<GatewayApplication> application() throws Exception {
        return Optional.ofNullable(given);
    }

    /**
     * Gives an ASGI application; a subclass overrides it. Called once, by {@code init}, if {@link #application} gives none.
     *
     * @return the application; empty if the setting {@code gangway.application} names it
     * @throws Exception if it cannot be made; the servlet then does not start
     */
    protected Optional<AsgiApplication> asgiApplication() throws Exception {
        return Optional.ofNullable(givenAsgi);
    }

    private Optional<LoadedApplication> load(Settings settings) throws Exception {
        Optional<GatewayApplication> function = application();
        return function.isPresent()
                ? function.map(LoadedApplication::of)
                : asgiApplication().map(application -> LoadedApplication.of(application, settings));
    }

    /**
     * Loads the application.
     *
     * @throws UnavailableException if the settings or the application are wrong; it is permanent, and does not tell the reason, which is in
     *     the log; nothing is left running
     */
    @Override
    public final void init() throws UnavailableException {
        gateway = deployment != null
                ? Gateway.of(getServletContext(), started(deployment))
                : Gateway.start(
                        getServletContext(),
                        getServletName(),
                        Parameters.of(getInitParameterNames(), this::getInitParameter),
                        this::load);
        mounts = new Mounts(getServletContext(), gateway.encodedSlashes());
    }

    private static Deployment started(CompletableFuture<Deployment> deployment) throws UnavailableException {
        OwnClasses.loadWith(GatewayServlet.class); // while it starts
        try {
            return deployment.get();
        } catch (ExecutionException | CancellationException e) {
            throw new UnavailableException("the application did not start");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("the thread was interrupted while the application started");
        }
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        requireNonNull(gateway).handle(request, response, requireNonNull(mounts).servletPath(request));
    }

    /**
     * Closes all WebSockets, and those that are still opened, with code 1012: the server stops, and their clients may come again. It does not wait for them. {@link #destroy} does both;
     * a server that waits for its connections before that calls this first.
     */
    public final void closeWebSockets() {
        if (gateway != null) {
            gateway.closeWebSockets();
        }
    }

    /** Stops the application. */
    @Override
    public final void destroy() {
        if (gateway != null) {
            gateway.close();
        } else if (deployment != null && deployment.isDone() && !deployment.isCompletedExceptionally()) {
            deployment.join().close();
        }
    }
}
