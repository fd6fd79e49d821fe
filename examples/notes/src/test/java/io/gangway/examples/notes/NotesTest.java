package io.gangway.examples.notes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.testing.TestClient;
import io.gangway.testing.TestRequest;
import io.gangway.testing.TestResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotesTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:34:56Z"), ZoneOffset.UTC);

    @TempDir
    private Path folder;

    private Site site;
    private TestClient client;

    @BeforeEach
    void open() throws Exception {
        site = Site.open(folder, CLOCK);
        client = TestClient.of(site);
    }

    @AfterEach
    void close() {
        site.close();
    }

    @Test
    void begins_without_notes() {
        TestResponse response = client.get("/").send();

        assertThat(response.code()).isEqualTo(200);
        assertThat(response.text()).contains("There are no notes here yet.").doesNotContain("class=\"flash\"");
        assertThat(response.header("Content-Security-Policy").orElse("")).startsWith("default-src 'none'");
        assertThat(response.header("X-Request-ID")).isPresent();
    }

    @Test
    void saves_a_note_and_says_so_once() {
        TestResponse saved = save("Groceries", "Bread\nCafé ☕");

        assertThat(saved.code()).isEqualTo(303);
        String path = saved.header("Location").orElseThrow();
        assertThat(client.get(path).send().text())
                .contains("<h1>Groceries</h1>", "Bread\nCafé ☕", "2026-03-01 12:34 UTC", "The note is saved.");
        assertThat(client.get(path).send().text()).doesNotContain("The note is saved.");
    }

    @Test
    void escapes_what_visitors_wrote() {
        String path = save("<script>alert(1)</script>", "\"</div><b>")
                .header("Location")
                .orElseThrow();

        for (String page : new String[] {path, path + "/edit", "/", "/?q=%3Cscript%3E"}) {
            assertThat(client.get(page).send().text())
                    .as(page)
                    .contains("&lt;script&gt;")
                    .doesNotContain("<script>", "</div><b>");
        }
    }

    @Test
    void changes_a_note() {
        String path = save("Old", "old text").header("Location").orElseThrow();

        assertThat(client.get(path + "/edit").send().text()).contains("value=\"Old\"", ">old text</textarea>");
        assertThat(client.followingRedirects()
                        .post(path)
                        .field("csrf", token())
                        .field("title", "New")
                        .field("text", "new text")
                        .send()
                        .text())
                .contains("Your changes are saved.", "<h1>New</h1>", "new text");
    }

    @Test
    void deletes_a_note_and_its_files() throws Exception {
        String path = save("Gone", "soon").header("Location").orElseThrow();
        attach(path, "a.txt", "content".getBytes(UTF_8)).send();
        assertThat(files("attachments")).isEqualTo(1);

        TestResponse deleted =
                client.post(path + "/delete").field("csrf", token()).send();

        assertThat(deleted.code()).isEqualTo(303);
        assertThat(client.get(path).send().code()).isEqualTo(404);
        assertThat(files("attachments")).isZero();
    }

    @Test
    void finds_words_in_title_and_text_in_any_case() {
        save("Apples", "red");
        save("Pears", "like apples");
        save("100 %", "plums");

        assertThat(client.get("/?q=APPLE").send().text())
                .contains("Apples", "Pears")
                .doesNotContain("100 %");
        assertThat(client.get("/?q=%25").send().text()).contains("100 %").doesNotContain("Apples", "Pears");
    }

    @Test
    void shows_ten_notes_on_a_page() {
        for (int i = 1; i <= 11; i++) {
            save("Note " + i + ".", "");
        }

        assertThat(client.get("/").send().text())
                .contains("Note 11.", "Note 2.", "Page 1 of 2", "/?q&#x3D;&amp;page&#x3D;2")
                .doesNotContain("Note 1.");
        for (String last : new String[] {"2", "3", "2147483647"}) {
            assertThat(client.get("/?page=" + last).send().text())
                    .contains("Note 1.", "Page 2 of 2")
                    .doesNotContain("Note 11.");
        }
        for (String first : new String[] {"0", "-1", "x", ""}) {
            assertThat(client.get("/?page=" + first).send().text()).contains("Page 1 of 2");
        }
    }

    @Test
    void shows_a_form_again_that_lacks_a_title() {
        TestResponse response = save(" ", "text that would be a pity to lose");

        assertThat(response.code()).isEqualTo(422);
        assertThat(response.text()).contains("A note needs a title.", "text that would be a pity to lose");
    }

    @Test
    void counts_characters() {
        assertThat(save("t".repeat(200), "x".repeat(20_000)).code()).isEqualTo(303);
        assertThat(save("t".repeat(201), "").text()).contains("A title has at most 200 characters; this one has 201.");
        assertThat(save("t", "x".repeat(20_001)).text())
                .contains("A note has at most 20000 characters; this one has 20001.");
    }

    @Test
    void takes_files_and_gives_them_back() {
        String path = save("With a file", "").header("Location").orElseThrow();
        byte[] bytes = new byte[100_000];
        bytes[99_999] = 1;

        TestResponse attached =
                attach(path, "C:\\tmp\\Übersicht 1*.html", bytes).send();

        assertThat(attached.code()).isEqualTo(303);
        assertThat(client.get(path).send().text()).contains(">Übersicht 1*.html</a> <small>98 KiB");
        TestResponse download = client.get(path + "/attachments/1").send();
        assertThat(download.bytes()).isEqualTo(bytes);
        assertThat(download.header("Content-Type")).contains("application/octet-stream");
        assertThat(download.header("Content-Disposition"))
                .contains("attachment; filename*=UTF-8''%C3%9Cbersicht%201%2A.html");
    }

    @Test
    void refuses_a_file_that_is_too_large() throws Exception {
        String path = save("With a file", "").header("Location").orElseThrow();

        TestResponse response =
                attach(path, "large", new byte[10 * 1024 * 1024]).send();

        assertThat(response.code()).isEqualTo(413);
        assertThat(response.text()).contains("That is more than 10240 KiB.");
        assertThat(files("attachments")).isZero();
        assertThat(files("uploads")).isZero();
    }

    @Test
    void keeps_no_file_of_a_refused_form() throws Exception {
        String path = save("With a file", "").header("Location").orElseThrow();

        TestResponse response = client.post(path + "/attachments")
                .file("file", "a", "text/plain", new byte[100_000])
                .send();

        assertThat(response.code()).isEqualTo(403);
        assertThat(files("uploads")).isZero();
    }

    @Test
    void refuses_an_attachment_without_a_file() {
        String path = save("Without", "").header("Location").orElseThrow();

        assertThat(attach(path, "", new byte[0]).send().text()).contains("Choose a file first.");
    }

    @Test
    void refuses_a_form_that_is_too_large() {
        assertThat(save("t", "x".repeat(256 * 1024)).code()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong"})
    void refuses_a_form_without_the_token(String token) {
        token();

        TestResponse response =
                client.post("/notes").field("csrf", token).field("title", "t").send();

        assertThat(response.code()).isEqualTo(403);
        assertThat(response.text()).contains("This form has expired.");
        assertThat(client.get("/").send().text()).contains("There are no notes here yet.");
    }

    @Test
    void refuses_a_form_without_the_cookie() {
        String token = token();
        client.clearCookies();

        assertThat(client.post("/notes")
                        .field("csrf", token)
                        .field("title", "t")
                        .send()
                        .code())
                .isEqualTo(403);
    }

    @Test
    void refuses_text_that_is_not_utf_8() {
        String form = "csrf=" + token() + "&title=caf%E9";

        TestResponse response = client.post("/notes")
                .body(form.getBytes(ISO_8859_1), "application/x-www-form-urlencoded")
                .send();

        assertThat(response.code()).isEqualTo(400);
        assertThat(response.text()).contains("The text that arrived is not UTF-8.");
        assertThat(client.get("/?q=%FF").send().code()).isEqualTo(400);
    }

    @Test
    void refuses_what_is_no_form() {
        assertThat(client.post("/notes").json("{}").send().code()).isEqualTo(415);
        assertThat(client.post("/notes").send().code()).isEqualTo(415);
    }

    @Test
    void refuses_a_broken_multipart_form() {
        assertThat(client.post("/notes")
                        .body("--x\r\nno end".getBytes(UTF_8), "multipart/form-data; boundary=x")
                        .send()
                        .code())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/notes/1",
                "/notes/x",
                "/notes/99999999999999999999",
                "/notes/1/edit",
                "/notes/-1",
                "/notes/1/attachments/1",
                "/notes/",
                "//",
                "/static/nothing.css"
            })
    void answers_404_where_nothing_is(String path) {
        assertThat(client.get(path).send().code()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/notes/1", "/notes/1/delete", "/notes/1/attachments"})
    void answers_404_to_a_form_for_a_note_that_is_gone(String path) {
        assertThat(client.post(path)
                        .field("csrf", token())
                        .field("title", "t")
                        .send()
                        .code())
                .isEqualTo(404);
    }

    @Test
    void answers_405_with_the_methods_that_are_allowed() {
        TestResponse response = client.put("/notes/1").send();

        assertThat(response.code()).isEqualTo(405);
        assertThat(response.header("Allow")).contains("GET, HEAD, POST");
    }

    @Test
    void answers_head() {
        TestResponse response = client.head("/").send();

        assertThat(response.code()).isEqualTo(200);
        assertThat(response.bytes()).isEmpty();
    }

    @Test
    void serves_its_style_sheet() {
        TestResponse response = client.get("/static/notes.css").send();

        assertThat(response.code()).isEqualTo(200);
        assertThat(response.header("Content-Type").orElse("")).startsWith("text/css");
    }

    @Test
    void links_within_its_mount_point() {
        TestClient mounted = client.mountedAt("/my%20notes");

        assertThat(mounted.get("/my%20notes/").send().text())
                .contains("href=\"/my%20notes/static/notes.css\"", "href=\"/my%20notes/notes/new\"");
        assertThat(mounted.get("/my%20notes").send().header("Location")).contains("/my%20notes/");
    }

    @Test
    void keeps_notes_over_a_restart() throws Exception {
        save("Kept", "");
        site.close();

        site = Site.open(folder, CLOCK);

        assertThat(TestClient.of(site).get("/").send().text()).contains("Kept");
    }

    private TestResponse save(String title, String text) {
        return client.post("/notes")
                .field("csrf", token())
                .field("title", title)
                .field("text", text)
                .send();
    }

    private TestRequest attach(String path, String name, byte[] bytes) {
        return client.post(path + "/attachments")
                .field("csrf", token())
                .file("file", name, "application/octet-stream", bytes);
    }

    /** The token as a browser has it: from a page with a form. */
    private String token() {
        client.get("/notes/new").send();
        return client.cookie("notes_csrf").orElseThrow();
    }

    private long files(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.count();
        }
    }
}
