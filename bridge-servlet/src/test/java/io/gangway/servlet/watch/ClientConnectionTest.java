package io.gangway.servlet.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientConnectionTest {
    /** Of no machine (RFC 5737). */
    private static final String ELSEWHERE = "192.0.2.1";

    private final HttpServletRequest request = mock(HttpServletRequest.class);

    /** A connection of the loopback interface, and a request over it as a container shows it. */
    private final class Loopback implements AutoCloseable {
        private final ServerSocket listener;
        private final Socket client;
        private final Socket served;

        Loopback(InetAddress address, InetAddress listening) throws IOException {
            assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "this system does not show its connections");
            listener = new ServerSocket(0, 1, listening);
            client = new Socket(address, listener.getLocalPort());
            served = listener.accept();
            when(request.getLocalAddr()).thenReturn(address.getHostAddress());
            when(request.getLocalPort()).thenReturn(served.getLocalPort());
            when(request.getRemoteAddr()).thenReturn(served.getInetAddress().getHostAddress());
            when(request.getRemotePort()).thenReturn(served.getPort());
            headers(Map.of("Host", address.getHostAddress()));
        }

        Loopback(InetAddress address) throws IOException {
            this(address, address);
        }

        Loopback() throws IOException {
            this(InetAddress.getLoopbackAddress());
        }

        /** It returns when the system does not show the connection any more. */
        void reset() throws IOException {
            ClientConnection connection = connection();
            assertThat(isClosed(connection)).isFalse();
            client.setSoLinger(true, 0);
            client.close();
            await().until(() -> isClosed(connection));
        }

        @Override
        public void close() throws IOException {
            client.close();
            served.close();
            listener.close();
        }
    }

    private void headers(Map<String, String> headers) {
        when(request.getHeaderNames()).thenAnswer(asked -> Collections.enumeration(headers.keySet()));
        headers.forEach((name, value) ->
                when(request.getHeaders(name)).thenAnswer(asked -> Collections.enumeration(List.of(value))));
    }

    private ClientConnection connection() {
        return ClientConnection.of(request).orElseThrow();
    }

    private static boolean isClosed(ClientConnection connection) {
        return connection.isClosed(new Connections());
    }

    private static void assertFoundAtTheThirdLook(ClientConnection connection) {
        assertThat(isClosed(connection)).isFalse();
        assertThat(isClosed(connection)).isFalse();
        assertThat(isClosed(connection)).isTrue();
    }

    private static void assertNeverFound(ClientConnection connection) {
        for (int look = 0; look < 2 * ClientConnection.MISSED; look++) {
            assertThat(isClosed(connection)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void shows_that_a_client_has_closed_its_side(String address) throws Exception {
        try (Loopback tcp = new Loopback(InetAddress.getByName(address))) {
            ClientConnection connection = connection();
            assertThat(isClosed(connection)).isFalse();
            assertThat(connection.hasUnread(new Connections())).isFalse();

            tcp.client.getOutputStream().write(1);

            await().until(() -> connection.hasUnread(new Connections()));
            assertThat(tcp.served.getInputStream().read()).isEqualTo(1);
            assertThat(connection.hasUnread(new Connections())).isFalse();

            tcp.client.shutdownOutput();

            await().until(() -> isClosed(connection));
        }
    }

    @Test
    void a_reset_is_found_after_a_look_that_has_shown_the_connection() throws Exception {
        try (Loopback tcp = new Loopback()) {
            ClientConnection connection = connection();
            assertThat(isClosed(connection)).isFalse();
            tcp.reset();
            assertFoundAtTheThirdLook(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
    void a_reset_is_found_where_no_look_has_shown_the_connection(String listening) throws Exception {
        try (Loopback tcp = new Loopback(InetAddress.getLoopbackAddress(), InetAddress.getByName(listening))) {
            tcp.reset();
            assertFoundAtTheThirdLook(connection());
        }
    }

    /** A server that stops has closed its listening socket, and lets requests finish. */
    @Test
    void a_reset_is_found_while_the_server_stops() throws Exception {
        try (Loopback tcp = new Loopback()) {
            ClientConnection connection = connection();
            assertThat(isClosed(connection)).isFalse();
            tcp.listener.close();
            tcp.reset();
            assertFoundAtTheThirdLook(connection);
        }
    }

    /** Tomcat's RemoteIpValve names the client and drops the header; the port is still the proxy's. */
    @Test
    void behind_a_proxy_whose_header_gave_the_address_the_port_tells_the_connection() throws Exception {
        try (Loopback tcp = new Loopback()) {
            when(request.getRemoteAddr()).thenReturn("203.0.113.7");
            ClientConnection connection = connection();
            assertNeverFound(connection);

            tcp.client.shutdownOutput();

            await().until(() -> isClosed(connection));
        }
    }

    @Test
    void a_reset_by_such_a_proxy_is_found() throws Exception {
        try (Loopback tcp = new Loopback()) {
            when(request.getRemoteAddr()).thenReturn("203.0.113.7");
            tcp.reset();
            assertFoundAtTheThirdLook(connection());
        }
    }

    /** Jetty's ForwardedRequestCustomizer takes an address and a port from several headers, whose names are configured. */
    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7:4711", "for=\"203.0.113.7:4711\";proto=https", "198.51.100.1, 203.0.113.7"})
    void a_connection_that_a_header_names_is_not_missed(String forwarded) throws Exception {
        try (Loopback tcp = new Loopback()) {
            headers(Map.of("Host", "shop", "X-Client", forwarded));
            when(request.getRemoteAddr()).thenReturn("203.0.113.7");
            when(request.getRemotePort()).thenReturn(4711);
            assertNeverFound(connection());
            assertThat(tcp.served.isConnected()).isTrue();
        }
    }

    @Test
    void a_filter_that_names_another_client_does_not_matter() throws Exception {
        try (Loopback tcp = new Loopback()) {
            HttpServletRequest forwarded = new HttpServletRequestWrapper(request) {
                @Override
                public String getRemoteAddr() {
                    return "203.0.113.7";
                }

                @Override
                public int getRemotePort() {
                    return 4711;
                }
            };
            ClientConnection connection = ClientConnection.of(forwarded).orElseThrow();
            assertNeverFound(connection);
            tcp.reset();
            assertFoundAtTheThirdLook(connection);
        }
    }

    /** The PROXY protocol and AJP tell both ends of the proxy's own connection with its client. */
    @Test
    void a_connection_that_ends_on_another_machine_is_not_missed() throws Exception {
        try (Loopback tcp = new Loopback(InetAddress.getLoopbackAddress(), InetAddress.getByAddress(new byte[4]))) {
            when(request.getRemoteAddr()).thenReturn("203.0.113.7");
            when(request.getRemotePort()).thenReturn(4711);
            assertFoundAtTheThirdLook(connection());

            when(request.getLocalAddr()).thenReturn(ELSEWHERE);
            assertNeverFound(connection());
            assertThat(tcp.served.isConnected()).isTrue();
        }
    }

    @Test
    void a_connection_to_a_port_at_which_nobody_listens_is_not_missed() throws Exception {
        try (Loopback tcp = new Loopback()) {
            tcp.listener.close();
            when(request.getRemotePort()).thenReturn(4711);
            assertNeverFound(connection());
        }
    }

    @Test
    void a_unix_socket_has_no_entry() {
        when(request.getLocalAddr()).thenReturn("127.0.0.1");
        when(request.getRemoteAddr()).thenReturn("127.0.0.1");
        when(request.getRemotePort()).thenReturn(-1);

        assertThat(ClientConnection.of(request)).isEmpty();
    }

    @Test
    void a_name_is_not_looked_up() {
        when(request.getLocalAddr()).thenReturn("127.0.0.1");
        when(request.getRemoteAddr()).thenReturn("client.example");
        when(request.getRemotePort()).thenReturn(4711);

        assertThat(ClientConnection.of(request)).isEmpty();
    }
}
