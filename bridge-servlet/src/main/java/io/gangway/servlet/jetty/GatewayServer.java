package io.gangway.servlet.jetty;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.exchange.EndedExchange;
import io.gangway.servlet.GatewayServlet;
import io.gangway.servlet.ServletSettings;
import io.gangway.servlet.jetty.PortListener.Address;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * A running Jetty with one gateway application in it.
 *
 * <pre>{@code
 * GatewayServer server = GatewayServer.of(application).port(8080).start();
 * System.out.println("serving on " + server.uri());
 * server.join();
 * }</pre>
 *
 * <p>It serves HTTP/1.1 and HTTP/2 on each of its addresses: with TLS if it has keys, otherwise in cleartext (h2c, by prior knowledge). The server stops gracefully, also when the JVM
 * ends: it accepts no more connections, lets requests in progress finish, and then closes the application.
 *
 * <p>All methods may be called from any thread.
 */
public final class GatewayServer implements AutoCloseable {
    private final Server server;
    private final GracefulStop stop;
    private final Listeners listeners;
    private final String contextPath;
    private final @Nullable Tls tls;

    private GatewayServer(
            Server server, GracefulStop stop, Listeners listeners, String contextPath, @Nullable Tls tls) {
        this.server = server;
        this.stop = stop;
        this.listeners = listeners;
        this.contextPath = contextPath;
        this.tls = tls;
    }

    /**
     * Makes a builder for a server whose settings come from system properties and environment variables.
     *
     * @param application called by many threads at once
     * @return a builder; its methods name their defaults
     */
    public static Builder of(GatewayApplication application) {
        requireNonNull(application, "application");
        return new Builder(() -> deployed(settings -> LoadedApplication.of(application)));
    }

    /**
     * Makes a builder for a server of an ASGI application, as {@link #of(GatewayApplication)}.
     *
     * @param application called by many threads at once; its lifespan is that of the server
     * @return a builder; its methods name their defaults
     */
    public static Builder of(AsgiApplication application) {
        requireNonNull(application, "application");
        return new Builder(() -> deployed(settings -> LoadedApplication.of(application, settings)));
    }

    /** Deploys here and not in the servlet: clients may see a servlet's exceptions, so these do not tell the reason. */
    private static Deployment deployed(Function<Settings, LoadedApplication> application) {
        List<Setting<?>> definitions =
                new ArrayList<>(ApplicationLoaders.visibleTo(GatewayServer.class.getClassLoader())
                        .settings());
        definitions.addAll(ServletSettings.all());
        Settings settings =
                Settings.resolve(definitions, List.of(SettingSource.systemProperties(), SettingSource.environment()));
        return Deployment.start(settings, application.apply(settings));
    }

    /**
     * Makes a builder for a server whose application takes time to start, or has settings of its own.
     *
     * @param deployment starts the application; called by {@link Builder#start} after it has checked that the address is free. The
     *     server owns the returned deployment, and closes it
     * @return a builder; its methods name their defaults
     */
    public static Builder deploying(Supplier<Deployment> deployment) {
        requireNonNull(deployment, "deployment");
        return new Builder(deployment);
    }

    /**
     * The port that the server listens on; if it listens on several addresses, that of the first.
     *
     * @return the given port, or the port that the system chose for port 0; -1 on a Unix socket
     */
    public int port() {
        return listeners.all().get(0).port();
    }

    /**
     * The URI of the application; if the server listens on several addresses, at the first.
     *
     * @return a URI, for example {@code http://127.0.0.1:8080/}; on a Unix socket its path, as in {@code unix:/run/shop.sock}
     */
    public URI uri() {
        return uris().get(0);
    }

    /**
     * The URIs of the application.
     *
     * @return one for each address, in the order in which the builder got them
     */
    public List<URI> uris() {
        return listeners.all().stream()
                .map(listener -> listener.uri(contextPath))
                .toList();
    }

    /**
     * Uses other keys for TLS from now on: for new connections. Open connections, and requests on them, go on.
     *
     * @param keys the new keys, or the same ones with a new certificate
     * @throws IllegalStateException if the server was built without TLS
     * @throws IllegalArgumentException if the keys cannot be used; those before are used then
     */
    public void renew(TlsKeys keys) {
        requireNonNull(keys, "keys");
        if (tls == null) {
            throw new IllegalStateException("the server has no TLS: it was built without Builder.tls");
        }
        tls.renew(keys);
    }

    /**
     * Waits until the server has stopped.
     *
     * @throws InterruptedException if the waiting thread is interrupted; the server runs on
     */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Stops the server. It accepts no new connections; requests in progress, and those that still arrive on open connections, may finish;
     * then the application is closed. All of that has one deadline, which is the graceful timeout after the call. A second call does
     * nothing.
     *
     * @throws IllegalStateException if the server did not stop cleanly; it is stopped all the same. The cause is a
     *     {@link TimeoutException} if requests were not done in time
     */
    @Override
    public void close() {
        boolean isFirst = server.isRunning();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop cleanly", e);
        } finally {
            listeners.end();
        }
        if (isFirst && stop.isLate()) {
            throw new IllegalStateException(
                    "the server did not stop cleanly", new TimeoutException("requests were not done in time"));
        }
    }

    /** Builds a server; see {@link GatewayServer#of}. Not thread-safe. */
    public static final class Builder {
        /** Max bytes of a request's line and headers: nginx takes 32 KiB, uvicorn's h11 16 KiB, Tomcat and Jetty 8. */
        private static final int DEFAULT_REQUEST_HEADER_LIMIT = 32 << 10;

        /** Max bytes of a response's headers: twice the limit of a request; HAProxy takes 16 KiB, Apache 8 KiB for each one. */
        private static final int DEFAULT_RESPONSE_HEADER_LIMIT = 64 << 10;

        /** Min bytes of both limits: the container's own headers and an error page need that much. */
        private static final int MIN_HEADER_LIMIT = 1 << 10;

        /** Max bytes of both limits: in the worst case, Jetty allocates a buffer of this size for each request in progress. */
        private static final int MAX_HEADER_LIMIT = 1 << 20;

        /** Load balancers keep an idle connection for 60 seconds. We must not close it before they do, or requests are lost. */
        private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(75);

        /** Kubernetes kills a process 30 seconds after its signal; the remaining 5 are for the JVM to end. */
        private static final Duration DEFAULT_GRACEFUL_TIMEOUT = Duration.ofSeconds(25);

        /** A year: its nanoseconds can be added to a clock's without an overflow. */
        private static final Duration MAX_GRACEFUL_TIMEOUT = Duration.ofDays(365);

        private final Supplier<Deployment> maker;
        private String host = "127.0.0.1";
        private @Nullable Path unixSocket;
        private int port = 8080;
        private String contextPath = "";
        private int threads = 200;
        private int requestHeaderLimit = DEFAULT_REQUEST_HEADER_LIMIT;
        private int responseHeaderLimit = DEFAULT_RESPONSE_HEADER_LIMIT;
        private Duration idleTimeout = DEFAULT_IDLE_TIMEOUT;
        private Duration gracefulTimeout = DEFAULT_GRACEFUL_TIMEOUT;
        private long maxRequestBody = -1;
        private final List<Function<Server, Listener>> further = new ArrayList<>();
        private @Nullable Tls tls;
        private boolean isRedirecting;
        private boolean isInherited;
        private @Nullable Consumer<? super EndedExchange> refused;
        private Consumer<? super Path> socketMade = path -> {};

        private Builder(Supplier<Deployment> maker) {
            this.maker = maker;
        }

        /**
         * Sets the address to listen on; by default only this machine reaches the server.
         *
         * @param host a name or address; {@code 0.0.0.0} for all
         * @return this
         */
        public Builder host(String host) {
            this.host = requireNonNull(host, "host");
            return this;
        }

        /**
         * Sets the port; 8080 by default.
         *
         * @param port 0 to 65535; 0 lets the system choose
         * @return this
         */
        public Builder port(int port) {
            this.port = within(port, 0, 65_535, "port");
            return this;
        }

        /**
         * Sets the path of a Unix socket to listen on, in place of a port; needs {@code jetty-unixdomain-server}. A socket
         * file that no process listens on any more is replaced; the stop removes the file. Requests have the client address
         * 127.0.0.1; the directory's permissions decide which users may connect.
         *
         * @param path the path at which the socket's file is made
         * @return this
         */
        public Builder unixSocket(Path path) {
            this.unixSocket = path.toAbsolutePath();
            return this;
        }

        /**
         * Takes the listening socket that this process got as its standard input ({@link System#inheritedChannel}), in place of one at the first address; host and
         * port, or the path, say where it listens. It stays open until the process ends, and a Unix socket's file is left: they belong to whoever made them, such as systemd.
         *
         * @return this
         */
        public Builder inherited() {
            this.isInherited = true;
            return this;
        }

        /**
         * Adds a port to listen on, beside the first address.
         *
         * @param host a name or address; {@code 0.0.0.0} for all
         * @param port 0 to 65535; 0 lets the system choose
         * @return this
         */
        public Builder andPort(String host, int port) {
            requireNonNull(host, "host");
            within(port, 0, 65_535, "port");
            further.add(server -> PortListener.of(server, http(), new Address(host, port), idleTimeout, tls));
            return this;
        }

        /**
         * Adds a port without TLS to listen on, whose requests are answered with 308 to the same URI in https, at the first port that speaks TLS.
         *
         * @param host a name or address; {@code 0.0.0.0} for all
         * @param port 0 to 65535; 0 lets the system choose
         * @return this
         */
        public Builder andRedirectingPort(String host, int port) {
            requireNonNull(host, "host");
            within(port, 0, 65_535, "port");
            isRedirecting = true;
            further.add(server -> PortListener.redirecting(server, http(), new Address(host, port), idleTimeout));
            return this;
        }

        /**
         * Makes all ports speak TLS, with HTTP/1.1 and HTTP/2 by ALPN; needs {@code jetty-alpn-java-server}. Unix sockets speak none: who may connect to them is on this
         * machine.
         *
         * @param keys with what the server identifies itself; {@link GatewayServer#renew} changes them
         * @return this
         */
        public Builder tls(TlsKeys keys) {
            this.tls = new Tls(requireNonNull(keys, "keys"));
            return this;
        }

        /**
         * Adds a Unix socket to listen on, beside the first address; see {@link #unixSocket}.
         *
         * @param path the path at which the socket's file is made
         * @return this
         */
        public Builder andUnixSocket(Path path) {
            Path absolute = path.toAbsolutePath();
            further.add(server -> UnixListener.of(server, http(), absolute, false, idleTimeout));
            return this;
        }

        /**
         * Sets who is told as soon as a Unix socket's file is made, to give it other permissions, for example. Inherited sockets are made by others.
         *
         * @param watcher called with the file's path by the thread that starts the server; what it throws ends the start
         * @return this
         */
        public Builder whenUnixSocketIsMade(Consumer<? super Path> watcher) {
            this.socketMade = requireNonNull(watcher, "watcher");
            return this;
        }

        /**
         * Sets the path at which the application is mounted; the root by default.
         *
         * @param contextPath empty, or starting with a slash and not ending with one
         * @return this
         */
        public Builder contextPath(String contextPath) {
            if (!contextPath.isEmpty() && (!contextPath.startsWith("/") || contextPath.endsWith("/"))) {
                throw new IllegalArgumentException(
                        "contextPath: expected an empty path, or one that starts with a slash and does not end with one; found "
                                + contextPath);
            }
            this.contextPath = contextPath;
            return this;
        }

        /**
         * Sets the max number of threads; 200 by default, as in Tomcat and Jetty.
         *
         * @param threads at least 8: Jetty itself needs a few
         * @return this
         */
        public Builder threads(int threads) {
            this.threads = within(threads, 8, 100_000, "threads");
            return this;
        }

        /**
         * Sets the max size of a request's line and headers; 32 KiB by default. A request with a larger head is answered 431.
         *
         * @param bytes 1,024 to 1,048,576
         * @return this
         */
        public Builder requestHeaderLimit(int bytes) {
            this.requestHeaderLimit = within(bytes, MIN_HEADER_LIMIT, MAX_HEADER_LIMIT, "requestHeaderLimit");
            return this;
        }

        /**
         * Sets the max size of a response's headers; 64 KiB by default. In place of a response with larger headers the client gets a 500, and
         * the log tells the limit.
         *
         * @param bytes 1,024 to 1,048,576, counted as HTTP/2 does: 32 for each header, beside name and value (RFC 9113, section 6.5.2)
         * @return this
         */
        public Builder responseHeaderLimit(int bytes) {
            this.responseHeaderLimit = within(bytes, MIN_HEADER_LIMIT, MAX_HEADER_LIMIT, "responseHeaderLimit");
            return this;
        }

        /**
         * Sets how long a connection may be idle before it is closed: between requests, or while a client neither sends nor reads; 75
         * seconds by default. The time that the application takes does not count.
         *
         * @param idleTimeout positive
         * @return this
         */
        public Builder idleTimeout(Duration idleTimeout) {
            this.idleTimeout = positive(idleTimeout, "idleTimeout");
            return this;
        }

        /**
         * Sets how long a stop waits for requests in progress; 25 seconds by default, because Kubernetes kills after 30.
         *
         * @param gracefulTimeout up to 365 days; zero stops the application at once
         * @return this
         */
        public Builder gracefulTimeout(Duration gracefulTimeout) {
            if (gracefulTimeout.isNegative() || gracefulTimeout.compareTo(MAX_GRACEFUL_TIMEOUT) > 0) {
                throw new IllegalArgumentException("gracefulTimeout: expected 0 to " + MAX_GRACEFUL_TIMEOUT.toDays()
                        + " days; found " + gracefulTimeout);
            }
            this.gracefulTimeout = gracefulTimeout;
            return this;
        }

        /**
         * Sets the max size of a request's body; unlimited by default. A larger one is answered 413. If a body has no Content-Length, the
         * application's read fails at the limit, which is also answered 413 if the response has not begun.
         *
         * @param bytes at least 0
         * @return this
         */
        public Builder maxRequestBody(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("maxRequestBody: expected at least 0; found " + bytes);
            }
            this.maxRequestBody = bytes;
            return this;
        }

        /**
         * Sets who is told of requests that never reach the application: Jetty refused them (400, 414, 431) or failed (500), or this server did (400, 413). An
         * access log's {@code after} belongs here, beside its step.
         *
         * @param watcher called by many threads; must not block for long
         * @return this
         */
        public Builder refused(Consumer<? super EndedExchange> watcher) {
            this.refused = requireNonNull(watcher, "watcher");
            return this;
        }

        /**
         * Starts the server: the application in this thread, and Jetty beside it in another one, which waits for the application before it accepts connections.
         *
         * @return the server, which listens
         * @throws BindException if the address is in use or not allowed; nothing is left running
         * @throws IOException if the server cannot listen for another reason; nothing is left running
         * @throws DeploymentException if the application did not start; nothing is left running
         * @throws IllegalStateException if there is a redirecting port without TLS keys
         */
        public GatewayServer start() throws IOException {
            QueuedThreadPool pool = new QueuedThreadPool(threads);
            pool.setName("gangway");
            GracefulStop stop = new GracefulStop(gracefulTimeout);
            Server server = new StoppableServer(pool, stop);
            Listeners listeners = listeners(server);
            listeners.all().forEach(listener -> server.addConnector(listener.connector()));
            CompletableFuture<Deployment> deployment = new CompletableFuture<>();
            JettyStart jetty = new JettyStart(() -> startJetty(server, stop, listeners, deployment));
            try {
                listeners.claim(); // before the application starts, so that a wrong port is reported at once
                jetty.begin();
                deployment.complete(maker.get());
                jetty.await();
            } catch (Exception e) {
                cleanUp(server, listeners, deployment, jetty, e);
                throw FailedStart.describe(listeners, e);
            } catch (Error e) { // a class that is missing, for example
                cleanUp(server, listeners, deployment, jetty, e);
                throw e;
            }
            server.setStopAtShutdown(true); // not before: a JVM that ends would wait for the start
            return new GatewayServer(server, stop, listeners, contextPath, tls);
        }

        private static void cleanUp(
                Server server,
                Listeners listeners,
                CompletableFuture<Deployment> deployment,
                JettyStart jetty,
                Throwable failure) {
            deployment.completeExceptionally(failure); // ends the wait of the servlet
            jetty.end();
            FailedStart.cleanUp(server, listeners, deployment, failure);
        }

        private void startJetty(
                Server server, GracefulStop stop, Listeners listeners, CompletableFuture<Deployment> deployment)
                throws Exception {
            GatewayServlet servlet = new GatewayServlet(deployment);
            InProgress handler = new InProgress(handler(servlet, listeners));
            server.setHandler(handler);
            if (refused != null) {
                server.setRequestLog(new RefusedRequests(refused));
            }
            stop.of(listeners, handler, deployment, servlet::closeWebSockets);
            server.start();
        }

        private Listeners listeners(Server server) {
            if (isRedirecting && tls == null) {
                throw new IllegalStateException("andRedirectingPort: there is no port that speaks TLS to redirect to");
            }
            List<Listener> all = new ArrayList<>();
            all.add(
                    unixSocket != null
                            ? UnixListener.of(server, http(), unixSocket, isInherited, idleTimeout)
                            : PortListener.of(server, http(), new Address(host, port, isInherited), idleTimeout, tls));
            further.forEach(maker -> all.add(maker.apply(server)));
            all.forEach(listener -> {
                if (listener instanceof UnixListener unix) {
                    unix.connector().whenMade(socketMade);
                }
            });
            return new Listeners(all);
        }

        /** Each listener has its own configuration: that of a Unix socket names the addresses of its connections. */
        private HttpConfiguration http() {
            return new Http(requestHeaderLimit, responseHeaderLimit, refused != null).configuration();
        }

        private Handler handler(GatewayServlet servlet, Listeners listeners) {
            ServletContextHandler context = new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
            context.getServletHandler().setDecodeAmbiguousURIs(true);
            // /shop is the application's too: a redirect to /shop/ would lose a body.
            context.setAllowNullPathInContext(true);
            context.setAttribute(GatewayServlet.UNCONSTRAINED, true);
            Supplier<IOException> breakingOff = QuietBreak::new;
            context.setAttribute(GatewayServlet.BREAKING_OFF, breakingOff);
            ServletHolder holder = new ServletHolder("gateway", servlet);
            holder.setInitOrder(0);
            holder.setAsyncSupported(true);
            context.addServlet(holder, "/*");
            WebSocketContainer.addTo(context);
            Handler handler = maxRequestBody < 0 ? context : new BodyLimit(maxRequestBody, context);
            Handler ends = new BodyEnds(handler);
            return new RequestChecks(
                    new TargetAuthority(isRedirecting ? new HttpsRedirect(ends, listeners::tlsPort) : ends));
        }

        private static int within(int value, int min, int max, String name) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(name + ": expected " + min + " to " + max + "; found " + value);
            }
            return value;
        }

        private static Duration positive(Duration value, String name) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + ": expected a positive duration; found " + value);
            }
            return value;
        }
    }
}
