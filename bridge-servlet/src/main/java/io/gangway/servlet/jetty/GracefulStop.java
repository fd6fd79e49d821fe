package io.gangway.servlet.jetty;

import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.log.Logs;
import io.gangway.servlet.jetty.InProgress.Activity;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.IdleTimeout;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.util.component.Graceful;
import org.jspecify.annotations.Nullable;

/**
 * A server's stop: it has one deadline, and loses no request that arrives before it.
 *
 * <ol>
 *   <li>Every connection in the backlog is accepted; then the listening socket is closed, so that a proxy goes to another server.
 *   <li>WebSockets are closed with 1012.
 *   <li>Requests in progress, and those that arrive on open connections, are served. Each answer says that it is the
 *       connection's last ({@code Connection: close}; GOAWAY in HTTP/2, RFC 9113, section 6.8).
 *   <li>Connections on which no bytes arrive are closed.
 *   <li>At the deadline the application is stopped, and with it the requests that are still in progress.
 * </ol>
 *
 * <p>Jetty's own graceful stop answers arriving requests with 503, and resets the connections in the backlog.
 */
final class GracefulStop {
    /**
     * A connection is closed when no bytes have arrived on it for this time. If a proxy chooses a connection at the moment when it is
     * closed, a request that must not be sent twice is lost (RFC 9110, section 9.2.2). The time is long enough for a proxy under load to
     * use each of its connections, and short enough for an idle server to stop quickly.
     */
    private static final Duration QUIET_TIME = Duration.ofMillis(200);

    /** The same for a connection with an incomplete request: TCP's first two retransmissions take three seconds (RFC 6298), and we may be slow. */
    private static final Duration QUIET_TIME_WITHIN_A_REQUEST = Duration.ofSeconds(5);

    /** Max wait for accepted connections to reach the connector; some never do, because they have failed already. */
    private static final Duration ARRIVAL_TIME = Duration.ofSeconds(1);

    /** The interval between two checks of the connections. */
    private static final Duration INTERVAL = Duration.ofMillis(10);

    /** Max wait for the answers of requests that ended with the application: they are a few bytes each. */
    private static final Duration LAST_ANSWERS_TIME = Duration.ofMillis(100);

    private static final Logger LOG = Logs.named("io.gangway.servlet");

    private final Duration gracefulTimeout;
    private @Nullable Listeners listeners;
    private @Nullable InProgress inProgress;
    private @Nullable CompletableFuture<Deployment> deployment;
    private Runnable webSockets = () -> {};
    private volatile boolean isLate;

    GracefulStop(Duration gracefulTimeout) {
        this.gracefulTimeout = gracefulTimeout;
    }

    /**
     * Gives the parts to stop; before this call, a stop does nothing.
     *
     * @param what done before the server serves
     * @param sockets closes the WebSockets, without waiting for them
     */
    void of(Listeners where, InProgress requests, CompletableFuture<Deployment> what, Runnable sockets) {
        this.listeners = where;
        this.inProgress = requests;
        this.deployment = what;
        this.webSockets = sockets;
    }

    /** Whether requests were still in progress at the deadline. */
    boolean isLate() {
        return isLate;
    }

    /**
     * Waits for the requests in progress, and stops the application. An interrupt of the thread only shortens the wait.
     *
     * @return whether the thread was interrupted; its interrupt status is cleared
     */
    boolean run() {
        boolean isInterrupted = Thread.interrupted();
        long deadline = System.nanoTime() + gracefulTimeout.toNanos();
        InProgress requests = inProgress;
        Listeners where = listeners;
        CompletableFuture<Deployment> application = deployment;
        if (requests == null || where == null || application == null || application.isCompletedExceptionally()) {
            return isInterrupted; // the start failed
        }
        refuseAndAwaitEnd(deadline, requests, where, webSockets);
        isLate = requests.requests() > 0;
        isInterrupted |= Thread.interrupted();
        stop(application.join(), Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        if (isLate) {
            awaitEnd(System.nanoTime() + LAST_ANSWERS_TIME.toNanos(), requests, where);
        }
        return Thread.interrupted() || isInterrupted;
    }

    /** Waits; if that throws, the application is stopped all the same, which ends processes and threads. */
    private static void refuseAndAwaitEnd(long deadline, InProgress requests, Listeners where, Runnable webSockets) {
        try {
            webSockets.run(); // before Jetty's own close of them, which has another code
            where.all().forEach(GracefulStop::refuse);
            awaitEnd(deadline, requests, where);
        } catch (RuntimeException | Error e) { // for example, a class that cannot be loaded any more
            LOG.log(Level.ERROR, "the stop does not wait for requests in progress, because waiting failed", e);
        }
    }

    private static void stop(Deployment deployment, Duration time) {
        try {
            deployment.close(time);
        } catch (DeploymentException e) {
            LOG.log(Level.ERROR, e.getMessage(), e.getCause());
        }
    }

    private static void refuse(Listener where) {
        try {
            where.refuse();
        } catch (IOException e) {
            LOG.log(Level.WARNING, () -> where + " could not be closed cleanly: " + e);
        }
        announceStop(where.connector());
    }

    /** Makes each answer the last one of its connection. Jetty's Graceful would do it for all parts together, and log it. */
    private static void announceStop(AbstractConnector connector) {
        List<CompletableFuture<Void>> ends = new ArrayList<>(); // not waited for: a connector knows its connections
        ends.add(connector.shutdown());
        connector.getContainedBeans(Graceful.class).forEach(part -> ends.add(part.shutdown()));
        LOG.log(Level.DEBUG, () -> "stopping: " + ends.size() + " parts of the server were told to stop");
    }

    /** Waits until there is neither a request nor a connection; closes connections on which no bytes arrive. */
    private static void awaitEnd(long deadline, InProgress requests, Listeners where) {
        long begin = System.nanoTime();
        for (long now = begin; now - deadline < 0; now = System.nanoTime()) {
            long stopping = TimeUnit.NANOSECONDS.toMillis(now - begin);
            boolean isAllThere = where.onTheWay() <= 0 || stopping > ARRIVAL_TIME.toMillis();
            // After the accepted connections were counted.
            List<EndPoint> open = where.connections();
            if (isAllThere && open.isEmpty() && requests.requests() == 0) {
                return;
            }
            open.forEach(endPoint -> closeIfQuiet(endPoint, stopping));
            try {
                TimeUnit.NANOSECONDS.sleep(Math.min(INTERVAL.toNanos(), deadline - now));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    static void closeIfQuiet(EndPoint endPoint, long millisOfStop) {
        Connection connection = endPoint.getConnection();
        if (connection == null || quiet(endPoint, millisOfStop) < QUIET_TIME.toMillis()) {
            return;
        }
        boolean isArrived = isReadable(endPoint);
        // Asked again, because Jetty may have read just now what had arrived.
        long quiet = quiet(endPoint, millisOfStop);
        boolean isWithinRequest = isArrived || InProgress.activityOf(endPoint) == Activity.BEGUN;
        if (quiet >= (isWithinRequest ? QUIET_TIME_WITHIN_A_REQUEST : QUIET_TIME).toMillis()) {
            connection.close();
            endPoint.close(); // on an orderly close, HTTP/2 would wait for the client
        }
    }

    /** Milliseconds of the stop without bytes; 0 while there is a request. */
    private static long quiet(EndPoint endPoint, long millisOfStop) {
        if (InProgress.activityOf(endPoint) == Activity.REQUEST) {
            return 0;
        }
        return endPoint instanceof IdleTimeout watched ? Math.min(millisOfStop, watched.getIdleFor()) : millisOfStop;
    }

    /** Whether bytes have arrived that Jetty, on a busy machine, has not read yet. */
    private static boolean isReadable(EndPoint endPoint) {
        if (!(endPoint.getTransport() instanceof SelectableChannel channel)) {
            return false;
        }
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            return selector.selectNow() > 0;
        } catch (IOException e) {
            return false; // it is closed already
        }
    }
}
