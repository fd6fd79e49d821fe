package io.gangway.testing;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.LifespanMode;
import io.gangway.server.AsgiFunction;
import io.gangway.server.Lifespan;
import java.time.Duration;
import java.util.Map;

/**
 * The lifespan of an ASGI application in a test: its startup has run when {@link #of} returns, and {@link #close} runs its shutdown.
 *
 * <pre>{@code
 * try (TestLifespan lifespan = TestLifespan.of(application)) {
 *     assertThat(lifespan.client().get("/").send().code()).isEqualTo(200);
 * }
 * }</pre>
 *
 * <p>Thread-safe. An application without a lifespan fails here.
 */
public final class TestLifespan implements AutoCloseable {
    /** Startup and shutdown in a test have nothing to wait for; a busy machine may take some seconds. */
    private static final Duration TIME = Duration.ofSeconds(10);

    private final Lifespan lifespan;
    private final TestClient client;

    private TestLifespan(Lifespan lifespan, TestClient client) {
        this.lifespan = lifespan;
        this.client = client;
    }

    /**
     * Runs an application's startup.
     *
     * @param application called with a {@link io.gangway.asgi.LifespanScope}
     * @return the lifespan, to be closed
     * @throws IllegalStateException if the startup failed
     */
    public static TestLifespan of(AsgiApplication application) {
        try {
            Lifespan lifespan = Lifespan.start(application, LifespanMode.ON, TIME);
            return new TestLifespan(lifespan, TestClient.of(new AsgiFunction(application, lifespan.state())));
        } catch (Lifespan.LifespanException e) {
            throw new IllegalStateException("The application cannot start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted while the application started", e);
        }
    }

    /**
     * A client for the application's requests, which get the lifespan's state.
     *
     * @return the same object each time
     */
    public TestClient client() {
        return client;
    }

    /**
     * What the startup has left.
     *
     * @return the map itself
     */
    public Map<String, Object> state() {
        return lifespan.state();
    }

    /**
     * Runs the application's shutdown.
     *
     * @throws IllegalStateException if it failed, or was not answered in time
     */
    @Override
    public void close() {
        try {
            lifespan.stop(TIME);
        } catch (Lifespan.LifespanException e) {
            throw new IllegalStateException("The application cannot stop: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted while the application stopped", e);
        }
    }
}
