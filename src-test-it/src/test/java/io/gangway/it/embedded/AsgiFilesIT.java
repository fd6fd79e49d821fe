package io.gangway.it.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.asgi.AsgiApplication;
import io.gangway.asgi.HttpEvent;
import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that an ASGI function leaves to the server. */
class AsgiFilesIT {
    /** More than a client takes at once. */
    private static final int SIZE = 10 << 20;

    @Test
    @Tag("A51")
    void a_large_file_arrives_whole_and_the_connection_goes_on(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("file");
        Files.write(file, new byte[SIZE]);
        AsgiApplication sending = (scope, receive, send) -> send.send(new HttpEvent.ResponseStart(200, List.of()))
                .thenCompose(started -> send.send(new HttpEvent.PathSend(file)));
        try (GatewayServer server = GatewayServer.of(sending).port(0).start();
                RawConnection connection = new RawConnection(server.port())) {
            for (int i = 0; i < 2; i++) {
                connection.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Answer answer = connection.read("GET").status(200).header("Content-Length", "" + SIZE);
                assertThat(answer.length()).isEqualTo(SIZE);
            }
        }
    }
}
