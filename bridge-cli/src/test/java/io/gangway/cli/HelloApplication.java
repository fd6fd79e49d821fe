package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.List;

/** An application for {@code --class-path}: it is not in the jar. */
public final class HelloApplication implements GatewayApplication {
    /** Makes the application; the loader calls it. */
    public HelloApplication() {}

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
        return List.of("hello from Java".getBytes(UTF_8));
    }
}
