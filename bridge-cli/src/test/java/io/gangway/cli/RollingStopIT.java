package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two servers behind nginx, which keeps connections to them, are replaced one after the other under load: no request is lost.
 *
 * <p>{@code -Dtest.rolling-stops=20} is the long form; it also does the same to gunicorn, and compares.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class RollingStopIT {
    private static final String GUNICORN = "gunicorn==27.0.1";
    private static final int STOPS = Integer.getInteger("test.rolling-stops", 5);
    private static final int CLIENTS = 8;
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private static final String HELLO = """
            import time

            def application(environ, start_response):
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                time.sleep(0.005)
                start_response("200 OK", [("Content-Type", "text/plain")])
                return [b"hello " + environ["REQUEST_METHOD"].encode()]
            """;

    @TempDir
    private Path folder;

    /** An address of this machine that no other program uses: the servers on it are stopped and started again. */
    private final String host = "127." + random() + "." + random() + "." + random();

    private static int random() {
        return ThreadLocalRandom.current().nextInt(1, 255);
    }

    /** A server that is started again and again. */
    private interface Instance {
        void start() throws Exception;

        void stop() throws Exception;
    }

    @BeforeEach
    void write() throws IOException {
        Needed.that(Nginx.isThere(), "nginx in /usr/sbin: install Debian's nginx-light");
        Files.writeString(folder.resolve("hello.py"), HELLO);
    }

    @Test
    void no_get_is_lost() throws Exception {
        ProxiedLoad load = roll(new Gangway(host + ":8001"), new Gangway(host + ":8002"));

        assertThat(load.lost("GET")).as(load + "\n" + load.problems()).isZero();
        assertThat(load.sent("GET")).isGreaterThan(STOPS);
    }

    @Test
    @EnabledIfSystemProperty(named = "test.rolling-stops", matches = ".+", disabledReason = "it is for the long form")
    void no_more_posts_are_lost_than_by_gunicorn() throws Exception {
        Path program = gunicorn();
        ProxiedLoad theirs = roll(new Gunicorn(program, host + ":8003"), new Gunicorn(program, host + ":8004"));
        ProxiedLoad ours = roll(new Gangway(host + ":8001"), new Gangway(host + ":8002"));
        String result = STOPS + " rolling stops: gangway " + ours + "; gunicorn " + theirs;
        Files.writeString(Path.of("target/rolling-stops.txt"), result + "\n");

        assertThat(ours.lost("POST")).as(result).isLessThanOrEqualTo(theirs.lost("POST"));
        assertThat(ours.lost("GET")).as(result).isZero();
    }

    private ProxiedLoad roll(Server first, Server second) throws Exception {
        List<Server> servers = List.of(first, second);
        try {
            first.start();
            second.start();
            try (Nginx nginx = Nginx.start(folder, host + ":8000", List.of(first.address, second.address))) {
                await().atMost(MAX_WAIT).until(nginx::isReady);
                return loadWhile(nginx, servers);
            }
        } finally {
            for (Server server : servers) {
                server.stop();
            }
        }
    }

    private static ProxiedLoad loadWhile(Nginx nginx, List<Server> servers) throws Exception {
        ProxiedLoad load = ProxiedLoad.on(nginx.uri(), CLIENTS);
        try (load) {
            for (int i = 0; i < STOPS; i++) {
                Server server = servers.get(i % servers.size());
                int before = load.sent("POST");
                await().atMost(MAX_WAIT).until(() -> load.sent("POST") > before + 2 * CLIENTS); // it is under load
                server.stop();
                server.start();
            }
        }
        return load;
    }

    private abstract static class Server implements Instance {
        final String address;

        Server(String address) {
            this.address = address;
        }
    }

    private final class Gangway extends Server {
        private @Nullable GangwayProcess process;

        Gangway(String address) {
            super(address);
        }

        @Override
        public void start() throws Exception {
            GangwayProcess started = GangwayProcess.start(folder, "run", "hello", "--workers=1", "--bind=" + address);
            process = started;
            started.address();
        }

        @Override
        public void stop() throws Exception {
            if (process != null) {
                try (GangwayProcess stopping = process) {
                    stopping.signal("TERM");
                    assertThat(stopping.exitCode()).as(stopping.output()).isZero();
                }
                process = null;
            }
        }
    }

    private final class Gunicorn extends Server {
        private final Path program;
        private @Nullable Process process;

        Gunicorn(Path program, String address) {
            super(address);
            this.program = program;
        }

        @Override
        public void start() throws Exception {
            List<String> command = new ArrayList<>(List.of(program.toString(), "hello:application", "--bind", address));
            command.addAll(List.of("--workers=1", "--threads=4", "--keep-alive=75"));
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("gunicorn.log").toFile())
                    .start();
            await().atMost(MAX_WAIT).until(this::isListening);
        }

        private boolean isListening() {
            URI uri = URI.create("http://" + address);
            try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        }

        @Override
        public void stop() throws Exception {
            if (process != null) {
                process.destroy(); // TERM
                assertThat(process.waitFor(MAX_WAIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                process = null;
            }
        }
    }

    private Path gunicorn() throws Exception {
        Path environment = folder.resolve("venv");
        run("python3", "-m", "venv", environment.toString());
        run(
                environment.resolve("bin/python").toString(),
                "-m",
                "pip",
                "install",
                "-q",
                "--disable-pip-version-check",
                GUNICORN);
        return environment.resolve("bin/gunicorn");
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + output)
                .isZero();
    }
}
