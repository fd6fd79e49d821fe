package io.gangway.it.canaries;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Bottle: templates, signed cookies, static files, uploads, streams, errors. */
@OnServers({
    CanaryServer.JETTY,
    CanaryServer.TOMCAT,
    CanaryServer.WAR_TOMCAT_10,
    CanaryServer.WAR_TOMCAT_11,
    CanaryServer.WAR_JETTY_EE10,
    CanaryServer.WAR_JETTY_EE11,
    CanaryServer.WAR_PROGRAM
})
final class BottleIT extends CanaryTest {
    BottleIT() {
        super(Canary.of("bottle", "shop:app"));
    }

    @Test
    void renders_what_it_is_asked_for() throws Exception {
        client().get("/hello/J%C3%B6rg%20%3Cb%3E?q=%C3%A4%26").status(200).body("<p>Ahoy, Jörg &lt;b&gt;! ä&amp;</p>");
        client().send("PUT", "/json", BodyPublishers.ofString("[1, 2, 39]"), "Content-Type", "application/json")
                .status(200)
                .contains("\"method\": \"PUT\"", "\"sum\": 42");
    }

    @Test
    void knows_where_it_is() throws Exception {
        Client client = client();
        client.get("/where?x=1")
                .contains(
                        "\"url\": \"" + client.base() + "/where?x=1\"",
                        "\"script\": \"/shop/bottle/\"",
                        "\"path\": \"/where\"",
                        "\"full\": \"/shop/bottle/where\"");
        Reply away = client.get("/go").status(303).header("Location", client.base() + "/where");
        client.follow(away).status(200);
    }

    @Test
    void keeps_count_in_a_signed_cookie() throws Exception {
        Client client = client();
        client.get("/count").body("1");
        client.get("/count").body("2");
        client().get("/count", "Cookie", "count=\"!forged?1\"").body("1");
    }

    @Test
    void sends_files_whole_in_part_and_not_again() throws Exception {
        byte[] source = Files.readAllBytes(Places.sources().resolve("bottle/shop.py"));
        Reply whole = client().get("/files/shop.py").status(200).body(source);
        client().get("/files/shop.py", "Range", "bytes=10-19")
                .status(206)
                .header("Content-Range", "bytes 10-19/" + source.length)
                .body(Arrays.copyOfRange(source, 10, 20));
        client().get("/files/shop.py", "Range", "bytes=" + source.length + "-").status(416);
        client().get("/files/shop.py", "If-Modified-Since", whole.header("Last-Modified"))
                .status(304)
                .body("");
        client().get("/files/shop.py?download=1").header("Content-Disposition", "attachment; filename=\"kopie.py\"");
        client().get("/files/..%5C..%5Cshop.py").statusOneOf(400, 403, 404);
        client().send("HEAD", "/files/shop.py", BodyPublishers.noBody())
                .header("Content-Length", Integer.toString(source.length))
                .body("");
    }

    @Test
    void takes_uploads() throws Exception {
        client().multipart(
                        "/upload",
                        new Form()
                                .field("note", "über")
                                .file("file", "ä.bin", "application/octet-stream", Bytes.pseudoRandom(500_000)))
                .status(200)
                .contains("\"size\": 500000", "\"note\": \"\\u00fcber\"", "\"name\": \"\\u00e4.bin\"");
    }

    @Test
    void streams_each_piece_when_it_is_yielded() throws Exception {
        assertStreams("/stream");
    }

    @Test
    void lets_in_who_has_the_password() throws Exception {
        client().get("/secret").status(401).header("WWW-Authenticate", "Basic realm=\"private\"");
        client().get("/secret", "Authorization", "Basic bWF0ZTpydW0=")
                .status(200)
                .body("aye");
    }

    @Test
    void answers_errors() throws Exception {
        client().get("/nowhere").status(404).body("no such page: /nowhere");
        client().send("POST", "/where", BodyPublishers.noBody()).status(405);
        client().get("/boom").status(500).contains("Internal Server Error").lacks("kettle");
        awaitLog("RuntimeError: the kettle has exploded");
    }
}
