package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The files of docs/deploy/run, which docs/deploy-nginx.md and docs/deploy-systemd.md quote, with the paths of this test. */
@Timeout(300)
class DeploymentFilesIT {
    private static final Path FILES = Path.of("../docs/deploy/run");
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);
    private static final int CLIENT_TIMEOUT = 60_000;

    /** Bytes of an upload that nginx keeps in a file, and so does Gangway. */
    private static final int LARGE = 20 << 20;

    /** Prints how a connection to a Unix socket ends. */
    private static final String CONNECT = """
            import socket, sys
            try:
                socket.socket(socket.AF_UNIX).connect(sys.argv[1])
                print("connected")
            except OSError as e:
                print(type(e).__name__)
            """;

    private static final String SHOP = """
            import os, threading

            released = threading.Event()

            def application(environ, start_response):
                path = environ["PATH_INFO"]
                if path == "/events":
                    start_response("200 OK", [("Content-Type", "text/event-stream"), ("X-Accel-Buffering", "no")])
                    return events()
                released.set()
                start_response("200 OK", [("Content-Type", "text/plain")])
                told = [environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"], "version 1"]
                if path == "/upload":
                    told.append(str(len(environ["wsgi.input"].read())))
                return [" ".join(told).encode()]

            def events():
                yield b"data: first\\n\\n"
                yield b"data: released\\n\\n" if released.wait(60) else b"data: late\\n\\n"
            """;

    private static final String LIVE = """
            async def application(scope, receive, send):
                if scope["type"] != "websocket":
                    raise RuntimeError("no " + scope["type"])
                await receive()
                await send({"type": "websocket.accept"})
                host = dict(scope["headers"])[b"host"].decode()
                told = [scope["client"][0], scope["scheme"], host, (await receive())["text"]]
                await send({"type": "websocket.send", "text": " ".join(told)})
            """;

    @TempDir
    private Path folder;

    /** An address of this machine that no other program uses. */
    private final String host = "127." + random() + "." + random() + "." + random();

    private static int random() {
        return ThreadLocalRandom.current().nextInt(1, 255);
    }

    @BeforeEach
    void write() throws Exception {
        Files.createDirectory(folder.resolve("shop"));
        Files.writeString(folder.resolve("shop/__init__.py"), "");
        Files.writeString(folder.resolve("shop/wsgi.py"), SHOP);
        Files.writeString(
                folder.resolve("gangway.toml"),
                here(Files.readString(FILES.resolve("gangway.toml")))
                        .replace("\"www-data\"", '"' + output("id", "-gn").strip() + '"')
                        .replace("workers = 4", "workers = 1"));
    }

    @Test
    void nginx_tells_the_client_and_streams() throws Exception {
        Needed.that(Nginx.isThere(), "nginx: install Debian's nginx-light");
        String site =
                here(Files.readString(FILES.resolve("nginx.conf"))).replace("listen 80;", "listen " + host + ":8080;");
        try (GangwayProcess gangway = GangwayProcess.start(folder, "run", "--config", "gangway.toml")) {
            await().atMost(MAX_WAIT)
                    .until(gangway::output, it -> it.contains("Serving shop.wsgi:application on unix:"));
            assertThat(output("stat", "-c", "%a", folder.resolve("gangway.sock").toString()))
                    .isEqualTo("660\n");
            try (Nginx nginx = Nginx.ofSite(folder, host + ":8080", site)) {
                await().atMost(MAX_WAIT).until(nginx::isReady);
                try (Socket events = connect("GET /events");
                        Socket page = connect("GET /")) {
                    BufferedReader lines = reader(events);
                    awaitLine(lines, "data: first");
                    awaitLine(reader(page), "127.0.0.2 http shop.example version 1");
                    awaitLine(lines, "data: released");
                }
            }
            await().atMost(MAX_WAIT)
                    .untilAsserted(() -> assertThat(Files.readString(folder.resolve("access.log")))
                            .contains("127.0.0.2 - - [", "] \"GET / HTTP/1.1\" 200 "));
        }
    }

    @Test
    void websockets_pass_nginx() throws Exception {
        Needed.that(Nginx.isThere(), "nginx: install Debian's nginx-light");
        Files.writeString(folder.resolve("shop/live.py"), LIVE);
        String site =
                here(Files.readString(FILES.resolve("nginx.conf"))).replace("listen 80;", "listen " + host + ":8080;");
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, "run", "shop.live:application", "--config", "gangway.toml")) {
            await().atMost(MAX_WAIT)
                    .until(gangway::output, it -> it.contains("Serving shop.live:application on unix:"));
            try (Nginx nginx = Nginx.ofSite(folder, host + ":8080", site)) {
                await().atMost(MAX_WAIT).until(nginx::isReady);
                CompletableFuture<String> told = new CompletableFuture<>();
                WebSocket socket = HttpClient.newHttpClient()
                        .newWebSocketBuilder()
                        .buildAsync(URI.create("ws://" + host + ":8080/live"), new FirstText(told))
                        .get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
                socket.sendText("hello", true).get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
                assertThat(told.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS))
                        .isEqualTo("127.0.0.1 ws " + host + ":8080 hello");
                socket.abort();
            }
        }
    }

    /** Keeps the first message, which is short and comes in one part. */
    private record FirstText(CompletableFuture<String> told) implements WebSocket.Listener {
        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
            told.complete(data.toString());
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable problem) {
            told.completeExceptionally(problem);
        }
    }

    @Test
    void an_nginx_of_the_sockets_group_uploads_and_tells_the_scheme_and_nobody_else_connects() throws Exception {
        Needed.that(Nginx.isThere(), "nginx: install Debian's nginx-light");
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "only root may start nginx as another user");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        String site = here(Files.readString(FILES.resolve("nginx.conf")))
                .replace("listen 80;", "listen " + host + ":8080;")
                .replace("$scheme", "https"); // as if it were nginx that speaks TLS
        Path socket = folder.resolve("gangway.sock");
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, "run", "--config", "gangway.toml", "--bind-group", "www-data")) {
            await().atMost(MAX_WAIT)
                    .until(gangway::output, it -> it.contains("Serving shop.wsgi:application on unix:"));
            assertThat(output("stat", "-c", "%a %G", socket.toString())).isEqualTo("660 www-data\n");
            assertThat(output(
                            "setpriv",
                            "--reuid=nobody",
                            "--regid=nogroup",
                            "--clear-groups",
                            "/usr/bin/python3",
                            "-c",
                            CONNECT,
                            socket.toString()))
                    .isEqualTo("PermissionError\n");
            try (Nginx nginx = Nginx.ofSite(folder, host + ":8080", site, "www-data")) {
                await().atMost(MAX_WAIT).until(nginx::isReady);
                HttpRequest upload = HttpRequest.newBuilder(nginx.uri().resolve("/upload"))
                        .POST(BodyPublishers.ofByteArray(new byte[LARGE]))
                        .timeout(MAX_WAIT)
                        .build();
                assertThat(HttpClient.newHttpClient()
                                .send(upload, BodyHandlers.ofString())
                                .body())
                        .isEqualTo("127.0.0.1 https " + host + ":8080 version 1 " + LARGE);
            }
        }
    }

    @Test
    void systemd_accepts_the_unit() throws Exception {
        Needed.file("/usr/bin/systemd-analyze", "systemd-analyze: install Debian's systemd");
        Path unit = folder.resolve("shop.service");
        Files.writeString(
                unit,
                Files.readString(FILES.resolve("shop.service"))
                        .replace(
                                "/srv/shop/venv/bin/gangway",
                                GangwayProcess.jar().toString()));
        assertThat(output("systemd-analyze", "verify", unit.toString())).isEmpty();
    }

    @Test
    void the_units_commands_start_reload_and_stop() throws Exception {
        String unit = Files.readString(FILES.resolve("shop.service"));
        List<String> start = words(unit, "ExecStart");
        assertThat(start.get(0)).isEqualTo("/srv/shop/venv/bin/gangway");
        String[] options = start.subList(1, start.size()).toArray(String[]::new);
        try (GangwayProcess gangway = GangwayProcess.start(folder, options)) {
            await().atMost(MAX_WAIT)
                    .until(gangway::output, it -> it.contains("Serving shop.wsgi:application on unix:"));

            Files.writeString(
                    folder.resolve("shop/wsgi.py"), SHOP.replace("import os", "print('the new code')\nimport os"));
            List<String> reload = words(unit, "ExecReload");
            assertThat(reload).containsExactly("/bin/kill", "-HUP", "$MAINPID");
            gangway.signal("HUP");
            await().atMost(MAX_WAIT)
                    .untilAsserted(() -> assertThat(gangway.output()).contains("the new code"));

            gangway.signal("TERM");
            assertThat(gangway.exitCode()).isZero();
        }
        assertThat(folder.resolve("gangway.sock")).doesNotExist();
    }

    @Test
    void logrotate_begins_a_new_access_log() throws Exception {
        Needed.file("/usr/sbin/logrotate", "logrotate: install Debian's logrotate");
        Path rotate = folder.resolve("logrotate");
        Path log = folder.resolve("access.log");
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, "run", "--config", "gangway.toml", "--bind", "127.0.0.1:0")) {
            gangway.get("/before").get(60, TimeUnit.SECONDS);
            await().atMost(MAX_WAIT).until(() -> Files.readString(log).contains("GET /before "));
            String written = here(Files.readString(FILES.resolve("logrotate")));
            assertThat(written).contains(" --signal=USR1 shop\n");
            Files.writeString(rotate, written.replaceAll("systemctl kill .* shop", "kill -USR1 " + gangway.pid()));
            Files.setPosixFilePermissions(rotate, PosixFilePermissions.fromString("rw-r--r--"));
            String state = folder.resolve("state").toString();
            assertThat(output("/usr/sbin/logrotate", "--force", "--state", state, rotate.toString()))
                    .isEmpty();

            await().atMost(MAX_WAIT).until(() -> Files.exists(log));
            gangway.get("/after").get(60, TimeUnit.SECONDS);
            await().atMost(MAX_WAIT).until(() -> Files.readString(log).contains("GET /after "));
            assertThat(log).content().doesNotContain("GET /before ");
            assertThat(folder.resolve("access.log.1"))
                    .content()
                    .contains("GET /before ")
                    .doesNotContain("GET /after ");
        }
    }

    /** Sends a request with headers that a client must not be believed. */
    private Socket connect(String request) throws IOException {
        Socket socket = new Socket(host, 8080, InetAddress.getByName("127.0.0.2"), 0);
        socket.setSoTimeout(CLIENT_TIMEOUT);
        String head = request + " HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 203.0.113.9\r\n"
                + "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(UTF_8));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    private static void awaitLine(BufferedReader lines, String expected) throws IOException {
        List<String> read = new ArrayList<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(expected)) {
                return;
            }
            read.add(line);
        }
        assertThat(read).contains(expected);
    }

    private String here(String text) {
        return text.replaceAll("/(run|var/log)/shop/", Matcher.quoteReplacement(folder + "/"));
    }

    private static List<String> words(String unit, String key) {
        Matcher line = Pattern.compile("(?m)^" + key + "=(.*)$").matcher(unit);
        assertThat(line.find()).as(key).isTrue();
        return Arrays.asList(line.group(1).split(" "));
    }

    private static String output(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(MAX_WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
