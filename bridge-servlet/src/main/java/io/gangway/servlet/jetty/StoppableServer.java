package io.gangway.servlet.jetty;

import java.time.Duration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A Jetty with our stop, also when the JVM's end causes it: Jetty's own stop refuses requests with a 503, and has several deadlines. */
final class StoppableServer extends Server {
    /** Max wait for threads whose requests were not done in time; they are interrupted after half of it. Jetty's default is 5 seconds. */
    private static final Duration LATE_THREADS_TIME = Duration.ofMillis(200);

    private final QueuedThreadPool pool;
    private final GracefulStop stop;

    StoppableServer(QueuedThreadPool pool, GracefulStop stop) {
        super(pool);
        this.stop = stop;
        this.pool = pool;
        setStopTimeout(0); // turns Jetty's own graceful stop off
    }

    @Override
    protected void doStop() throws Exception {
        boolean isInterrupted = stop.run();
        if (stop.isLate()) {
            pool.setStopTimeout(LATE_THREADS_TIME.toMillis());
        }
        try {
            super.doStop();
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
