package io.gangway.servlet.jetty;

import java.time.Duration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A Jetty whose stop is ours, also when the JVM's end causes it: Jetty's own refuses requests with a 503, and has no one deadline. */
final class StoppableServer extends Server {
    /** For threads to come back whose requests were not done in time, half of it before they are interrupted. Jetty has 5 seconds. */
    private static final Duration LATE_THREADS_TIME = Duration.ofMillis(200);

    private final QueuedThreadPool pool;
    private final GracefulStop stop;

    StoppableServer(QueuedThreadPool pool, GracefulStop stop) {
        super(pool);
        this.stop = stop;
        this.pool = pool;
        setStopTimeout(0); // which is Jetty's own
        setStopAtShutdown(true);
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
