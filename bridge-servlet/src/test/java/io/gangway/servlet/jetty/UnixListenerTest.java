package io.gangway.servlet.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.GatewayApplication;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that exist already at the path of a server's Unix socket. */
class UnixListenerTest {
    private static final GatewayApplication NOTHING = (environ, startResponse) -> {
        startResponse.start("204 No Content", List.of());
        return List.of();
    };

    @TempDir
    private Path folder;

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no FIFOs")
    void a_fifo_is_not_removed() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();

        assertIsRefused(fifo);
    }

    @Test
    void a_directory_is_not_removed() throws Exception {
        assertIsRefused(Files.createDirectory(folder.resolve("directory")));
    }

    @Test
    void a_link_is_not_removed_not_even_one_to_a_socket() throws Exception {
        Path stale = folder.resolve("stale");
        try (ServerSocketChannel left = listen(stale)) {
            assertThat(left.isOpen()).isTrue();
        }

        assertIsRefused(Files.createSymbolicLink(folder.resolve("link"), stale));
        assertThat(Files.exists(stale, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void the_stop_leaves_a_socket_that_another_server_has_put_in_the_place_of_its_own() throws Exception {
        Path socket = folder.resolve("s.sock");
        GatewayServer server = GatewayServer.of(NOTHING).unixSocket(socket).start();
        Files.move(socket, folder.resolve("moved"));
        try (ServerSocketChannel successor = listen(socket)) {
            server.close();

            assertThat(successor.isOpen()).isTrue();
            assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isTrue();
        }
    }

    @Test
    void a_start_that_fails_leaves_what_another_server_has_made_meanwhile() throws Exception {
        Path socket = folder.resolve("s.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThatThrownBy(() -> GatewayServer.deploying(() -> {
                                bind(other, socket);
                                throw new io.gangway.deploy.DeploymentException("it cannot be loaded");
                            })
                            .unixSocket(socket)
                            .start())
                    .hasMessage("it cannot be loaded");

            assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isTrue();
        }
    }

    @Test
    void who_is_told_of_a_socket_can_change_its_file_before_the_start_returns() throws Exception {
        Path socket = folder.resolve("s.sock");
        List<Path> told = new ArrayList<>();
        try (GatewayServer server = GatewayServer.of(NOTHING)
                .unixSocket(socket)
                .whenUnixSocketIsMade(path -> {
                    assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
                    told.add(path);
                })
                .start()) {
            assertThat(server.port()).isEqualTo(-1);
            assertThat(told).containsExactly(socket);
        }
    }

    @Test
    void who_is_told_of_a_socket_can_end_the_start_which_leaves_no_file() {
        Path socket = folder.resolve("s.sock");
        assertThatThrownBy(() -> GatewayServer.of(NOTHING)
                        .unixSocket(socket)
                        .whenUnixSocketIsMade(path -> {
                            throw new io.gangway.deploy.DeploymentException("there is no such group");
                        })
                        .start())
                .isInstanceOf(io.gangway.deploy.DeploymentException.class)
                .hasMessage("there is no such group");
        assertThat(Files.exists(socket, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    private static void assertIsRefused(Path path) {
        assertThatThrownBy(() -> GatewayServer.of(NOTHING).unixSocket(path).start())
                .isInstanceOf(BindException.class)
                .hasMessage("cannot listen on unix:" + path + ": the file exists, and is not a socket");
        assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    private static ServerSocketChannel listen(Path path) throws Exception {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return channel.bind(UnixDomainSocketAddress.of(path));
    }

    private static void bind(ServerSocketChannel channel, Path path) {
        try {
            channel.bind(UnixDomainSocketAddress.of(path));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
