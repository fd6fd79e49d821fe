package io.gangway.servlet.jetty;

import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
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
 *   <li>Every connection that has come by now is accepted; then the listening socket is closed, so that a proxy goes to another server.
 *   <li>Requests in progress, and those that arrive on the connections that there are, are served. Each answer says that it is the
 *       connection's last ({@code Connection: close}; GOAWAY in HTTP/2, RFC 9113, section 6.8).
 *   <li>Connections that nothing comes on are closed.
 *   <li>At the deadline the application is stopped, and what is still in progress with it.
 * </ol>
 *
 * <p>Jetty's own graceful stop refuses what arrives with a 503, and resets what is in the backlog.
 */
final class GracefulStop {
    /**
     * How long nothing must have come on a connection for it to be closed. A proxy that chooses a connection in the moment that it is
     * closed loses its request, if that must not be sent twice (RFC 9110, section 9.2.2): long enough for a proxy under load to have
     * used its connections, and short enough for an idle stop to be quick.
     */
    private static final Duration QUIET_TIME = Duration.ofMillis(200);

    /** The same where half a request has come: TCP's first two retransmissions take three seconds (RFC 6298), and we may be slow. */
    private static final Duration QUIET_TIME_WITHIN_A_REQUEST = Duration.ofSeconds(5);

    /** For connections that were accepted to become the connector's; some never do, for they have failed already. */
    private static final Duration ARRIVAL_TIME = Duration.ofSeconds(1);

    /** Between two looks at the connections. */
    private static final Duration INTERVAL = Duration.ofMillis(10);

    /** For the answers of requests that the application's end has ended: they are a few bytes each. */
    private static final Duration LAST_ANSWERS_TIME = Duration.ofMillis(100);

    private static final Logger LOG = System.getLogger("io.gangway.servlet");

    private final Duration gracefulTimeout;
    private @Nullable Listener listener;
    private @Nullable InProgress inProgress;
    private @Nullable Deployment deployment;
    private volatile boolean isLate;

    GracefulStop(Duration gracefulTimeout) {
        this.gracefulTimeout = gracefulTimeout;
    }

    /** Says what is to be stopped; before that, there is nothing to do. */
    void of(Listener where, InProgress requests, Deployment what) {
        this.listener = where;
        this.inProgress = requests;
        this.deployment = what;
    }

    /** Whether requests were still in progress when the time was over. */
    boolean isLate() {
        return isLate;
    }

    /**
     * Waits for the end of what is in progress, and stops the application. What interrupts the thread shortens the wait, and nothing
     * else.
     *
     * @return whether the thread was interrupted; it is not any more
     */
    boolean run() {
        boolean isInterrupted = Thread.interrupted();
        long deadline = System.nanoTime() + gracefulTimeout.toNanos();
        InProgress requests = inProgress;
        Listener where = listener;
        Deployment application = deployment;
        if (requests == null || where == null || application == null) {
            return isInterrupted; // the start failed
        }
        refuseAndAwaitEnd(deadline, requests, where);
        isLate = requests.requests() > 0;
        isInterrupted |= Thread.interrupted();
        stop(application, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        if (isLate) {
            awaitEnd(System.nanoTime() + LAST_ANSWERS_TIME.toNanos(), requests, where);
        }
        return Thread.interrupted() || isInterrupted;
    }

    /** Whatever it throws, the application is stopped, which ends processes and threads. */
    private static void refuseAndAwaitEnd(long deadline, InProgress requests, Listener where) {
        try {
            refuse(where);
            awaitEnd(deadline, requests, where);
        } catch (RuntimeException | Error e) { // a class, for one, that cannot be loaded any more
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
            LOG.log(Level.WARNING, () -> where + " could not be given up in good order: " + e);
        }
        isLast(where.connector());
    }

    /** Has each answer be its connection's last. Jetty's Graceful does it for all together, and says so in our log. */
    private static void isLast(AbstractConnector connector) {
        List<CompletableFuture<Void>> ends = new ArrayList<>(); // that nobody needs: a connector knows its connections
        ends.add(connector.shutdown());
        connector.getContainedBeans(Graceful.class).forEach(part -> ends.add(part.shutdown()));
        LOG.log(Level.DEBUG, () -> "stopping: " + ends.size() + " parts of the server were told");
    }

    /** Waits until there is neither a request nor a connection; closes connections that nothing comes on. */
    private static void awaitEnd(long deadline, InProgress requests, Listener where) {
        long begin = System.nanoTime();
        for (long now = begin; now - deadline < 0; now = System.nanoTime()) {
            long stopping = TimeUnit.NANOSECONDS.toMillis(now - begin);
            boolean isAllThere = where.onTheWay() <= 0 || stopping > ARRIVAL_TIME.toMillis();
            List<EndPoint> open = List.copyOf(where.connector().getConnectedEndPoints()); // after those on the way
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

    private static void closeIfQuiet(EndPoint endPoint, long millisOfStop) {
        Activity activity = InProgress.activityOf(endPoint);
        Connection connection = endPoint.getConnection();
        long quiet =
                endPoint instanceof IdleTimeout watched ? Math.min(millisOfStop, watched.getIdleFor()) : millisOfStop;
        if (activity == Activity.REQUEST || connection == null || quiet < QUIET_TIME.toMillis()) {
            return;
        }
        boolean isWithinRequest = activity == Activity.BEGUN || isReadable(endPoint);
        if (!isWithinRequest || quiet >= QUIET_TIME_WITHIN_A_REQUEST.toMillis()) {
            connection.close();
            endPoint.close(); // an HTTP/2 connection would wait for the client to close it
        }
    }

    /** Whether bytes have come that Jetty, on a busy machine, has had no time to read. */
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
