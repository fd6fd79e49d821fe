package io.gangway.examples.registered;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.List;

/** Greets whom the container let in: it asks for no password and knows no realm. */
final class Members implements GatewayApplication {
    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
        String user = environ.string(Environ.REMOTE_USER);
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        // Environ's strings are bytes as chars, so a name in UTF-8 leaves as it came.
        return List.of(("Welcome aboard, " + user + "\n").getBytes(ISO_8859_1));
    }
}
