package io.gangway.servlet.jetty;

import static java.util.Objects.requireNonNull;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.LoadedApplication;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.GatewayServlet;
import io.gangway.servlet.ServletSettings;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
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
 * <p>HTTP/1.1 and HTTP/2 cleartext (h2c, by prior knowledge) on one port. The server stops when the JVM does,
 * and gracefully: it accepts no more connections, lets requests in progress finish and then closes the application.
 *
 * <p>All methods may be called from any thread.
 */
public final class GatewayServer implements AutoCloseable {
    private final Server server;
    private final GracefulStop stop;
    private final Listener listener;
    private final String contextPath;

    private GatewayServer(Server server, GracefulStop stop, Listener listener, String contextPath) {
        this.server = server;
        this.stop = stop;
        this.listener = listener;
        this.contextPath = contextPath;
    }

    /**
     * Begins to describe a server; its settings are those of system properties and the environment.
     *
     * @param application called by many threads at once
     * @return a description with the defaults named at its methods
     */
    public static Builder of(GatewayApplication application) {
        requireNonNull(application, "application");
        return new Builder(() -> deployed(application));
    }

    /** Here and not in the servlet, whose exceptions are for clients' eyes and do not tell what was wrong. */
    private static Deployment deployed(GatewayApplication application) {
        List<Setting<?>> definitions =
                new ArrayList<>(ApplicationLoaders.visibleTo(GatewayServer.class.getClassLoader())
                        .settings());
        definitions.addAll(ServletSettings.all());
        Settings settings =
                Settings.resolve(definitions, List.of(SettingSource.systemProperties(), SettingSource.environment()));
        return Deployment.start(settings, LoadedApplication.of(application));
    }

    /**
     * Begins to describe a server whose application takes time to start, or has settings of its own.
     *
     * @param deployment starts the application; called by {@link Builder#start} when the address is known to be free. What
     *     it returns belongs to the server, which closes it
     * @return a description with the defaults named at its methods
     */
    public static Builder deploying(Supplier<Deployment> deployment) {
        requireNonNull(deployment, "deployment");
        return new Builder(deployment);
    }

    /**
     * The port that the server listens on.
     *
     * @return the port given, or the one the system chose for port 0; -1 on a Unix socket
     */
    public int port() {
        return listener.port();
    }

    /**
     * Where the application answers.
     *
     * @return such as {@code http://127.0.0.1:8080/}; on a Unix socket its path, as in {@code unix:/run/shop.sock}
     */
    public URI uri() {
        return listener.uri(contextPath);
    }

    /**
     * Waits until the server has stopped.
     *
     * @throws InterruptedException if the waiting thread is interrupted; the server goes on
     */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Stops: no new connections; requests in progress, and those that still come on the connections that there are, have the
     * graceful timeout to finish; then the application is closed. All of that has one deadline, the graceful timeout after
     * the call. A second call does nothing.
     *
     * @throws IllegalStateException if it did not stop cleanly; it is stopped all the same. The cause is a
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
            listener.end();
        }
        if (isFirst && stop.isLate()) {
            throw new IllegalStateException(
                    "the server did not stop cleanly", new TimeoutException("requests were not done in time"));
        }
    }

    /** Describes a server; see {@link GatewayServer#of}. Not thread-safe. */
    public static final class Builder {
        /** Bytes of a request's line and headers: nginx takes 32 KiB, uvicorn's h11 16 KiB, Tomcat and Jetty 8. */
        private static final int DEFAULT_REQUEST_HEADER_LIMIT = 32 << 10;

        /** Bytes of a response's headers: twice what a request may have; HAProxy takes 16 KiB, Apache 8 KiB for each one. */
        private static final int DEFAULT_RESPONSE_HEADER_LIMIT = 64 << 10;

        /** Below that, the container's own headers and an error page have no room. */
        private static final int LEAST_HEADER_LIMIT = 1 << 10;

        /** Jetty takes a buffer as large for each request that is in progress, at the worst. */
        private static final int MOST_HEADER_LIMIT = 1 << 20;

        /** Bytes for what Jetty itself puts into a head: the status line, Date, Connection, Transfer-Encoding and the like. */
        private static final int OWN_HEADERS = 1 << 10;

        /** Bytes of Jetty's first buffer for a response's head; it takes a larger one where that does not suffice. */
        private static final int USUAL_HEAD = 8 << 10;

        /** Load balancers keep an idle connection for 60 seconds: who closes it first must not be we, or requests are lost. */
        private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofSeconds(75);

        /** Kubernetes kills 30 seconds after its signal, and what is left of them is for the JVM to end in. */
        private static final Duration DEFAULT_GRACEFUL_TIMEOUT = Duration.ofSeconds(25);

        /** A year: a number of nanoseconds that can be added to a clock. */
        private static final Duration LONGEST_GRACEFUL_TIMEOUT = Duration.ofDays(365);

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
         * file that nobody listens on any more is replaced; the stop removes the file. Requests count as coming from
         * 127.0.0.1: who may connect is said by the directory's permissions.
         *
         * @param path where the socket's file is made
         * @return this
         */
        public Builder unixSocket(Path path) {
            this.unixSocket = path.toAbsolutePath();
            return this;
        }

        /**
         * Sets where the application is mounted; the root by default.
         *
         * @param contextPath empty, or starting with a slash and not ending with one
         * @return this
         */
        public Builder contextPath(String contextPath) {
            if (!contextPath.isEmpty() && (!contextPath.startsWith("/") || contextPath.endsWith("/"))) {
                throw new IllegalArgumentException(
                        "contextPath must be empty, or start with a slash and not end with one, unlike " + contextPath);
            }
            this.contextPath = contextPath;
            return this;
        }

        /**
         * Sets how many threads serve requests at most; 200 by default, as in Tomcat and Jetty.
         *
         * @param threads at least 8: Jetty itself needs a few
         * @return this
         */
        public Builder threads(int threads) {
            this.threads = within(threads, 8, 100_000, "threads");
            return this;
        }

        /**
         * Sets how large a request's line and headers may be; 32 KiB by default. Larger ones are answered 431.
         *
         * @param bytes 1,024 to 1,048,576
         * @return this
         */
        public Builder requestHeaderLimit(int bytes) {
            this.requestHeaderLimit = within(bytes, LEAST_HEADER_LIMIT, MOST_HEADER_LIMIT, "requestHeaderLimit");
            return this;
        }

        /**
         * Sets how large a response's headers may be; 64 KiB by default. In the place of larger ones the client gets a 500, and the log
         * tells which limit it was.
         *
         * @param bytes 1,024 to 1,048,576, counted as HTTP/2 does: 32 for each header, beside name and value (RFC 9113, section 6.5.2)
         * @return this
         */
        public Builder responseHeaderLimit(int bytes) {
            this.responseHeaderLimit = within(bytes, LEAST_HEADER_LIMIT, MOST_HEADER_LIMIT, "responseHeaderLimit");
            return this;
        }

        /**
         * Sets how long a connection may be silent before it is closed, between requests or while a client sends or takes nothing; 75
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
         * Sets how long a stop waits for requests in progress; 25 seconds by default, for Kubernetes kills after 30.
         *
         * @param gracefulTimeout up to 365 days; zero ends them at once
         * @return this
         */
        public Builder gracefulTimeout(Duration gracefulTimeout) {
            if (gracefulTimeout.isNegative() || gracefulTimeout.compareTo(LONGEST_GRACEFUL_TIMEOUT) > 0) {
                throw new IllegalArgumentException("gracefulTimeout must be 0 to " + LONGEST_GRACEFUL_TIMEOUT.toDays()
                        + " days, unlike " + gracefulTimeout);
            }
            this.gracefulTimeout = gracefulTimeout;
            return this;
        }

        /**
         * Sets how large a request's body may be; unlimited by default, for the application reads it as a stream. A larger
         * one is answered 413; the application's read of one that does not tell its length fails where it passes the limit, which is answered 413
         * too if the response has not begun.
         *
         * @param bytes at least 0
         * @return this
         */
        public Builder maxRequestBody(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("maxRequestBody must not be negative, unlike " + bytes);
            }
            this.maxRequestBody = bytes;
            return this;
        }

        /**
         * Starts the server.
         *
         * @return it, listening
         * @throws BindException if the address is taken or not allowed; nothing is left running
         * @throws IOException if the address cannot be listened on for another reason; likewise
         * @throws DeploymentException if the application did not start; likewise
         */
        public GatewayServer start() throws IOException {
            QueuedThreadPool pool = new QueuedThreadPool(threads);
            pool.setName("gangway");
            GracefulStop stop = new GracefulStop(gracefulTimeout);
            Server server = new StoppableServer(pool, stop);
            Listener listener = listener(server);
            server.addConnector(listener.connector());
            Deployment deployment = null;
            try {
                listener.claim(); // before the application: whoever has the wrong port is not kept waiting
                deployment = maker.get();
                InProgress handler = new InProgress(handler(new GatewayServlet(deployment)));
                server.setHandler(handler);
                stop.of(listener, handler, deployment);
                server.start();
            } catch (Exception e) {
                stopAfterFailure(server, listener, deployment, e);
                throw failure(listener, e);
            } catch (Error e) { // a class that is missing, for example
                stopAfterFailure(server, listener, deployment, e);
                throw e;
            }
            return new GatewayServer(server, stop, listener, contextPath);
        }

        private Listener listener(Server server) {
            HttpConfiguration http = new HttpConfiguration();
            http.setRequestHeaderSize(requestHeaderLimit);
            // Beyond our own limit, so that ours is the one that is met.
            http.setResponseHeaderSize(USUAL_HEAD);
            http.setMaxResponseHeaderSize(Math.max(USUAL_HEAD, responseHeaderLimit + OWN_HEADERS));
            http.setSendServerVersion(false);
            // What applications get elsewhere they get here: %2F, %25, //, %FF (with decodeAmbiguousURIs below).
            http.setUriCompliance(UriCompliance.UNSAFE);
            http.setHttpCompliance(TargetAuthority.COMPLIANCE);
            // By default, a field of a connection's earlier request stands for one that differs in case only: somebody
            // else's cookie.
            http.setHeaderCacheCaseSensitive(true);
            http.addCustomizer(this::prepare);
            return unixSocket != null
                    ? UnixListener.of(server, http, unixSocket, idleTimeout)
                    : PortListener.of(server, http, host, port, idleTimeout);
        }

        private Request prepare(Request request, HttpFields.Mutable responseHeaders) {
            request.setAttribute(GatewayServlet.SUSPENDABLE, true);
            request.setAttribute(GatewayServlet.RESPONSE_HEADER_LIMIT, responseHeaderLimit);
            Consumer<String> contentType = value -> responseHeaders.put(HttpHeader.CONTENT_TYPE, value);
            request.setAttribute(GatewayServlet.CONTENT_TYPE, contentType);
            return request;
        }

        private Handler handler(GatewayServlet servlet) {
            ServletContextHandler context = new ServletContextHandler(contextPath.isEmpty() ? "/" : contextPath);
            context.getServletHandler().setDecodeAmbiguousURIs(true);
            context.setAllowNullPathInContext(
                    true); // /shop is the application's too: a redirect to /shop/ would lose a body
            context.setAttribute(GatewayServlet.UNCONSTRAINED, true);
            ServletHolder holder = new ServletHolder("gateway", servlet);
            holder.setInitOrder(0);
            holder.setAsyncSupported(true);
            context.addServlet(holder, "/*");
            Handler handler = maxRequestBody < 0 ? context : new BodyLimit(maxRequestBody, context);
            return new RequestChecks(new TargetAuthority(handler));
        }

        private static void stopAfterFailure(
                Server server, Listener listener, @Nullable Deployment deployment, Throwable failure) {
            try {
                server.stop();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
            if (deployment != null) {
                close(deployment, failure); // Jetty has done so only if it has come as far as to start it
            }
            listener.end();
        }

        private static void close(Deployment deployment, Throwable failure) {
            try {
                deployment.close();
            } catch (DeploymentException e) {
                failure.addSuppressed(e);
            }
        }

        private static IOException failure(Listener listener, Exception failure) {
            if (failure instanceof DeploymentException problem) {
                throw problem;
            }
            Throwable cause = failure;
            while (cause.getCause() != null && !(cause instanceof BindException)) {
                cause = cause.getCause();
            }
            if (cause instanceof BindException || cause instanceof SocketException) {
                BindException taken = new BindException("cannot listen on " + listener + ": " + cause.getMessage());
                taken.initCause(failure);
                return taken;
            }
            if (cause instanceof UnresolvedAddressException) {
                BindException unknown = new BindException("cannot listen on " + listener + ": there is no such host");
                unknown.initCause(failure);
                return unknown;
            }
            return new IOException("the server did not start: " + failure.getMessage(), failure);
        }

        private static int within(int value, int least, int most, String name) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", unlike " + value);
            }
            return value;
        }

        private static Duration positive(Duration value, String name) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " must be positive, unlike " + value);
            }
            return value;
        }
    }
}
