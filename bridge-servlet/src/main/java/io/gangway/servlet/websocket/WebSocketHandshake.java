package io.gangway.servlet.websocket;

import io.gangway.exchange.ServerAnswer;
import io.gangway.wsgi.Header;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Base64;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's request for a WebSocket: in HTTP/1.1 a GET with Upgrade (RFC 6455, section 4.2.1), in HTTP/2 an extended CONNECT (RFC 8441, section 5). */
public final class WebSocketHandshake {
    private static final String VERSION = "13";

    private static final int KEY_BYTES = 16;

    private WebSocketHandshake() {}

    /**
     * Whether a request asks for a WebSocket, well or badly.
     *
     * @param request any
     * @return whether it is a handshake
     */
    public static boolean isOne(HttpServletRequest request) {
        return isConnect(request) || isUpgrade(request);
    }

    /**
     * Whether a request asks for a WebSocket on a stream of HTTP/2. The Servlet API does not tell {@code :protocol}, so that the header decides that every such request has; where
     * another protocol is meant, the container refuses to upgrade.
     *
     * @param request any
     * @return whether it is an extended CONNECT
     */
    public static boolean isConnect(HttpServletRequest request) {
        return request.getMethod().equals("CONNECT")
                && request.getProtocol().equals("HTTP/2.0")
                && request.getHeader("Sec-WebSocket-Version") != null;
    }

    private static boolean isUpgrade(HttpServletRequest request) {
        String upgrade = request.getHeader("Upgrade"); // nearly no request has it
        return upgrade != null
                && request.getMethod().equals("GET")
                && request.getProtocol().equals("HTTP/1.1")
                && hasToken(request.getHeaders("Upgrade"), "websocket")
                && hasToken(request.getHeaders("Connection"), "upgrade");
    }

    /**
     * The answer to a handshake that no server may accept; the containers answer it in ways of their own.
     *
     * @param request one that {@link #isOne}
     * @return empty if nothing is wrong with it
     */
    public static Optional<ServerAnswer> refusal(HttpServletRequest request) {
        if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
            return Optional.of(new ServerAnswer(
                    "426 Upgrade Required",
                    "This server speaks version " + VERSION + " of the WebSocket protocol (RFC 6455, section 4.2.2).\n",
                    List.of(new Header("Sec-WebSocket-Version", VERSION))));
        }
        if (!isConnect(request) && !isKey(request.getHeader("Sec-WebSocket-Key"))) {
            return Optional.of(new ServerAnswer(
                    "400 Bad Request",
                    "The header Sec-WebSocket-Key is not 16 bytes in base64 (RFC 6455, section 4.2.1).\n",
                    List.of()));
        }
        return Optional.empty();
    }

    /**
     * What a client gets where the container has no WebSockets.
     *
     * @return 501
     */
    public static ServerAnswer notHere() {
        return new ServerAnswer(
                "501 Not Implemented",
                "This server's container has no WebSockets: it lacks an implementation of jakarta.websocket 2.1.\n",
                List.of());
    }

    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean hasToken(Enumeration<String> values, String token) {
        while (values.hasMoreElements()) {
            for (String each : values.nextElement().split(",", -1)) {
                if (each.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }
}
