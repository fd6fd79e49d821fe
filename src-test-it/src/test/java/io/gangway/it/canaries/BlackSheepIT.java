package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** BlackSheep: bindings, dependencies, streams, server-sent events, files, uploads, WebSockets, errors and its start. */
@OnServers(CanaryServer.RUN)
final class BlackSheepIT extends CanaryTest {
    BlackSheepIT() {
        super(Canary.of("blacksheep", "shop:app").in(VirtualEnvironment.ASGI).with("gangway.workers", "1"));
    }

    @Test
    void finds_its_routes_below_the_mount_point() throws Exception {
        Client client = client();
        client.get("/where/caf%C3%A9").status(200).contains("\"root\":\"/shop/blacksheep\"", "\"name\":\"café\"");
        client.follow(client.get("/moved").status(302)).status(200).contains("\"name\":\"tea\"");
        client.get("/nowhere").status(404);
    }

    @Test
    void injects_and_binds() throws Exception {
        client().get("/stock/tea?limit=2").status(200).body("{\"name\":\"tea\",\"count\":2}");
        client().get("/stock/tea?limit=x").status(400);
        client().send(
                        "POST",
                        "/orders",
                        BodyPublishers.ofString("{\"name\": \"thé\", \"count\": 2}"),
                        "Content-Type",
                        "application/json")
                .status(201)
                .body("{\"name\":\"thé\",\"count\":2}");
    }

    @Test
    void streams_each_piece_when_it_is_yielded() throws Exception {
        assertStreams("/stream");
        client().get("/events")
                .status(200)
                .headerMatches("Content-Type", "text/event-stream.*")
                .contains("event: number\n", "data: {\"number\":2}\n");
    }

    @Test
    void reads_bodies_and_uploads_and_sends_files() throws Exception {
        byte[] content = Bytes.pseudoRandom(3_000_000);
        client().send("POST", "/raw", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
                .status(200)
                .body("{\"size\":3000000}");
        client().multipart(
                        "/upload",
                        new Form().field("name", "Mueller").file("file", "gross.bin", "application/x-tide", content))
                .status(200)
                .body("{\"name\":\"Mueller\",\"file\":\"gross.bin\",\"size\":3000000}");
        byte[] source = Files.readAllBytes(Places.sources().resolve("blacksheep/shop.py"));
        client().get("/file").status(200).body(source);
    }

    @Test
    void answers_an_error_with_500() throws Exception {
        client().get("/fails").status(500).lacks("on purpose");
    }

    @Test
    void talks_and_closes() throws Exception {
        try (Talk talk = Talk.to(deployed().base(), "/talk/blue", "chat")) {
            assertThat(talk.subprotocol()).isEqualTo("chat");
            talk.hears("blue").say("tea ☕").hears("TEA ☕").say("close").hears("closed 4001 as you wish");
        }
        assertThat(Talk.refusal(deployed().base(), "/nowhere")).isEqualTo(403);
    }
}
