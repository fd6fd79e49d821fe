package io.gangway.deploy;

import io.gangway.asgi.AsgiApplication;
import io.gangway.server.Lifespan;
import java.io.IOException;
import java.time.Duration;

/** Ends an ASGI application in this JVM: its lifespan, and then the application itself if it is {@link AutoCloseable} (A42). */
final class AsgiStop implements TimedStop {
    /** As long as a server waits for its requests, if nobody says how long. */
    private static final Duration TIME = Duration.ofSeconds(25);

    private final AsgiApplication application;
    private final Lifespan lifespan;

    AsgiStop(AsgiApplication application, Lifespan lifespan) {
        this.application = application;
        this.lifespan = lifespan;
    }

    @Override
    public void close() throws IOException {
        close(TIME);
    }

    /** Whatever the lifespan does, the application is closed. */
    @Override
    public void close(Duration time) throws IOException {
        IOException problem = null;
        try {
            lifespan.stop(time);
        } catch (Lifespan.LifespanException e) {
            problem = new IOException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = new IOException("the stop was interrupted", e);
        }
        if (application instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                if (problem == null) {
                    problem = e instanceof IOException failed ? failed : new IOException(String.valueOf(e), e);
                } else {
                    problem.addSuppressed(e);
                }
            }
        }
        if (problem != null) {
            throw problem;
        }
    }
}
