package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Django: the admin, CSRF, uploads, static files, streams, messages, errors, and URLs under a mount point. */
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
final class DjangoIT extends CanaryTest {
    private @Nullable Path data;

    DjangoIT() {
        super(DjangoSite.PROJECT);
    }

    @Override
    Canary prepare(Canary plain, CanaryServer on) throws IOException, InterruptedException {
        data = Places.target().resolve("canaries-django-" + on.name());
        return DjangoSite.withData(plain, data);
    }

    @Test
    void lets_the_admin_in_with_its_password_alone() throws Exception {
        Client client = client();
        Reply away = client.get("/admin/").status(302);
        away.header("Location", "/shop/django/admin/login/?next=/shop/django/admin/");
        Reply login = client.follow(away).status(200).contains("Django administration");
        login(client, login, "wrong").status(200).contains("Please enter the correct username and password");
        Reply in = login(client, login, DjangoSite.PASSWORD).status(302).header("Location", "/shop/django/admin/");
        client.follow(in).status(200).contains("Site administration", "/shop/django/admin/stock/document/add/");
        assertThat(client.cookie("sessionid")).isNotEmpty();
        Reply index = client.get("/admin/");
        client.form("/admin/logout/", new Form().field("csrfmiddlewaretoken", token(index)))
                .status(200)
                .contains("Thanks for spending some quality time");
        client.get("/admin/").status(302);
    }

    @Test
    void reads_forms_and_bodies_that_do_not_tell_their_length() throws Exception {
        Form form = new Form().field("title", "Tür & Tor").field("empty", "");
        client().send(
                        "POST",
                        "/receive",
                        BodyPublishers.fromPublisher(form.urlencoded()),
                        "Content-Type",
                        "application/x-www-form-urlencoded")
                .status(200)
                .contains(
                        "\"fields\": {\"title\": \"T\\u00fcr & Tor\", \"empty\": \"\"}",
                        "\"length\": \"" + form.urlencoded().contentLength() + "\"");
        Form upload = new Form().field("title", "large").file("scan", "a.bin", "x/y", Bytes.pseudoRandom(4_000_000));
        client().send(
                        "POST",
                        "/receive",
                        BodyPublishers.fromPublisher(upload.multipart()),
                        "Content-Type",
                        upload.multipartType())
                .status(200)
                .contains("\"fields\": {\"title\": \"large\"}", "\"files\": {\"scan\": 4000000}");
        byte[] content = Bytes.pseudoRandom(2_000_000);
        client().send("PUT", "/raw", BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(content)))
                .status(200)
                .contains("\"size\": 2000000", Bytes.sha256(content));
    }

    @Test
    void adds_changes_finds_and_deletes_in_the_admin() throws Exception {
        Client client = loggedIn();
        byte[] scan = Bytes.pseudoRandom(70_000);
        Reply add = client.get("/admin/stock/document/add/").status(200).contains("multipart/form-data");
        Reply added = client.multipart(
                        "/admin/stock/document/add/",
                        new Form()
                                .field("csrfmiddlewaretoken", token(add))
                                .field("title", "Ladeschein Ä")
                                .file("scan", "schein.pdf", "application/pdf", scan))
                .status(302)
                .header("Location", "/shop/django/admin/stock/document/");
        client.follow(added).status(200).contains("was added successfully", "Ladeschein Ä");
        assertThat(Files.readAllBytes(data().resolve("media/scans/schein.pdf"))).isEqualTo(scan);

        String number = client.get("/admin/stock/document/?q=ladeschein")
                .status(200)
                .contains("1 document")
                .find("/shop/django/admin/stock/document/(\\d+)/change/");
        String path = "/admin/stock/document/" + number;
        client.multipart(
                        path + "/change/",
                        new Form()
                                .field("csrfmiddlewaretoken", client.cookie("csrftoken"))
                                .field("title", "Frachtbrief"))
                .status(302);
        client.get("/admin/stock/document/?q=frachtbrief").contains("1 document");
        client.get(path + "/delete/").status(200).contains("Are you sure");
        client.form(
                        path + "/delete/",
                        new Form()
                                .field("csrfmiddlewaretoken", client.cookie("csrftoken"))
                                .field("post", "yes"))
                .status(302);
        client.get(path + "/change/").status(302);
        client.get("/scan/" + number).status(404);
    }

    @Test
    void refuses_a_form_without_its_csrf_token() throws Exception {
        Client client = client();
        Reply page = client.get("/").status(200);
        Form form = new Form().field("title", "x").file("scan", "x", "text/plain", new byte[1]);
        client().multipart("/add", form).status(403).contains("CSRF verification failed");
        client.multipart("/add", form, "X-CSRFToken", "x".repeat(64)).status(403);
        client.multipart("/add", form, "X-CSRFToken", token(page)).status(302);
        client.multipart("/add", form, "X-CSRFToken", token(page), "Origin", "http://elsewhere.example")
                .status(403);
        client.multipart("/add", form, "X-CSRFToken", token(page), "Origin", origin(client))
                .status(302);
    }

    @Test
    void stores_a_large_upload_and_says_so_in_a_message() throws Exception {
        Client client = client();
        byte[] scan = Bytes.pseudoRandom(8 << 20);
        Reply page = client.get("/");
        Reply added = client.multipart(
                        "/add",
                        new Form()
                                .field("csrfmiddlewaretoken", token(page))
                                .field("title", "Karte")
                                .file("scan", "karte.bin", "image/x-map", scan))
                .status(302)
                .header("Location", "/shop/django/");
        client.follow(added).contains("<p class=\"success\">Karte: 8388608 bytes, " + Bytes.sha256(scan) + "</p>");
        client.get("/").lacks("class=\"success\"");
        assertThat(Files.readAllBytes(data().resolve("media/scans/karte.bin"))).isEqualTo(scan);
    }

    @Test
    void takes_nothing_from_a_client_that_leaves_in_the_middle_of_an_upload() throws Exception {
        Client client = client();
        String token = token(client.get("/").status(200));
        String cookie = client.cookie("csrftoken");
        try (RawConnection connection = new RawConnection(client.base().getPort())) {
            connection.send(
                    "POST /shop/django/add HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\nCookie: csrftoken="
                            + cookie + "\r\nX-CSRFToken: " + token
                            + "\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
                            + "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHalbe Ladung\r\n--b\r\n"
                            + "Content-Disposition: form-data; name=\"scan\"; filename=\"half\"\r\n\r\n"
                            + "x".repeat(3_000_000));
            connection.reset();
        }
        // The body is collected before Django is called, and so it is not.
        client.get("/").status(200).lacks("Halbe Ladung");
        assertThat(data().resolve("media/scans/half")).doesNotExist();
    }

    @Test
    void sends_files_inline_and_as_attachments() throws Exception {
        Client client = client();
        byte[] scan = Bytes.pseudoRandom(300_000);
        Form form = new Form()
                .field("csrfmiddlewaretoken", token(client.get("/")))
                .field("title", "Übersicht")
                .file("scan", "plan.pdf", "application/pdf", scan);
        Reply page = client.follow(client.multipart("/add", form).status(302));
        String number = page.find("/shop/django/scan/(\\d+)\">Übersicht");
        client.get("/scan/" + number)
                .status(200)
                .header("Content-Type", "application/pdf")
                .header("Content-Length", "300000")
                .header("Content-Disposition", "inline; filename=\"plan.pdf\"")
                .body(scan);
        client.get("/scan/" + number + "/download")
                .header("Content-Disposition", "attachment; filename*=utf-8''%C3%9Cbersicht.pdf")
                .body(scan);
        client.send("HEAD", "/scan/" + number, BodyPublishers.noBody())
                .status(200)
                .header("Content-Length", "300000")
                .body("");
        client.get("/memory").status(200).header("Content-Length", "11").body("from memory");
    }

    @Test
    void serves_static_files_with_ranges_and_for_good() throws Exception {
        Client client = client();
        String css = client.get("/").find("href=\"/shop/django(/static/admin/css/base\\.[0-9a-f]+\\.css)\"");
        Reply whole = client.get(css)
                .status(200)
                .headerMatches("Content-Type", "text/css; ?charset=\"?utf-8\"?")
                .headerMatches("Cache-Control", "max-age=\\d+, public, immutable")
                .contains("body {");
        client.get(css, "Range", "bytes=10-19").status(206).body(Arrays.copyOfRange(whole.bytes(), 10, 20));
        client.get(css, "If-Modified-Since", whole.header("Last-Modified"))
                .status(304)
                .body("");
        client.get(css, "Accept-Encoding", "gzip")
                .status(200)
                .header("Content-Encoding", "gzip")
                .header("Vary", "Accept-Encoding");
        client.get("/static/admin/img/icon-yes.svg").status(200).header("Content-Type", "image/svg+xml");
        client.get("/static/../shop/settings.py").status(404);
        // Jetty's distribution refuses such a path itself.
        client.get("/static/%2e%2e/shop.sqlite3").statusOneOf(400, 404);
    }

    @Test
    void streams_each_piece_when_it_is_yielded() throws Exception {
        assertStreams("/stream");
    }

    @Test
    void understands_paths_and_queries_beyond_ascii() throws Exception {
        client().get("/echo/%C3%A4/%E2%98%95?q=%C3%A4+%26&q=2&b=%2F", "X-Canary", "gr\u00fcn")
                .status(200)
                .contains(
                        "\"rest\": \"\\u00e4/\\u2615\"",
                        "\"path\": \"/shop/django/echo/\\u00e4/\\u2615\"",
                        "\"info\": \"/echo/\\u00e4/\\u2615\"",
                        "\"full\": \"/shop/django/echo/%C3%A4/%E2%98%95?q=%C3%A4+%26&q=2&b=%2F\"",
                        "{\"q\": [\"\\u00e4 &\", \"2\"], \"b\": [\"/\"]}");
    }

    @Test
    void makes_urls_that_lead_back_to_it() throws Exception {
        Client client = client();
        client.get("/links?x=%C3%A4")
                .status(200)
                .contains(
                        "\"reverse\": \"/shop/django/echo/a%20b/%C3%A4\"",
                        "\"absolute\": \"" + client.base() + "/\"",
                        "\"here\": \"" + client.base() + "/links?x=%C3%A4\"",
                        "\"host\": \"" + client.base().getAuthority() + "\"",
                        "\"secure\": false");
        loggedIn().get("/admin/stock").status(301).header("Location", "/shop/django/admin/stock/");
    }

    @Test
    void answers_an_error_without_its_cause_which_the_log_has() throws Exception {
        Client client = client();
        client.get("/boom").status(500).contains("Server Error (500)").lacks("kettle");
        awaitLog("Internal Server Error: /shop/django/boom");
        awaitLog("RuntimeError: the kettle has exploded");
        client.get("/").lacks("never");
        client.get("/nowhere").status(404).contains("Not Found");
    }

    @Test
    void answers_only_to_its_own_name() throws Exception {
        int port = client().base().getPort();
        try (RawConnection another = new RawConnection(port);
                RawConnection right = new RawConnection(port)) {
            another.send("GET /shop/django/links HTTP/1.1\r\nHost: attacker.example\r\n\r\n");
            another.read("GET").status(400).bodyWithout("attacker");
            right.send("GET /shop/django/links HTTP/1.1\r\nHost: localhost\r\n\r\n");
            right.read("GET").status(200);
        }
    }

    @Test
    void does_not_repeat_what_the_client_has() throws Exception {
        Reply first = client().get("/count").status(200);
        client().get("/count", "If-None-Match", first.header("ETag"))
                .status(304)
                .body("");
    }

    @Test
    void lets_views_choose_their_methods() throws Exception {
        client().send("OPTIONS", "/add", BodyPublishers.noBody()).status(405).header("Allow", "POST");
        client().send("PROPFIND", "/echo/x", BodyPublishers.noBody())
                .status(403)
                .contains("CSRF");
        client().send("DELETE", "/echo/x", BodyPublishers.noBody()).status(403);
    }

    private Client loggedIn() throws IOException, InterruptedException {
        Client client = client();
        login(client, client.get("/admin/login/?next=/shop/django/admin/"), DjangoSite.PASSWORD)
                .status(302);
        return client;
    }

    private static Reply login(Client client, Reply page, String password) throws IOException, InterruptedException {
        return client.form(
                "/admin/login/?next=/shop/django/admin/",
                new Form()
                        .field("csrfmiddlewaretoken", token(page))
                        .field("username", DjangoSite.USER)
                        .field("password", password)
                        .field("next", "/shop/django/admin/"));
    }

    private static String token(Reply page) {
        return page.find("name=\"csrfmiddlewaretoken\" value=\"(\\w+)\"");
    }

    private static String origin(Client client) {
        return "http://" + client.base().getAuthority();
    }

    private Path data() {
        return Objects.requireNonNull(data);
    }
}
