package io.gangway.deploy;

import io.gangway.asgi.AsgiApplication;
import io.gangway.log.Logs;
import io.gangway.server.Lifespan;
import io.gangway.server.OpenCalls;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * Ends an ASGI application in this JVM: when its calls have returned, its lifespan, and then the application itself if it is {@link AutoCloseable} (A42).
 */
final class AsgiStop implements TimedStop {
    /** As long as a server waits for its requests, if nobody says how long. */
    private static final Duration TIME = Duration.ofSeconds(25);

    private static final Logger LOG = Logs.named("io.gangway.deploy");

    private final AsgiApplication application;
    private final OpenCalls calls;
    private final Lifespan lifespan;

    AsgiStop(AsgiApplication application, OpenCalls calls, Lifespan lifespan) {
        this.application = application;
        this.calls = calls;
        this.lifespan = lifespan;
    }

    @Override
    public Duration time() {
        return TIME;
    }

    @Override
    public void close() throws IOException {
        close(TIME);
    }

    /** Whatever happens before, the application is closed. */
    @Override
    public void close(Duration time) throws IOException {
        IOException problem = null;
        boolean isInterrupted = false;
        try {
            endLifespan(time);
        } catch (InterruptedException e) {
            isInterrupted = true;
            problem = new IOException("the stop was interrupted", e);
        } catch (Exception e) {
            problem = failure(e);
        }
        if (application instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                if (problem == null) {
                    problem = failure(e);
                } else {
                    problem.addSuppressed(e);
                }
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt(); // only now, because the application may wait in its close()
        }
        if (problem != null) {
            throw problem;
        }
    }

    /** Calls that never return leave half of the time to the lifespan. */
    private void endLifespan(Duration time) throws Lifespan.LifespanException, InterruptedException {
        long begin = System.nanoTime();
        int open = calls.awaitNone(time.dividedBy(2));
        if (open > 0) {
            LOG.log(
                    Level.WARNING,
                    "calls of the application that have not returned at its stop, although their clients are gone: "
                            + open);
        }
        lifespan.stop(time.minusNanos(System.nanoTime() - begin));
    }

    private static IOException failure(Exception problem) {
        if (problem instanceof IOException failed) {
            return failed;
        }
        String what = problem instanceof Lifespan.LifespanException ? problem.getMessage() : problem.toString();
        return new IOException(what, problem);
    }
}
