package io.gangway.examples.registered;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.List;

/** Greets the user whom the container has logged in: the application itself asks for no password. */
final class Members implements GatewayApplication {
    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
        String user = environ.string(Environ.REMOTE_USER);
        startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
        // The environ's strings hold one byte in each char, so a name in UTF-8 is sent as it was received.
        return List.of(("Welcome aboard, " + user + "\n").getBytes(ISO_8859_1));
    }
}
