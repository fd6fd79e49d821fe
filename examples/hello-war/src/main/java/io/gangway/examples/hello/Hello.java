package io.gangway.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.List;

/** The whole application: it greets, and tells the URL where it is mounted. */
public final class Hello implements GatewayApplication {
    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        String text = "Hello from " + environ.applicationUrl() + "/\n";
        return List.of(text.getBytes(UTF_8));
    }
}
