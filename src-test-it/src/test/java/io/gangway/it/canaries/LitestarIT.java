package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Litestar: dependencies, validation, the OpenAPI document, uploads, streams, server-sent events, WebSocket listeners and a lifespan. */
@OnServers(CanaryServer.TOMCAT)
final class LitestarIT extends CanaryTest {
    private static final String JSON = "application/json";

    LitestarIT() {
        super(Canary.of("litestar", "shop:app").in(VirtualEnvironment.ASGI).with("gangway.workers", "1"));
    }

    @Test
    void finds_its_routes_below_the_mount_point() throws Exception {
        Client client = client();
        client.get("/where/caf%C3%A9?a=%C3%A4")
                .status(200)
                .contains("\"root\":\"/shop/litestar\"", "\"name\":\"café\"", "\"a\":[\"ä\"]");
        client.follow(client.get("/moved").status(303)).status(200).contains("\"name\":\"tea\"");
        client.get("/nowhere").status(404).contains("\"status_code\":404");
    }

    @Test
    void injects_dependencies_and_validates() throws Exception {
        client().get("/stock/tea?limit=2").status(200).body("{\"name\":\"tea\",\"count\":2,\"session\":\"open\"}");
        client().get("/stock/tea?limit=10").status(400).contains("limit");
        client().get("/stock/gold").status(404).contains("no gold");
        client().send("POST", "/orders", BodyPublishers.ofString("{\"name\": \"x\"}"), "Content-Type", JSON)
                .status(400)
                .contains("count");
    }

    @Test
    void runs_background_tasks_after_the_response() throws Exception {
        client().send(
                        "POST",
                        "/orders",
                        BodyPublishers.ofString("{\"name\": \"thé\", \"count\": 2}"),
                        "Content-Type",
                        JSON)
                .status(201)
                .body("{\"name\":\"thé\",\"count\":2}");
        await().untilAsserted(() -> client().get("/mails").contains("\"thé\""));
    }

    @Test
    void shows_its_documentation_below_the_mount_point() throws Exception {
        client().get("/schema/openapi.json").status(200).contains("\"title\":\"Shop\"", "/stock/{name}");
        client().get("/schema/swagger").status(200).contains("swagger");
    }

    @Test
    void streams_each_piece_when_it_is_yielded_and_ends_with_its_client() throws Exception {
        assertStreams("/stream");
        assertEndsStreamOfLostClient("/shop/litestar/endless");
        client().get("/events")
                .status(200)
                .headerMatches("Content-Type", "text/event-stream.*")
                .contains("id: 0\r\nevent: number\r\ndata: 0\r\n", "id: 2\r\nevent: number\r\ndata: 2\r\n");
    }

    @Test
    void reads_bodies_and_uploads_and_sends_files() throws Exception {
        byte[] content = Bytes.pseudoRandom(3_000_000);
        client().send("POST", "/raw", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
                .status(201)
                .contains("\"size\":3000000");
        client().multipart(
                        "/upload",
                        new Form().field("name", "Müller").file("file", "gross.bin", "application/x-tide", content))
                .status(201)
                .body("{\"name\":\"Müller\",\"file\":\"gross.bin\",\"size\":3000000}");
        byte[] source = Files.readAllBytes(Places.sources().resolve("litestar/shop.py"));
        client().get("/file")
                .status(200)
                .header("Content-Length", Integer.toString(source.length))
                .body(source);
    }

    @Test
    void answers_errors_as_it_says_and_others_with_500() throws Exception {
        client().get("/me").status(401).header("WWW-Authenticate", "Basic");
        client().get("/fails").status(500).lacks("on purpose");
    }

    @Test
    void talks_and_closes() throws Exception {
        try (Talk talk = Talk.to(deployed().base(), "/talk/blue")) {
            talk.say("{\"text\":\"ä ☕\"}").hears("{\"room\":\"blue\",\"got\":{\"text\":\"ä ☕\"}}");
        }
        try (Talk talk = Talk.to(deployed().base(), "/close", "chat")) {
            assertThat(talk.subprotocol()).isEqualTo("chat");
            talk.hears("/close").hears("closed 4001 as you wish");
        }
        assertThat(Talk.refusal(deployed().base(), "/nowhere")).isEqualTo(403);
    }
}
