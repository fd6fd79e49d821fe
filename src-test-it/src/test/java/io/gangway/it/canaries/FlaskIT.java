package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.it.client.RawConnection;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flask: blueprints, sessions, templates, streams, uploads, errors, files and URLs under a mount point. */
@OnServers({
    CanaryServer.JETTY,
    CanaryServer.JETTY_HTTP_2,
    CanaryServer.TOMCAT,
    CanaryServer.WAR_TOMCAT_10,
    CanaryServer.WAR_TOMCAT_11,
    CanaryServer.WAR_JETTY_EE10,
    CanaryServer.WAR_JETTY_EE11,
    CanaryServer.WAR_PROGRAM
})
final class FlaskIT extends CanaryTest {
    private static final byte[] TIDE = tide();
    /** A number of clients above the workers' threads, so that some wait. */
    private static final int CLIENTS = 12;

    private static final int ROUNDS = 20;

    FlaskIT() {
        super(Canary.of("flask", "shop:app"));
    }

    @Test
    void renders_a_blueprints_templates_with_urls_below_the_mount_point() throws Exception {
        Client client = client();
        client.get("/catalog/")
                .status(200)
                .headerMatches("Content-Type", "text/html; ?charset=utf-8")
                .contains(
                        client.mount() + "/static/shop.css\"",
                        "<a href=\"" + client.mount() + "/catalog/caf%C3%A9\">café</a>",
                        "&lt;cocoa&gt;");
        client.get("/static/shop.css")
                .status(200)
                .headerMatches("Content-Type", "text/css; ?charset=utf-8")
                .body("body { color: teal }\n");
    }

    @Test
    void routes_paths_and_queries_beyond_ascii() throws Exception {
        client().get("/catalog/caf%C3%A9%20%E2%98%95?q=%C3%A4&q=b+c&empty=")
                .status(200)
                .contains(
                        "\"name\":\"caf\\u00e9 \\u2615\"",
                        "\"path\":\"/catalog/caf\\u00e9 \\u2615\"",
                        "\"q\":[\"\\u00e4\",\"b c\"]",
                        "\"empty\":[\"\"]",
                        "\"root\":\"/shop/flask\"");
    }

    @Test
    void makes_urls_that_lead_back_to_it() throws Exception {
        Client client = client();
        client.get("/links?a=1")
                .status(200)
                .contains(
                        "\"here\":\"" + client.base() + "/links?a=1\"",
                        "\"relative\":\"/shop/flask/catalog/\"",
                        "\"external\":\"" + client.base() + "/catalog/caf%C3%A9%20au%20lait\"",
                        "\"static\":\"/shop/flask/static/shop.css\"");
    }

    @Test
    void redirects_below_the_mount_point() throws Exception {
        Client client = client();
        Reply moved = client.get("/moved").status(301).header("Location", "/shop/flask/catalog/");
        client.follow(moved).status(200).contains("tea");
        client.get("/catalog").status(308).header("Location", client.base() + "/catalog/");
    }

    @Test
    void keeps_a_session_in_a_signed_cookie() throws Exception {
        Client client = client();
        client.get("/visits").status(200).body("1").headerMatches("Vary", "Cookie");
        client.get("/visits").body("2");
        client.get("/visits").body("3");
        client().get("/visits").body("1");
        client().get("/visits", "Cookie", "session=forged.by.somebody").body("1");
        client.get("/cookies")
                .header("Set-Cookie", "a=\"1\\054 with\\073 signs\"; Path=/", "b=2; HttpOnly; Path=/; SameSite=Lax");
    }

    @Test
    void flashes_a_message_across_a_redirect() throws Exception {
        Client client = client();
        Reply saved =
                client.form("/flash", new Form().field("name", "Tür & Tor")).status(302);
        client.follow(saved).contains("<p>saved: Tür &amp; Tor</p>");
        client.get("/flashed").contains("<p>nothing</p>");
    }

    @Test
    void streams_each_piece_when_it_is_yielded() throws Exception {
        assertStreams("/stream");
    }

    @Test
    void closes_the_stream_of_a_client_that_left() throws Exception {
        assertEndsStreamOfLostClient("/shop/flask/endless");
    }

    @Test
    void breaks_the_connection_when_a_stream_fails() throws Exception {
        assertBreaksOff("/shop/flask/breaks");
    }

    @Test
    void takes_files_of_any_size_and_name() throws Exception {
        byte[] small = "small".getBytes(UTF_8);
        byte[] large = Bytes.pseudoRandom(20 << 20);
        client().multipart(
                        "/upload",
                        new Form()
                                .field("name", "Müller")
                                .field("empty", "")
                                .file("a", "klein & fein.txt", "text/plain", small)
                                .file("b", "groß.bin", "application/x-tide", large))
                .status(200)
                .contains(
                        "\"form\":{\"empty\":\"\",\"name\":\"M\\u00fcller\"}",
                        "[\"a\",\"klein & fein.txt\",\"text/plain\",5,\"" + Bytes.sha256(small) + "\"]",
                        "[\"b\",\"gro\\u00df.bin\",\"application/x-tide\",20971520,\"" + Bytes.sha256(large) + "\"]");
    }

    @Test
    void reads_a_body_of_known_and_of_unknown_length() throws Exception {
        byte[] content = Bytes.pseudoRandom(3_000_000);
        String digest = "\"sha256\":\"" + Bytes.sha256(content) + "\",\"size\":3000000";
        client().send("PUT", "/raw", BodyPublishers.ofByteArray(content))
                .status(200)
                .contains("\"length\":3000000", digest);
        client().send("POST", "/raw", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
                .status(200)
                .contains("\"length\":3000000", digest);
    }

    @Test
    void reads_a_form_that_does_not_tell_its_length() throws Exception {
        Client client = client();
        Form form = new Form().field("name", "Tür & Tor");
        Reply saved = client.send(
                        "POST",
                        "/flash",
                        BodyPublishers.fromPublisher(form.urlencoded()),
                        "Content-Type",
                        "application/x-www-form-urlencoded")
                .status(302);
        client.follow(saved).contains("<p>saved: Tür &amp; Tor</p>");
    }

    @Test
    void refuses_a_body_that_is_too_large() throws Exception {
        try (RawConnection connection = new RawConnection(deployed().base().getPort())) {
            connection.send("POST /shop/flask/small HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\na=1&");
            connection.send(new byte[5_000_000 - 4]); // Flask is called when all of it is there
            connection.read("POST").status(413);
        }
        client().form("/small", new Form().field("a", "1").field("b", "2"))
                .status(200)
                .body("2");
    }

    @Test
    void answers_many_clients_at_once_each_its_own() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<Client>> tasks = new ArrayList<>();
            for (int number = 0; number < CLIENTS; number++) {
                int own = number;
                tasks.add(() -> mirrored(own));
            }
            for (Future<Client> mirrored : clients.invokeAll(tasks)) {
                mirrored.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }

    /** Bodies of many sizes that only this client sends, small ones and bodies that need many frames. */
    private Client mirrored(int number) throws Exception {
        Client client = client();
        for (int round = 1; round <= ROUNDS; round++) {
            byte[] own = new byte[round * round * 997];
            Arrays.fill(own, (byte) number);
            client.send("POST", "/mirror/" + number, BodyPublishers.ofByteArray(own))
                    .status(200)
                    .header("X-Number", Integer.toString(number))
                    .body(own);
            client.get("/visits").body(Integer.toString(round));
        }
        return client;
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE"})
    void speaks_json_with_any_method(String method) throws Exception {
        client().send(
                        method,
                        "/json",
                        BodyPublishers.ofString("{\"a\": [1, \"ä\"]}"),
                        "Content-Type",
                        "application/json")
                .status(200)
                .header("Content-Type", "application/json")
                .body("{\"body\":{\"a\":[1,\"\\u00e4\"]},\"method\":\"" + method + "\"}\n");
    }

    @Test
    void refuses_json_that_is_none_and_methods_that_a_route_has_not() throws Exception {
        client().send("POST", "/json", BodyPublishers.ofString("{"), "Content-Type", "application/json")
                .status(400);
        client().send("POST", "/json", BodyPublishers.ofString("{}"), "Content-Type", "text/plain")
                .status(415);
        client().get("/json").status(405).headerMatches("Allow", ".*PATCH.*");
        client().send("OPTIONS", "/json", BodyPublishers.noBody()).status(200).headerMatches("Allow", ".*DELETE.*");
    }

    @Test
    void sends_the_ranges_of_a_file_that_are_asked_for() throws Exception {
        Reply whole = client().get("/file").status(200).body(TIDE).header("Accept-Ranges", "bytes");
        String tag = whole.header("ETag");
        client().get("/file", "Range", "bytes=256-1279")
                .status(206)
                .header("Content-Range", "bytes 256-1279/102400")
                .header("Content-Length", "1024")
                .body(Arrays.copyOfRange(TIDE, 256, 1280));
        client().get("/file", "Range", "bytes=-3").status(206).body(Arrays.copyOfRange(TIDE, 102_397, 102_400));
        client().get("/file", "Range", "bytes=102400-").status(416).header("Content-Range", "bytes */102400");
        client().get("/file", "Range", "bytes=0-1", "If-Range", tag).status(206).body(new byte[] {0, 1});
        client().get("/file", "Range", "bytes=0-1", "If-Range", "\"another\"")
                .status(200)
                .body(TIDE);
    }

    @Test
    void does_not_send_a_file_that_the_client_has() throws Exception {
        Reply whole = client().get("/file").status(200);
        client().get("/file", "If-None-Match", whole.header("ETag"))
                .status(304)
                .header("ETag", whole.header("ETag"))
                .body("");
        client().get("/file", "If-Modified-Since", whole.header("Last-Modified"))
                .status(304);
        client().get("/file", "If-None-Match", "\"another\"").status(200).body(TIDE);
        client().send("HEAD", "/file", BodyPublishers.noBody())
                .status(200)
                .header("Content-Length", "102400")
                .body("");
    }

    @Test
    void sends_a_file_from_the_disk_under_another_name() throws Exception {
        byte[] source = java.nio.file.Files.readAllBytes(Places.sources().resolve("flask/shop.py"));
        client().get("/source")
                .status(200)
                .header("Content-Disposition", "attachment; filename=Groe.txt; filename*=UTF-8''Gr%C3%B6%C3%9Fe.txt")
                .header("Content-Length", Integer.toString(source.length))
                .body(source);
        client().get("/source", "Range", "bytes=3-9").status(206).body(Arrays.copyOfRange(source, 3, 10));
    }

    @Test
    void shows_the_applications_own_error_pages() throws Exception {
        client().get("/nowhere/%C3%A4").status(404).contains("<h1>no such page: /nowhere/ä</h1>");
        client().get("/catalog/sold-out/tea").status(410).body("sold out: tea");
        client().get("/teapot").status(418);
        client().get("/boom")
                .status(500)
                .contains("<h1>we are sorry: RuntimeError</h1>")
                .lacks("kettle");
        awaitLog("Exception on /boom [GET]");
        awaitLog("RuntimeError: the kettle has exploded");
    }

    private static byte[] tide() {
        byte[] content = new byte[102_400];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) i;
        }
        return content;
    }
}
