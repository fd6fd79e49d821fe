package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What systemd is told: a program receives it in systemd's place. */
class NotifyIT {
    private static final String SYSTEMD = """
            import socket, sys
            receiving = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            receiving.bind(sys.argv[1])
            print("listening", flush=True)
            while True:
                print(receiving.recv(4096).decode().replace("\\n", " "), flush=True)
            """;

    @TempDir
    private Path folder;

    private Process systemd;
    private BufferedReader told;
    private Path socket;

    @BeforeEach
    void listen() throws Exception {
        Needed.python();
        save("one");
        socket = folder.resolve("notify");
        systemd = new ProcessBuilder("python3", "-c", SYSTEMD, socket.toString()).start();
        told = systemd.inputReader(UTF_8);
        assertThat(told.readLine()).isEqualTo("listening");
    }

    private void save(String version) throws Exception {
        Files.writeString(folder.resolve("shop.py"), "VERSION = '" + version + "'\n" + """
                import os

                def application(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [(VERSION + " " + str(os.environ.get("NOTIFY_SOCKET"))).encode()]
                """);
    }

    @AfterEach
    void end() {
        systemd.destroyForcibly();
    }

    @Test
    void systemd_hears_of_the_start_of_reloads_and_of_the_stop() throws Exception {
        List<String> program =
                List.of("env", "NOTIFY_SOCKET=" + socket, GangwayProcess.jar().toString());
        try (GangwayProcess gangway =
                GangwayProcess.start(folder, program, "run", "shop", "--workers=1", "--bind=127.0.0.1:0")) {
            assertThat(told.readLine()).isEqualTo("READY=1");
            assertThat(gangway.get("/").get().body()).isEqualTo("one None");

            save("another");
            gangway.signal("HUP");
            assertThat(told.readLine()).matches("RELOADING=1 MONOTONIC_USEC=[0-9]+");
            assertThat(told.readLine()).isEqualTo("READY=1");
            await().untilAsserted(
                            () -> assertThat(gangway.get("/").get().body()).isEqualTo("another None"));

            Files.writeString(folder.resolve("shop.py"), "a syntax error");
            gangway.signal("HUP");
            assertThat(told.readLine()).startsWith("RELOADING=1 ");
            assertThat(told.readLine()).isEqualTo("READY=1"); // the old workers serve

            gangway.signal("TERM");
            assertThat(told.readLine()).isEqualTo("STOPPING=1");
            assertThat(gangway.exitCode()).isZero();
        }
    }
}
