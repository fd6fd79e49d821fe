package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** FastAPI: dependency injection, validation, the OpenAPI page, uploads, background tasks, security and a lifespan. */
@OnServers({CanaryServer.RUN, CanaryServer.TOMCAT, CanaryServer.WAR_TOMCAT_10})
final class FastApiIT extends CanaryTest {
    private static final String JSON = "application/json";

    FastApiIT() {
        super(Canary.of("fastapi", "shop:app").with("gangway.workers", "1"));
    }

    @Test
    void injects_dependencies_and_validates() throws Exception {
        client().get("/stock/tea?limit=2").status(200).body("{\"name\":\"tea\",\"count\":2,\"session\":\"open\"}");
        client().get("/stock/tea?limit=10")
                .status(422)
                .contains("\"loc\":[\"query\",\"limit\"]", "less than or equal to 9");
        client().get("/stock/gold").status(404).body("{\"detail\":\"no gold\"}");
        client().send("POST", "/orders", BodyPublishers.ofString("{\"name\": \"x\"}"), "Content-Type", JSON)
                .status(422)
                .contains("\"loc\":[\"body\",\"name\"]", "\"loc\":[\"body\",\"count\"]");
    }

    @Test
    void runs_background_tasks_after_the_response() throws Exception {
        client().send(
                        "POST",
                        "/orders",
                        BodyPublishers.ofString("{\"name\": \"thé\", \"count\": 2}"),
                        "Content-Type",
                        JSON,
                        "X-Tenant",
                        "north")
                .status(201)
                .body("{\"order\":{\"name\":\"thé\",\"count\":2},\"tenant\":\"north\"}");
        await().untilAsserted(() -> client().get("/mails").contains("\"thé\""));
    }

    @Test
    void shows_its_documentation_below_the_mount_point() throws Exception {
        client().get("/openapi.json")
                .status(200)
                .contains("\"title\":\"Shop\"", "\"/stock/{name}\"", "\"url\":\"/shop/fastapi\"");
        client().get("/docs").status(200).contains("/shop/fastapi/openapi.json");
    }

    @Test
    void asks_for_a_user() throws Exception {
        client().get("/me").status(401).header("WWW-Authenticate", "Basic");
        String token = Base64.getEncoder().encodeToString("ann:sesame".getBytes(UTF_8));
        client().get("/me", "Authorization", "Basic " + token).status(200).body("{\"user\":\"ann\"}");
    }

    @Test
    void takes_uploads_and_streams() throws Exception {
        client().multipart(
                        "/upload",
                        new Form()
                                .field("name", "Müller")
                                .file("file", "groß.bin", "application/x-tide", Bytes.pseudoRandom(5_000_000)))
                .status(200)
                .body("{\"name\":\"Müller\",\"file\":\"groß.bin\",\"type\":\"application/x-tide\",\"size\":5000000}");
        client().get("/count").status(200).body("0\n1\n2\n");
    }

    @Test
    void talks_and_learns_that_its_client_has_left() throws Exception {
        try (Talk talk = Talk.to(deployed().base(), "/talk/blue?token=%C3%A4")) {
            talk.say("{\"text\": \"☕\"}").hears("{\"room\":\"blue\",\"token\":\"ä\",\"got\":{\"text\":\"☕\"}}");
            talk.leave(4002);
            await().untilAsserted(() -> client().get("/mails").contains("left blue 4002"));
        }
    }
}
