package io.gangway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {
    private final HttpServletRequest request = mock(HttpServletRequest.class);

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shows_that_a_client_has_closed_its_side(String address) throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "this system does not show its connections");
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getByName(address));
                Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket served = listener.accept()) {
            when(request.getRemoteAddr()).thenReturn(address);
            when(request.getRemotePort()).thenReturn(served.getPort());
            when(request.getLocalPort()).thenReturn(served.getLocalPort());
            String key = Connections.keyOf(request).orElseThrow();
            assertThat(new Connections().isShown(key)).isTrue();
            assertThat(new Connections().isClosedByClient(key)).isFalse();
            assertThat(new Connections().hasUnread(key)).isFalse();

            client.getOutputStream().write(1);

            await().untilAsserted(
                            () -> assertThat(new Connections().hasUnread(key)).isTrue());
            assertThat(served.getInputStream().read()).isEqualTo(1);
            assertThat(new Connections().hasUnread(key)).isFalse();

            client.shutdownOutput();

            await().untilAsserted(() ->
                    assertThat(new Connections().isClosedByClient(key)).isTrue());

            reset(client);

            await().untilAsserted(
                            () -> assertThat(new Connections().isShown(key)).isFalse());
        }
    }

    private static void reset(Socket client) throws IOException {
        try (client) {
            client.setSoLinger(true, 0);
        }
    }

    @Test
    void a_unix_socket_has_no_entry() {
        when(request.getRemoteAddr()).thenReturn("127.0.0.1");
        when(request.getRemotePort()).thenReturn(-1);

        assertThat(Connections.keyOf(request)).isEmpty();
    }
}
