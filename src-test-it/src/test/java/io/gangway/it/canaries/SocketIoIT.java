package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Socket.IO, with its own client: by polling, with the upgrade to a WebSocket, and again after a reload. */
@OnServers(CanaryServer.TOMCAT)
final class SocketIoIT extends CanaryTest {
    SocketIoIT() {
        // One worker: a session of polling is in the memory of one.
        super(Canary.of("socketio", "shop:app").in(VirtualEnvironment.ASGI).with("gangway.workers", "1"));
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException {
        return plain.reloadedBy(reload())
                // So long an old worker keeps a client that polls.
                .with("gangway.graceful-timeout", "2s")
                .with("gangway.env.SHOP_MOUNT", plain.contextPath());
    }

    @Test
    void polls_upgrades_and_comes_back_after_a_reload() throws Exception {
        URI base = deployed().base();
        assertThat(told("talk_socketio.py", base.resolve("/").toString(), base.getRawPath(), reload().toString()))
                .containsExactly(
                        "stranger: who are you?",
                        "stranger is refused",
                        "polling by polling",
                        "polling echoes True",
                        "upgraded by websocket",
                        "upgraded echoes True",
                        "direct by websocket",
                        "direct echoes True",
                        "heard tea? tea? tea?",
                        "polling is back by polling",
                        "upgraded is back by websocket",
                        "direct is back by websocket",
                        "heard more tea? more tea? more tea?",
                        "done");
    }

    private static Path reload() {
        return Places.target().resolve("canaries-socketio.reload");
    }
}
