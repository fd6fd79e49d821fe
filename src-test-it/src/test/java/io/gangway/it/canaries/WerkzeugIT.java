package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Werkzeug: requests and responses of every method, a large multipart body, conditions, and the debugger, in development. */
@OnServers({CanaryServer.JETTY, CanaryServer.TOMCAT, CanaryServer.WAR_TOMCAT_10})
final class WerkzeugIT extends CanaryTest {
    private static final String PIN = "123-456-789";
    private static final int LARGE = 100 << 20;
    /** Max growth of a worker while it reads that: its own buffers are below 2 MiB. */
    private static final int GROWTH_KIB = 16 << 10;

    WerkzeugIT() {
        super(Canary.of("werkzeug", "tools:debugged")
                .with("gangway.workers", "1")
                .with("gangway.development", "true")
                .with("gangway.env.WERKZEUG_DEBUG_PIN", PIN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "M-SEARCH", "BREW"})
    void understands_every_method(String method) throws Exception {
        client().send(
                        method,
                        "/echo/%E2%9A%93/x?a=1&a=%C3%A4",
                        BodyPublishers.ofString("grüße", UTF_8),
                        "Content-Type",
                        "Text/Plain; charset=utf-8",
                        "Accept-Language",
                        "fr, de;q=0.7",
                        "Range",
                        "bytes=0-9,20-",
                        "Cookie",
                        "a=1; b=\"x y\"",
                        "Authorization",
                        "Basic bWF0ZTpydW0=")
                .status(200)
                .contains(
                        "\"method\": \"" + method + "\"",
                        "\"rest\": \"\\u2693/x\"",
                        "\"root\": \"/shop/werkzeug\"",
                        "\"args\": {\"a\": [\"1\", \"\\u00e4\"]}",
                        "\"type\": \"text/plain\", \"length\": 7, \"data\": \"gr\\u00fc\\u00dfe\"",
                        "\"accept\": \"de\"",
                        "\"cookies\": {\"a\": \"1\", \"b\": \"x y\"}",
                        "\"range\": [[0, 10], [20, null]]",
                        "\"remote\": \"127.0.0.1\"",
                        "\"basic\": \"mate\"");
    }

    @Test
    void answers_head_without_the_body() throws Exception {
        client().send("HEAD", "/conditional", BodyPublishers.noBody())
                .status(200)
                .header("Content-Length", "98889")
                .headerMatches("Content-Type", "text/plain; ?charset=utf-8")
                .body("");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 203, 402, 404, 429, 451, 503, 599})
    void passes_on_every_status_with_its_body_and_repeated_headers(int code) throws Exception {
        client().get("/status/" + code)
                .status(code)
                .header("X-Canary", "one", "two")
                .header("Link", "</a>; rel=\"next\"")
                .body("body of a " + code);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    void sends_no_body_where_there_may_be_none(int code) throws Exception {
        client().get("/status/" + code)
                .status(code)
                .header("X-Canary", "one", "two")
                .body("");
    }

    @Test
    void parses_a_large_upload_in_little_memory() throws Exception {
        byte[] block = Bytes.pseudoRandom((1 << 20) + 7);
        MessageDigest digest = Bytes.digest();
        try (InputStream content = Bytes.repeated(block, LARGE)) {
            content.transferTo(new java.security.DigestOutputStream(java.io.OutputStream.nullOutputStream(), digest));
        }
        Form form = new Form()
                .field("note", "schwer")
                .file("file", "ladung.bin", "application/octet-stream", Bytes.repeated(block, LARGE), LARGE);
        Reply reply = client().multipart("/upload", form)
                .status(200)
                .contains(
                        "\"size\": " + LARGE,
                        "\"sha256\": \"" + HexFormat.of().formatHex(digest.digest()) + "\"",
                        "\"name\": \"ladung.bin\", \"note\": \"schwer\"");
        int grown = Integer.parseInt(reply.find("\"grown\": (\\d+)"));
        reply.check(grown < GROWTH_KIB, "to grow by less than " + GROWTH_KIB + " KiB");
    }

    @Test
    void parses_an_upload_that_does_not_tell_its_length() throws Exception {
        byte[] content = Bytes.pseudoRandom(700_000);
        Form form = new Form().field("note", "leicht").file("file", "ä.bin", "application/octet-stream", content);
        client().send(
                        "POST",
                        "/upload",
                        BodyPublishers.fromPublisher(form.multipart()),
                        "Content-Type",
                        form.multipartType())
                .status(200)
                .contains("\"size\": 700000, \"sha256\": \"" + Bytes.sha256(content) + "\", \"name\": \"\\u00e4.bin\"");
    }

    @Test
    void answers_on_conditions() throws Exception {
        Reply whole = client().get("/conditional").status(200).header("Cache-Control", "max-age=60");
        String tag = whole.header("ETag");
        String since =
                whole.header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT").header("Last-Modified");
        client().get("/conditional", "If-None-Match", "\"x\", " + tag)
                .status(304)
                .header("ETag", tag)
                .body("");
        client().get("/conditional", "If-None-Match", "W/" + tag).status(304);
        client().get("/conditional", "If-Modified-Since", since).status(304);
        client().get("/conditional", "If-Modified-Since", "Wed, 31 Dec 2025 23:59:59 GMT")
                .status(200);
        client().get("/conditional", "Range", "bytes=5-10", "If-Range", since)
                .status(206)
                .header("Content-Range", "bytes 5-10/98889")
                .body(Arrays.copyOfRange(whole.bytes(), 5, 11));
        client().get("/conditional", "Range", "bytes=5-10", "If-Range", "\"x\"").status(200);
        client().get("/conditional", "Range", "bytes=98889-").status(416);
    }

    @Test
    void builds_urls_below_the_mount_point() throws Exception {
        Client client = client();
        client.get("/built?x")
                .contains(
                        "\"url\": \"" + client.base() + "/echo/%C3%A4%20b\"",
                        "\"base\": \"" + client.base() + "/built\"");
        client.get("/old").status(308).header("Location", client.base() + "/built");
        client.get("/%C3%BC").status(404).body("nothing at /ü");
    }

    @Test
    void debugs_in_the_browser_once_the_pin_is_given() throws Exception {
        Client client = client();
        Reply page = client.get("/boom")
                .status(500)
                .contains(
                        "RuntimeError", "the kettle has exploded 42 times", "EVALEX = true", "EVALEX_TRUSTED = false");
        String secret = page.find("SECRET = \"(\\w+)\"");
        String frame = page.find("(?s).*id=\"frame-(\\d+)\"");
        String console = "/boom?__debugger__=yes&frm=" + frame + "&s=" + secret + "&cmd=";
        client.get("/boom?__debugger__=yes&cmd=resource&f=debugger.js")
                .status(200)
                .contains("openShell");

        String command = URLEncoder.encode("treasure * 1000 + 1", UTF_8);
        client.get(console + command).status(500).lacks("42001");
        String pin = "/?__debugger__=yes&s=" + secret + "&cmd=pinauth&pin=";
        client.get(pin + "000-000-000").status(200).body("{\"auth\": false, \"exhausted\": false}");
        client.get(pin + PIN).status(200).body("{\"auth\": true, \"exhausted\": false}");
        client.get(console + command).status(200).contains("42001");
        client.get(console + URLEncoder.encode("print('aye')", UTF_8))
                .status(200)
                .contains("aye");
        client.get(console + URLEncoder.encode("1 / 0", UTF_8)).status(200).contains("ZeroDivisionError");
        client().get(console + command).status(500).lacks("42001");
        client.get("/boom").contains("EVALEX_TRUSTED = true");
        client.get("/console").status(200).contains("Interactive Console");
        awaitLog("RuntimeError: the kettle has exploded 42 times");
    }

    @Test
    void notes_an_error_that_comes_too_late_for_a_page() throws Exception {
        assertThat(client().get("/late").status(200).text()).isEqualTo("first\n");
        awaitLog("too late for a page");
    }
}
