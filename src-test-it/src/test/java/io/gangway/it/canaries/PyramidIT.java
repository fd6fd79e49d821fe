package io.gangway.it.canaries;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Pyramid: routes, renderers, sessions, CSRF, files, streams, exception views. */
@OnServers({CanaryServer.JETTY, CanaryServer.TOMCAT, CanaryServer.WAR_TOMCAT_11})
final class PyramidIT extends CanaryTest {
    PyramidIT() {
        super(Canary.of("pyramid", "shop:app"));
    }

    @Test
    void makes_urls_below_the_mount_point() throws Exception {
        Client client = client();
        client.get("/product/sp%C3%A4tzle?q=1&q=%C3%BC")
                .status(200)
                .header("Content-Type", "application/json")
                .contains(
                        "\"name\": \"sp\\u00e4tzle\"",
                        "\"query\": [\"1\", \"\\u00fc\"]",
                        "\"route\": \"" + client.base() + "/product/k%C3%A4se%20brot?q=%C3%A4\"",
                        "\"path\": \"/shop/pyramid/\"",
                        "\"application\": \"" + client.base() + "\"",
                        "\"static\": \"/shop/pyramid/static/shop.css\"");
        client.get("/static/shop.css").status(200).body("body { color: teal }\n");
        Reply away = client.get("/error/away").status(302).header("Location", client.base() + "/");
        client.follow(away).contains("visit 1");
    }

    @Test
    void keeps_a_session_and_its_csrf_token() throws Exception {
        Client client = client();
        String token = client.get("/").status(200).find("visit 1 (\\w+)");
        client.get("/").body("visit 2 " + token);
        Form form = new Form().field("note", "über").file("file", "ä.bin", "text/plain", Bytes.pseudoRandom(300_000));
        client.multipart("/upload", form).status(400);
        client.multipart("/upload", form, "X-CSRF-Token", token)
                .status(200)
                .contains("\"size\": 300000", "\"name\": \"\\u00e4.bin\"", "\"note\": \"\\u00fcber\"");
    }

    @Test
    void sends_files_whole_in_part_and_not_again() throws Exception {
        byte[] source = Files.readAllBytes(Places.sources().resolve("pyramid/shop.py"));
        Reply whole = client().get("/file")
                .status(200)
                .header("Content-Length", "" + source.length)
                .body(source);
        client().get("/file", "If-Modified-Since", whole.header("Last-Modified"))
                .status(304)
                .body("");
        client().get("/file", "Range", "bytes=4-9").status(206).body(Arrays.copyOfRange(source, 4, 10));
        client().send("HEAD", "/file", BodyPublishers.noBody())
                .header("Content-Length", "" + source.length)
                .body("");
    }

    @Test
    void streams_each_piece_when_it_is_yielded() throws Exception {
        assertStreams("/stream");
    }

    @Test
    void answers_errors_with_the_views_that_are_made_for_them() throws Exception {
        client().get("/error/gone").status(410).contains("sold out");
        client().get("/error/lookup").status(410).body("looked in vain for tea");
        client().get("/nowhere/%C3%A4").status(404).body("no such page: /nowhere/ä");
        client().get("/error/boom").status(500).lacks("kettle");
        awaitLog("RuntimeError: the kettle has exploded");
    }
}
