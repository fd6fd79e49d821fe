package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource(Way.class)
class StaticFilesTest {
    private static final GatewayApplication NOT_FOUND =
            (environ, startResponse) -> PlainAnswer.send(startResponse, "404 Not Found");

    private final Way way;

    StaticFilesTest(Way way) {
        this.way = way;
    }

    private static final Instant MODIFIED = Instant.parse("2026-01-02T03:04:05.678901Z");
    private static final String LAST_MODIFIED = "Fri, 02 Jan 2026 03:04:05 GMT";
    /** Size 10 and the time of change, in hexadecimal. */
    private static final String ETAG = "\"a-695735a5.28773508\"";

    @TempDir
    Path directory;

    private Path root;
    private StaticFiles files;

    @BeforeEach
    void make_files() throws IOException {
        root = Files.createDirectory(directory.resolve("public"));
        write("a.txt", "0123456789");
        write("empty.txt", "");
        write("docs/index.html", "<p>");
        write("docs/caf\u00e9.html", "caf\u00e9");
        write("plain/file", "x");
        write(".hidden", "hidden");
        write(".git/config", "hidden");
        write("100%.txt", "percent");
        write("%2e%2e", "a literal name");
        Files.writeString(directory.resolve("secret.txt"), "secret");
        Files.createDirectory(directory.resolve("public-too"));
        Files.writeString(directory.resolve("public-too/x.txt"), "secret");
        files = StaticFiles.in(root).build();
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
    }

    private static String bytes(String path) {
        return new String(path.getBytes(UTF_8), ISO_8859_1);
    }

    private Call get(String path) {
        return send(Call.get(bytes(path)), files);
    }

    /** With an application behind the files that has nothing. */
    private Call send(Call call, StaticFiles to) {
        return way.send(call, to, NOT_FOUND);
    }

    @Test
    void sends_a_file_with_its_validators() {
        Call call = get("/a.txt");
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.body()).isEqualTo("0123456789");
        assertThat(call.responseHeader("Content-Length")).contains("10");
        assertThat(call.responseHeader("Content-Type")).contains("text/plain; charset=utf-8");
        assertThat(call.responseHeader("ETag")).contains(ETAG);
        assertThat(call.responseHeader("Last-Modified")).contains(LAST_MODIFIED);
        assertThat(call.responseHeader("Accept-Ranges")).contains("bytes");
        assertThat(call.responseHeader("X-Content-Type-Options")).contains("nosniff");
        assertThat(call.responseHeader("Cache-Control")).isEmpty();
        assertThat(call.responseHeader("Vary")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/docs/caf\u00e9.html, caf\u00e9",
        "/docs/, <p>",
        "/plain/file, x",
        "/100%.txt, percent",
        "/%2e%2e, a literal name",
        "/empty.txt, ''",
    })
    void finds_files_by_their_names(String path, String body) {
        Call call = get(path);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/missing",
                "/A.TXT.x",
                "/../secret.txt",
                "/docs/../../secret.txt",
                "/docs/../a.txt",
                "/./a.txt",
                "/..",
                "/../",
                "/../public-too/x.txt",
                "/..\\secret.txt",
                "\\..\\secret.txt",
                "/docs\\..\\..\\secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/a.txt\u0000",
                "/a.txt\u0000.html",
                "/a.txt/",
                "/a.txt/x",
                "//a.txt",
                "/docs//index.html",
                "/docs/./",
                "/.hidden",
                "/.git/config",
                "/.git/",
                "/plain/",
                "/plain",
                "/a.txt\n",
                "/\u007f",
                "a.txt",
                "../secret.txt",
                "/a.txt.",
                "/...",
                "//",
                "///",
                "/C:/",
                "/~root/",
            })
    void finds_nothing_else(String path) throws IOException {
        write("index.html", "not to be mistaken for what a malformed path names");
        Call call = get(path);
        assertThat(call.status()).isEqualTo(404);
        assertThat(call.body()).isEqualTo("404 Not Found\n");
    }

    @Test
    void finds_nothing_by_an_absolute_path() {
        assertThat(get(directory.resolve("secret.txt").toString()).status()).isEqualTo(404);
        assertThat(get("/" + directory.resolve("secret.txt")).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/docs/caf\u00e9.html", // ISO-8859-1
                "/\u00c0\u00ae\u00c0\u00ae/secret.txt", // two dots, overlong
                "/..\u00c0\u00afsecret.txt", // a slash, overlong
                "/\u00ed\u00a0\u0080", // a surrogate
                "/\u00ff",
                "/a.txt\u00c3",
            })
    void finds_nothing_where_the_path_is_not_utf_8(String path) {
        assertThat(send(Call.get(path), files).status()).isEqualTo(404);
    }

    @Test
    void follows_links_within_the_directory_and_none_that_lead_out() throws IOException {
        Files.createSymbolicLink(root.resolve("within.txt"), Path.of("a.txt"));
        Files.createSymbolicLink(root.resolve("out.txt"), directory.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("relative.txt"), Path.of("../secret.txt"));
        Files.createSymbolicLink(root.resolve("outdir"), directory);
        Files.createSymbolicLink(root.resolve("neighbour"), directory.resolve("public-too"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
        Files.createDirectory(root.resolve("indexed"));
        Files.createSymbolicLink(root.resolve("indexed/index.html"), directory.resolve("secret.txt"));
        assertThat(get("/within.txt").body()).isEqualTo("0123456789");
        for (String path : List.of(
                "/out.txt",
                "/relative.txt",
                "/outdir/secret.txt",
                "/outdir/",
                "/outdir",
                "/neighbour/x.txt",
                "/loop",
                "/dangling",
                "/indexed/",
                "/indexed")) {
            assertThat(get(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void lets_no_compressed_sibling_lead_out() throws IOException {
        Files.createSymbolicLink(root.resolve("a.txt.gz"), directory.resolve("secret.txt"));
        Call call = send(
                Call.get("/a.txt").header("Accept-Encoding", "gzip"),
                StaticFiles.in(root).precompressed().build());
        assertThat(call.body()).isEqualTo("0123456789");
        assertThat(call.responseHeader("Content-Encoding")).isEmpty();
    }

    @Test
    void takes_type_index_and_compressed_siblings_from_the_name_that_was_asked_for() throws IOException {
        Path blobs = Files.createDirectory(root.resolve("blobs"));
        Files.writeString(blobs.resolve("3f2a"), "script");
        Files.writeString(blobs.resolve("77b1.html"), "compressed");
        Files.createSymbolicLink(root.resolve("app.js"), Path.of("blobs/3f2a"));
        Files.createSymbolicLink(root.resolve("app.js.gz"), Path.of("blobs/77b1.html"));
        Files.createSymbolicLink(root.resolve("plain.txt"), Path.of("blobs/77b1.html"));
        Files.createSymbolicLink(
                Files.createDirectory(root.resolve("linked")).resolve("index.html"), Path.of("../blobs/3f2a"));
        StaticFiles files = StaticFiles.in(root).precompressed().build();

        Call plain = send(Call.get("/app.js"), files);
        assertThat(plain.body()).isEqualTo("script");
        assertThat(plain.responseHeader("Content-Type")).contains("text/javascript; charset=utf-8");

        Call compressed = send(Call.get("/app.js").header("Accept-Encoding", "gzip"), files);
        assertThat(compressed.body()).isEqualTo("compressed");
        assertThat(compressed.responseHeader("Content-Type")).contains("text/javascript; charset=utf-8");
        assertThat(compressed.responseHeader("Content-Encoding")).contains("gzip");

        assertThat(send(Call.get("/plain.txt"), files).responseHeader("Content-Type"))
                .contains("text/plain; charset=utf-8");
        assertThat(send(Call.get("/linked/"), files).responseHeader("Content-Type"))
                .contains("text/html; charset=utf-8");
    }

    @Test
    void serves_a_root_that_is_a_link_and_is_switched() throws IOException {
        Path current = Files.createSymbolicLink(directory.resolve("current"), Path.of("public"));
        StaticFiles linked = StaticFiles.in(current).build();
        assertThat(send(Call.get("/a.txt"), linked).status()).isEqualTo(200);
        Files.delete(current);
        Files.createSymbolicLink(current, Path.of("public-too"));
        assertThat(send(Call.get("/a.txt"), linked).status()).isEqualTo(404);
        assertThat(send(Call.get("/x.txt"), linked).status()).isEqualTo(200);
    }

    @Test
    void shows_dot_files_if_asked_to_but_no_dot_segments() {
        StaticFiles shown = StaticFiles.in(root).showDotFiles().build();
        assertThat(send(Call.get("/.hidden"), shown).body()).isEqualTo("hidden");
        assertThat(send(Call.get("/docs/../a.txt"), shown).status()).isEqualTo(404);
        assertThat(send(Call.get("/../secret.txt"), shown).status()).isEqualTo(404);
    }

    @Test
    void redirects_a_directory_to_its_slash() {
        Call call = Call.get("/docs").with("SCRIPT_NAME", "/st\u00c3\u00a4tic").with("QUERY_STRING", "a=1");
        assertThat(send(call, files).status()).isEqualTo(301);
        assertThat(call.responseHeader("Location")).contains("/st%C3%A4tic/docs/?a=1");
    }

    @Test
    void redirects_its_own_root() throws IOException {
        write("index.html", "root");
        assertThat(get("/").body()).isEqualTo("root");
        Call call = send(Call.get("").with("SCRIPT_NAME", "/static"), files);
        assertThat(call.responseHeader("Location")).contains("/static/");
    }

    @Test
    void a_redirect_names_no_host() {
        Call call = send(Call.get("/docs").with("SCRIPT_NAME", "//evil.example"), files);
        assertThat(call.responseHeader("Location")).contains("/evil.example/docs/");
    }

    @Test
    void serves_another_index_or_none() throws IOException {
        write("docs/start.htm", "start");
        assertThat(send(
                                Call.get("/docs/"),
                                StaticFiles.in(root).index("start.htm").build())
                        .body())
                .isEqualTo("start");
        assertThat(send(Call.get("/docs/"), StaticFiles.in(root).withoutIndex().build())
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"})
    void answers_405_to_other_methods(String method) {
        Call call = send(Call.of(method, "/a.txt"), files);
        assertThat(call.status()).isEqualTo(405);
        assertThat(call.responseHeader("Allow")).contains("GET, HEAD");
        assertThat(send(Call.of(method, "/missing"), files).status()).isEqualTo(404);
    }

    @Test
    void answers_head_with_the_headers_of_get_and_opens_no_body() throws Exception {
        Call call = send(Call.of("HEAD", "/a.txt").header("Range", "bytes=1-2"), files);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.responseHeader("Content-Length")).contains("10");
        assertThat(call.responseHeader("ETag")).contains(ETAG);
        assertThat(call.body()).isEmpty();
        assertThat(files.call(Call.of("HEAD", "/a.txt").environ, (status, headers, excInfo) -> data -> {}))
                .isEqualTo(List.of());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // If-Match | If-Unmodified-Since | If-None-Match | If-Modified-Since | status
                "TAG | - | - | - | 200",
                "* | - | - | - | 200",
                "\"x\" | - | - | - | 412",
                "\"x\", TAG | - | - | - | 200",
                "W/TAG | - | - | - | 412",
                "TAG | Thu, 01 Jan 2026 00:00:00 GMT | - | - | 200",
                "- | Thu, 01 Jan 2026 00:00:00 GMT | - | - | 412",
                "- | Fri, 02 Jan 2026 03:04:05 GMT | - | - | 200",
                "- | nonsense | - | - | 200",
                "- | - | TAG | - | 304",
                "- | - | W/TAG | - | 304",
                "- | - | * | - | 304",
                "- | - | \"x,y\", TAG | - | 304",
                "- | - | \"x\" | - | 200",
                "- | - | nonsense | - | 200",
                "- | - | - | Fri, 02 Jan 2026 03:04:05 GMT | 304",
                "- | - | - | Friday, 02-Jan-26 03:04:05 GMT | 304",
                "- | - | - | Fri Jan  2 03:04:05 2026 | 304",
                "- | - | - | Fri, 02 Jan 2026 03:04:04 GMT | 200",
                "- | - | - | nonsense | 200",
                "- | - | \"x\" | Fri, 02 Jan 2026 03:04:05 GMT | 200",
                "TAG | - | TAG | - | 304",
                "\"x\" | - | TAG | - | 412",
            })
    void evaluates_preconditions_in_order(
            String ifMatch, String ifUnmodifiedSince, String ifNoneMatch, String ifModifiedSince, int status) {
        Call call = Call.get("/a.txt");
        condition(call, "If-Match", ifMatch);
        condition(call, "If-Unmodified-Since", ifUnmodifiedSince);
        condition(call, "If-None-Match", ifNoneMatch);
        condition(call, "If-Modified-Since", ifModifiedSince);
        assertThat(send(call, files).status()).isEqualTo(status);
        assertThat(call.problem()).isNull();
    }

    private static void condition(Call call, String name, String value) {
        if (value != null) {
            call.header(name, value.replace("TAG", ETAG));
        }
    }

    @Test
    void a_304_carries_what_a_cache_updates() throws IOException {
        write("a.txt.gz", "gz");
        StaticFiles cached =
                StaticFiles.in(root).precompressed().cacheControl("max-age=60").build();
        Call call = send(Call.get("/a.txt").header("If-None-Match", ETAG), cached);
        assertThat(call.status()).isEqualTo(304);
        assertThat(call.responseHeader("ETag")).contains(ETAG);
        assertThat(call.responseHeader("Cache-Control")).contains("max-age=60");
        assertThat(call.responseHeader("Vary")).contains("Accept-Encoding");
        assertThat(call.responseHeader("Content-Length")).isEmpty();
        assertThat(call.body()).isEmpty();
    }

    @Test
    void a_change_within_the_second_changes_the_etag() throws IOException {
        Files.setLastModifiedTime(root.resolve("a.txt"), FileTime.from(MODIFIED.plusNanos(1000)));
        Call call = send(Call.get("/a.txt").header("If-None-Match", ETAG), files);
        assertThat(call.status()).isEqualTo(200);
    }

    @Test
    void sends_no_date_in_the_future() throws IOException {
        Files.setLastModifiedTime(
                root.resolve("a.txt"), FileTime.from(Instant.now().plusSeconds(86_400)));
        Instant sent = HttpDates.parse(
                        get("/a.txt").responseHeader("Last-Modified").orElseThrow())
                .orElseThrow();
        assertThat(sent).isBeforeOrEqualTo(Instant.now());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0 | 206 | 0 | bytes 0-0/10",
                "bytes=2-5 | 206 | 2345 | bytes 2-5/10",
                "BYTES=2-5 | 206 | 2345 | bytes 2-5/10",
                "bytes=7- | 206 | 789 | bytes 7-9/10",
                "bytes=7-99 | 206 | 789 | bytes 7-9/10",
                "bytes=-3 | 206 | 789 | bytes 7-9/10",
                "bytes=-99 | 206 | 0123456789 | bytes 0-9/10",
                "bytes=0-99999999999999999999999 | 206 | 0123456789 | bytes 0-9/10",
                "bytes=2-5, | 206 | 2345 | bytes 2-5/10",
                "bytes=10- | 416 | '416 Range Not Satisfiable\n' | bytes */10",
                "bytes=99999999999999999999- | 416 | '416 Range Not Satisfiable\n' | bytes */10",
                "bytes=-0 | 416 | '416 Range Not Satisfiable\n' | bytes */10",
                "bytes=5-2 | 200 | 0123456789 | ''",
                "bytes=0-1,3-4 | 200 | 0123456789 | ''",
                "bytes=- | 200 | 0123456789 | ''",
                "bytes= | 200 | 0123456789 | ''",
                "bytes=+1-2 | 200 | 0123456789 | ''",
                "bytes=1 | 200 | 0123456789 | ''",
                "lines=1-2 | 200 | 0123456789 | ''",
                "1-2 | 200 | 0123456789 | ''",
            })
    void sends_the_range_that_is_asked_for(String range, int status, String body, String contentRange) {
        Call call = send(Call.get("/a.txt").header("Range", range), files);
        assertThat(call.status()).isEqualTo(status);
        assertThat(call.body()).isEqualTo(body);
        assertThat(call.responseHeader("Content-Range").orElse("")).isEqualTo(contentRange);
        assertThat(call.responseHeader("Content-Length")).contains(Integer.toString(body.length()));
        assertThat(call.problem()).isNull();
    }

    @Test
    void ignores_ranges_of_an_empty_file() {
        Call call = send(Call.get("/empty.txt").header("Range", "bytes=0-"), files);
        assertThat(call.status()).isEqualTo(200);
        assertThat(call.responseHeader("Content-Length")).contains("0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TAG | 206",
                "W/TAG | 200",
                "\"x\" | 200",
                "Fri, 02 Jan 2026 03:04:05 GMT | 206",
                "Fri, 02 Jan 2026 03:04:06 GMT | 200",
                "Fri, 02 Jan 2026 03:04:04 GMT | 200",
                "nonsense | 200",
            })
    void sends_a_range_only_of_the_file_that_if_range_names(String ifRange, int status) {
        Call call = Call.get("/a.txt").header("Range", "bytes=1-2");
        condition(call, "If-Range", ifRange);
        assertThat(send(call, files).status()).isEqualTo(status);
    }

    @Test
    void a_wrapped_range_ends_where_the_range_does() {
        GatewayApplication wrapped = (environ, startResponse) -> {
            Iterable<byte[]> body = files.call(environ, startResponse);
            return Bodies.around(body, Iterable::iterator, () -> {});
        };
        Call call = Call.get("/a.txt").header("Range", "bytes=2-5").to(wrapped);
        assertThat(call.body()).isEqualTo("2345");
        assertThat(call.problem()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "- | plain",
                "'' | plain",
                "gzip | gz",
                "br | br",
                "gzip, br | br",
                "gzip, deflate, br, zstd | br",
                "GZIP | gz",
                "br;q=0.5, gzip | gz",
                "br;q=0, gzip | gz",
                "br;q=0, gzip;q=0 | plain",
                "* | br",
                "*;q=0 | plain",
                "br;q=0, * | gz",
                "identity | plain",
                "identity, gzip;q=0.5 | plain",
                "identity;q=0.5, gzip;q=0.5 | gz",
                "identity;q=0, gzip | gz",
                "gzip;q=nonsense | plain",
                "deflate | plain",
            })
    void chooses_the_sibling_that_the_client_likes_best(String acceptEncoding, String body) throws IOException {
        write("app.js", "plain");
        write("app.js.br", "br");
        write("app.js.gz", "gz");
        Call call = Call.get("/app.js");
        condition(call, "Accept-Encoding", acceptEncoding);
        send(call, StaticFiles.in(root).precompressed().build());
        assertThat(call.body()).isEqualTo(body);
        assertThat(call.responseHeader("Vary")).contains("Accept-Encoding");
        assertThat(call.responseHeader("Content-Type")).contains("text/javascript; charset=utf-8");
        assertThat(call.responseHeader("Content-Encoding").orElse("plain"))
                .isEqualTo(body.equals("gz") ? "gzip" : body);
    }

    @Test
    void gives_each_encoding_its_own_etag() throws IOException {
        write("app.js", "same");
        write("app.js.br", "same");
        StaticFiles compressed = StaticFiles.in(root).precompressed().build();
        String plain =
                send(Call.get("/app.js"), compressed).responseHeader("ETag").orElseThrow();
        Call br = send(Call.get("/app.js").header("Accept-Encoding", "br"), compressed);
        assertThat(br.responseHeader("ETag")).isPresent().isNotEqualTo(java.util.Optional.of(plain));
    }

    @Test
    void sends_no_sibling_unless_asked_to() throws IOException {
        write("a.txt.gz", "gz");
        Call call = send(Call.get("/a.txt").header("Accept-Encoding", "gzip"), files);
        assertThat(call.body()).isEqualTo("0123456789");
        assertThat(call.responseHeader("Vary")).isEmpty();
    }

    @Test
    void knows_content_types_by_extension() throws IOException {
        write("x.WASM", "");
        write("x.foo", "");
        write("x.unknown", "");
        StaticFiles own = StaticFiles.in(root)
                .contentType("FOO", "text/foo")
                .contentType("txt", "text/x")
                .build();
        assertThat(send(Call.get("/x.WASM"), own).responseHeader("Content-Type"))
                .contains("application/wasm");
        assertThat(send(Call.get("/x.foo"), own).responseHeader("Content-Type")).contains("text/foo");
        assertThat(send(Call.get("/a.txt"), own).responseHeader("Content-Type")).contains("text/x");
        assertThat(send(Call.get("/x.unknown"), own).responseHeader("Content-Type"))
                .contains("application/octet-stream");
        assertThat(send(Call.get("/plain/file"), own).responseHeader("Content-Type"))
                .contains("application/octet-stream");
    }

    @Test
    void calls_the_inner_application_if_there_is_no_such_file() {
        GatewayApplication inner = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("X-Inner", "1")));
            return List.of();
        };
        assertThat(way.send(Call.get("/a.txt"), files, inner).responseHeader("X-Inner"))
                .isEmpty();
        assertThat(way.send(Call.get("/missing"), files, inner).responseHeader("X-Inner"))
                .contains("1");
        assertThat(way.send(Call.of("POST", "/missing"), files, inner).responseHeader("X-Inner"))
                .contains("1");
        assertThat(way.send(Call.of("POST", "/a.txt"), files, inner).status()).isEqualTo(405);
    }

    @Test
    void is_an_application_too_and_answers_404_itself() {
        assertThat(Call.get("/a.txt").to(files).body()).isEqualTo("0123456789");
        Call missing = Call.get("/missing").to(files);
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.body()).isEqualTo("404 Not Found\n");
    }

    @Test
    void leaves_no_file_open_when_the_response_cannot_start() throws Exception {
        long before = openFiles();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> files.call(Call.get("/a.txt").environ, (status, headers, excInfo) -> {
                        throw new IllegalStateException("refused");
                    }))
                    .hasMessage("refused");
            get("/a.txt");
            send(Call.get("/a.txt").leavingOnFirstWrite(), files);
            send(Call.of("HEAD", "/a.txt"), files);
            send(Call.get("/a.txt").header("Range", "bytes=1-2"), files);
        }
        assertThat(openFiles()).isLessThan(before + 20);
    }

    private static long openFiles() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0; // only Linux has /proc
        }
        try (var open = Files.list(descriptors)) {
            return open.count();
        }
    }

    @Test
    void sends_files_as_file_wrappers() throws Exception {
        Iterable<byte[]> body = files.call(Call.get("/a.txt").environ, (status, headers, excInfo) -> data -> {});
        assertThat(body).isInstanceOf(FileWrapper.class);
        try (FileWrapper file = (FileWrapper) body) {
            assertThat(file.remaining()).isEqualTo(10);
        }
    }

    @Test
    void refuses_a_root_that_is_no_directory() {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> StaticFiles.in(missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a directory of static files; found none at \"" + missing
                        + "\". Fix: create it, or correct the path");
    }
}
