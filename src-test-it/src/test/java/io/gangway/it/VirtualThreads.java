package io.gangway.it;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.servlet.GatewayServlet;
import io.gangway.wsgi.GatewayApplication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Whether a container really calls applications on virtual threads, and is not only configured to. */
final class VirtualThreads {
    private VirtualThreads() {}

    static void assertUsed(Distribution distribution) throws Exception {
        ServerProcess process = distribution.start(
                "thread",
                List.of(),
                base -> GatewayWar.of(Map.of()).servlet(Telling.class).write(base.resolve("webapps/thread.war")));
        try {
            List<Integer> ports = distribution.ports(process);
            int port = ports.get(ports.size() - 1);
            try (RawConnection connection = new RawConnection(port)) {
                connection.send("GET /thread/ HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n");
                Answer answer = connection.read("GET").status(200);
                answer.check(answer.text().startsWith("VirtualThread["), "a virtual thread");
            }
        } finally {
            process.stop();
        }
    }

    /** An application that answers with the thread on which it is called. */
    public static final class Telling extends GatewayServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected Optional<GatewayApplication> application() {
            return Optional.of((environ, startResponse) -> {
                startResponse.start("200 OK", List.of());
                return List.of(Thread.currentThread().toString().getBytes(StandardCharsets.UTF_8));
            });
        }
    }
}
