package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A socket from systemd: a program does what systemd does. */
class ActivationIT {
    /** The first argument is a path, or nothing for a port; the second says how many sockets are passed. */
    private static final String SYSTEMD = """
            import os, socket, sys
            path, count = sys.argv[1:3]
            listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
            listening.bind(path or ("127.0.0.1", 0))
            listening.listen()
            os.dup2(listening.fileno(), 3)
            os.set_inheritable(3, True)
            os.environ.update(LISTEN_FDS=count, LISTEN_PID=str(os.getpid()), LISTEN_FDNAMES="shop.socket")
            os.execv(sys.argv[3], sys.argv[3:])
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Needed.python();
        Files.writeString(folder.resolve("shop.py"), """
                import os, sys

                def application(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [b"activated " + repr(sys.stdin.read()).encode()]
                """);
    }

    private GangwayProcess run(String path, String count, List<String> program) throws IOException {
        List<String> command = new ArrayList<>(List.of("python3", "-c", SYSTEMD, path, count));
        command.addAll(program);
        return GangwayProcess.start(folder, command, "run", "shop", "--workers=1", "--bind=127.0.0.1:1");
    }

    private GangwayProcess run(String path) throws IOException {
        return run(path, "1", List.of(GangwayProcess.jar().toString()));
    }

    @Test
    void serves_on_a_port_that_was_passed() throws Exception {
        try (GangwayProcess gangway = run("")) {
            assertThat(gangway.address().getPort()).isGreaterThan(1);
            assertThat(gangway.get("/").get().body()).isEqualTo("activated ''");
            gangway.signal("TERM");
            assertThat(gangway.exitCode()).isZero();
            assertThat(gangway.output()).endsWith("Stopped\n");
        }
    }

    @Test
    void serves_on_a_unix_socket_that_was_passed_and_leaves_its_file() throws Exception {
        Path socket = folder.resolve("s.sock");
        try (GangwayProcess gangway = run(socket.toString())) {
            assertThat(gangway.address()).hasToString("unix:" + socket);
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                channel.write(ByteBuffer.wrap("GET / HTTP/1.0\r\nHost: x\r\n\r\n".getBytes(UTF_8)));
                assertThat(new String(Channels.newInputStream(channel).readAllBytes(), UTF_8))
                        .endsWith("\r\n\r\nactivated ''");
            }
            gangway.signal("TERM");
            assertThat(gangway.exitCode()).isZero();
        }
        assertThat(socket).exists(); // systemd's, for the next start
    }

    @Test
    void several_sockets_are_refused() throws Exception {
        try (GangwayProcess gangway = run("", "2", List.of(GangwayProcess.jar().toString()))) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .isEqualTo(
                            "gangway: systemd has passed 2 sockets (LISTEN_FDS), and gangway takes one. Fix: leave one"
                                    + " ListenStream= in the .socket unit\n");
        }
    }

    @Test
    void java_itself_cannot_take_it() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try (GangwayProcess gangway =
                run("", "1", List.of(java, "-jar", GangwayProcess.jar().toString()))) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .isEqualTo(
                            "gangway: systemd has passed a socket (LISTEN_FDS), but standard input is no socket that accepts"
                                    + " connections. Fix: start the jar by its own name and not with java -jar, use ListenStream= with"
                                    + " Accept=no, and leave descriptor 3 open\n");
        }
    }

    @Test
    void a_socket_that_was_closed_is_told() throws Exception {
        List<String> closed = List.of(
                "/bin/sh", "-c", "exec \"$0\" \"$@\" 3<&-", GangwayProcess.jar().toString());
        try (GangwayProcess gangway = run("", "1", closed)) {
            assertThat(gangway.exitCode()).isEqualTo(2);
            assertThat(gangway.output())
                    .startsWith(
                            "gangway: systemd has passed a socket (LISTEN_FDS), but standard input is no socket that accepts"
                                    + " connections. Fix: ")
                    .endsWith(", and leave descriptor 3 open\n");
        }
    }
}
