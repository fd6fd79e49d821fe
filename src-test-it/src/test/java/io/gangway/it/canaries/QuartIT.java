package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Quart: routes, templates, sessions, streams, background tasks, files with ranges, uploads, WebSockets and what runs around serving. */
@OnServers(CanaryServer.RUN)
final class QuartIT extends CanaryTest {
    QuartIT() {
        super(Canary.of("quart", "shop:app").in(VirtualEnvironment.ASGI).with("gangway.workers", "1"));
    }

    @Test
    void makes_urls_below_the_mount_point() throws Exception {
        Client client = client();
        client.get("/where/caf%C3%A9?a=1&a=%C3%A4")
                .status(200)
                .contains(
                        "\"home\":\"" + client.base() + "/where/caf%C3%A9\"",
                        "\"root\":\"/shop/quart\"",
                        "\"query\":[[\"a\",\"1\"],[\"a\",\"\\u00e4\"]]",
                        "\"pool\":[\"ready\"]");
        client.follow(client.get("/moved").status(303)).status(200).contains("\"name\":\"tea\"");
        client.get("/room/blue")
                .status(200)
                .body("<p>blue at /shop/quart/room/blue with /shop/quart/static/shop.css</p>");
        client.get("/static/shop.css").status(200).body("body { color: teal }\n");
    }

    @Test
    void keeps_a_session_that_its_websockets_see() throws Exception {
        Client client = client();
        client.get("/visits").status(200).body("1");
        client.get("/visits").body("2");
        client().get("/visits").body("1");
        try (Talk talk = Talk.with(
                Map.of("Cookie", "session=" + client.cookie("session")),
                deployed().base(),
                "/talk/blue",
                "chat")) {
            assertThat(talk.subprotocol()).isEqualTo("chat");
            talk.hears("{\"path\": \"/talk/blue\", \"room\": \"blue\", \"root\": \"/shop/quart\", \"visits\": 2}");
            talk.say("tea ☕").hears("TEA ☕").say("close").hears("closed 4001 as you wish");
        }
        assertThat(Talk.refusal(deployed().base(), "/deny")).isEqualTo(401);
        assertThat(Talk.refusal(deployed().base(), "/nowhere")).isEqualTo(404);
    }

    @Test
    void streams_each_piece_when_it_is_yielded_and_breaks_off() throws Exception {
        assertStreams("/stream");
        assertBreaksOff("/shop/quart/breaks");
    }

    @Test
    void answers_before_its_background_tasks_have_ended() throws Exception {
        try (Gate gate = new Gate()) {
            client().get("/background?gate=" + gate.port()).status(200).body("accepted");
            gate.open();
            await().untilAsserted(
                            () -> assertThat(client().get("/done").bytes()).isEqualTo("done".getBytes(UTF_8)));
        }
    }

    @Test
    void sends_files_and_ranges_of_them() throws Exception {
        byte[] source = Files.readAllBytes(Places.sources().resolve("quart/shop.py"));
        Reply whole = client().get("/file")
                .status(200)
                .header("Content-Length", Integer.toString(source.length))
                .header("Content-Disposition", "attachment; filename=shop.py")
                .body(source);
        client().get("/file", "Range", "bytes=3-11").status(206).body(Arrays.copyOfRange(source, 3, 12));
        client().get("/file", "If-None-Match", whole.header("ETag")).status(304);
    }

    @Test
    void reads_bodies_and_uploads() throws Exception {
        byte[] content = Bytes.pseudoRandom(3_000_000);
        assertReads("/raw", content);
        client().multipart(
                        "/upload",
                        new Form().field("name", "Müller").file("file", "gross.bin", "application/x-tide", content))
                .status(200)
                .contains("\"file\":\"gross.bin\"", "\"name\":\"M\\u00fcller\"", "\"size\":3000000");
    }

    @Test
    void answers_errors_as_it_says_and_others_with_500() throws Exception {
        client().get("/teapot").status(418).header("X-Pot", "tea").body("short and stout");
        client().get("/nowhere").status(404);
        client().get("/fails").status(500).lacks("on purpose");
        awaitLog("failed on purpose");
    }
}
