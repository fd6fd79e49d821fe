package io.gangway.it.canaries;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Falcon: media, streams in and out, multipart, errors, static routes and sinks. */
@OnServers({CanaryServer.JETTY, CanaryServer.TOMCAT, CanaryServer.WAR_JETTY_EE10})
final class FalconIT extends CanaryTest {
    private static final String JSON = "application/json";

    FalconIT() {
        super(Canary.of("falcon", "shop:app"));
    }

    @Test
    void knows_what_it_is_asked_and_where_it_is() throws Exception {
        Client client = client();
        client.get("/echo/%C3%A4?tag=a&tag=b&number=7", "Cookie", "a=1")
                .status(200)
                .header("Content-Type", JSON)
                .contains(
                        "\"name\": \"ä\"",
                        "\"prefix\": \"" + client.base() + "\"",
                        "\"uri\": \"" + client.base() + "/echo/",
                        "\"root\": \"/shop/falcon\"",
                        "\"tags\": [\"a\", \"b\"]",
                        "\"number\": 7",
                        "\"cookie\": [\"1\"]");
        client.get("/echo/x?number=0").status(400).contains("Invalid parameter");
    }

    @Test
    void takes_and_gives_media() throws Exception {
        Client client = client();
        client.send("PUT", "/echo/x", BodyPublishers.ofString("{\"a\": [1, null, \"ä\"]}"), "Content-Type", JSON)
                .status(201)
                .header("Location", client.base() + "/echo/x")
                .header("X-Canary", "one")
                .header("Set-Cookie", "a=1; HttpOnly")
                .body("{\"got\": {\"a\": [1, null, \"ä\"]}}");
        client.send("PUT", "/echo/x", BodyPublishers.ofString("{"), "Content-Type", JSON)
                .status(400);
        client.send("PUT", "/echo/x", BodyPublishers.ofString("x"), "Content-Type", "text/x-unknown")
                .status(415);
        client.send("DELETE", "/echo/x", BodyPublishers.noBody()).status(405).header("Allow", "GET, PUT, OPTIONS");
        client.send("OPTIONS", "/echo/x", BodyPublishers.noBody()).status(200).header("Allow", "GET, PUT");
    }

    @Test
    void reads_and_sends_streams() throws Exception {
        byte[] content = Bytes.pseudoRandom(2_000_000);
        String digest = "\"size\": 2000000, \"sha256\": \"" + Bytes.sha256(content) + "\", \"length\": ";
        client().send("POST", "/raw", BodyPublishers.ofByteArray(content)).contains(digest + "2000000");
        client().send("POST", "/raw", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
                .status(200)
                .contains("\"length\": 2000000");
        byte[] source = Files.readAllBytes(Places.sources().resolve("falcon/shop.py"));
        client().get("/raw")
                .status(200)
                .header("Content-Length", Integer.toString(source.length))
                .body(source);
        assertStreams("/stream");
    }

    @Test
    void reads_the_parts_of_a_form_as_they_come() throws Exception {
        client().multipart(
                        "/upload",
                        new Form().field("note", "über").file("file", "ä.bin", "application/x-tide", new byte[70_000]))
                .status(200)
                .body("[[\"note\", \"über\"], [\"file\", \"ä.bin\", \"application/x-tide\", 70000]]");
    }

    @Test
    void serves_files_and_sinks() throws Exception {
        byte[] source = Files.readAllBytes(Places.sources().resolve("falcon/shop.py"));
        client().get("/files/shop.py").status(200).body(source);
        client().get("/files/shop.py", "Range", "bytes=0-9")
                .status(206)
                .header("Content-Range", "bytes 0-9/" + source.length)
                .header("Content-Length", "10");
        client().get("/sink/a/b%20c").status(404).body("sunk: a/b c");
    }

    @Test
    void answers_errors() throws Exception {
        Client client = client();
        client.get("/errors/teapot").status(418).contains("\"title\": \"short and stout\"");
        client.get("/errors/away").status(302).header("Location", client.base() + "/echo/home");
        client.get("/errors/boom")
                .status(500)
                .contains("500 Internal Server Error")
                .lacks("kettle");
        awaitLog("RuntimeError: the kettle has exploded");
        client.get("/nowhere").status(404);
    }
}
