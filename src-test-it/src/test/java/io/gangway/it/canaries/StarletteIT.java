package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Starlette: routes, sessions, streams, background tasks, files with ranges, static files, uploads, errors and a lifespan. */
@OnServers({CanaryServer.JETTY, CanaryServer.JETTY_HTTP_2, CanaryServer.TOMCAT, CanaryServer.WAR_TOMCAT_10})
final class StarletteIT extends CanaryTest {
    StarletteIT() {
        super(Canary.of("starlette", "shop:app"));
    }

    @Test
    void makes_urls_below_the_mount_point_and_knows_what_its_lifespan_left() throws Exception {
        Client client = client();
        client.get("/where/caf%C3%A9?a=1&a=%C3%A4")
                .status(200)
                .contains(
                        "\"path\":\"/shop/starlette/where/café\"",
                        "\"home\":\"" + client.base() + "/where/café\"",
                        "\"static\":\"" + client.base() + "/static/shop.css\"",
                        "\"root\":\"/shop/starlette\"",
                        "\"name\":\"café\"",
                        "\"query\":[[\"a\",\"1\"],[\"a\",\"ä\"]]",
                        "\"pool\":[\"ready\"]",
                        "\"loop\":\"uvloop\"");
        client.follow(client.get("/moved").status(303)).status(200).contains("\"name\":\"tea\"");
    }

    @Test
    void keeps_a_session_in_a_signed_cookie() throws Exception {
        Client client = client();
        client.get("/visits").status(200).body("1");
        client.get("/visits").body("2");
        client().get("/visits").body("1");
    }

    @Test
    void streams_each_piece_when_it_is_yielded() throws Exception {
        assertStreams("/stream");
    }

    @Test
    void ends_the_stream_of_a_client_that_left() throws Exception {
        assertEndsStreamOfLostClient("/shop/starlette/endless");
    }

    @Test
    void breaks_the_connection_when_a_stream_fails() throws Exception {
        assertBreaksOff("/shop/starlette/breaks");
    }

    @Test
    void answers_before_its_background_tasks_have_ended() throws Exception {
        try (Gate gate = new Gate()) {
            client().get("/background?gate=" + gate.port()).status(200).body("accepted");
            gate.open();
            await().untilAsserted(() -> {
                boolean isDone = false;
                for (int i = 0; i < 8 && !isDone; i++) { // in whichever worker it ran
                    isDone = Arrays.equals(client().get("/done").bytes(), "done".getBytes(UTF_8));
                }
                assertThat(isDone).isTrue();
            });
        }
    }

    @Test
    void sends_files_and_ranges_of_them() throws Exception {
        byte[] source = Files.readAllBytes(Places.sources().resolve("starlette/shop.py"));
        client().get("/file")
                .status(200)
                .header("Content-Length", Integer.toString(source.length))
                .header("Accept-Ranges", "bytes")
                .header("Content-Disposition", "attachment; filename*=utf-8''sh%C3%B6p.py")
                .body(source);
        client().get("/file", "Range", "bytes=3-11")
                .status(206)
                .header("Content-Range", "bytes 3-11/" + source.length)
                .body(Arrays.copyOfRange(source, 3, 12));
        client().get("/file", "Range", "bytes=9999999-").status(416);
        Client client = client();
        Reply css = client.get("/static/shop.css")
                .status(200)
                .headerMatches("Content-Type", "text/css; ?charset=utf-8")
                .body("body { color: teal }\n");
        client.get("/static/shop.css", "If-None-Match", css.header("ETag")).status(304);
        client.get("/static/none.css").status(404);
    }

    @Test
    void reads_a_body_of_known_and_of_unknown_length_and_uploads() throws Exception {
        byte[] content = Bytes.pseudoRandom(3_000_000);
        assertReads("/raw", content);
        client().multipart(
                        "/upload",
                        new Form().field("name", "Müller").file("file", "groß.bin", "application/x-tide", content))
                .status(200)
                .contains("\"name\":\"Müller\"", "\"file\":\"groß.bin\"", "\"size\":3000000");
    }

    @Test
    void answers_errors_as_it_says_and_others_with_500() throws Exception {
        client().get("/teapot").status(418).header("X-Pot", "tea").body("short and stout");
        client().get("/nowhere").status(404).body("Not Found");
        client().get("/fails").status(500).body("Internal Server Error");
        awaitLog("failed on purpose");
        client().get("/thread").status(200).body("from a thread");
    }
}
