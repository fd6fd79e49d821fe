package io.gangway.servlet;

import io.gangway.deploy.Setting;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The settings that this module adds; their syntax and their sources are those of io.gangway.deploy. */
public final class ServletSettings {
    /** Larger messages do not fit an array, and none has a use for them. */
    private static final long MAX_MESSAGE = 1L << 30;

    /** Whether a {@link GatewayFilter} asks the application or the container's own servlets first. */
    public static final Setting<GatewayFilter.Order> FILTER_ORDER = Setting.choice(
                    "filter-order",
                    GatewayFilter.Order.class,
                    "For a GatewayFilter: the side that is asked first. A request that it answers with 404 or 405 goes to the other side.")
            .withDefault(GatewayFilter.Order.CONTAINER_FIRST);

    /** Whether {@code %2F} in a path reaches the application where the container's security constraints may not have seen a slash. */
    public static final Setting<EncodedSlash> ENCODED_SLASH = Setting.choice(
                    "encoded-slash",
                    EncodedSlash.class,
                    "How to handle `%2F` in a path that the container did not decode before it matched its security constraints (in"
                            + " Jetty: in any path): `refuse` answers 400, `accept` hands it to the application as a slash. Accept it only"
                            + " where no constraint of the container protects a path of the application. `gangway run` does not have this"
                            + " setting: it always accepts `%2F`.")
            .withDefault(EncodedSlash.REFUSE);

    /** How long an application may think about a WebSocket: nginx waits 60 seconds for an answer, too. */
    public static final Setting<Duration> WS_HANDSHAKE_TIMEOUT = Setting.duration(
                    "ws-handshake-timeout",
                    "How long an application may take to accept or deny a WebSocket. After this time the client gets 504, and the application sees code 1006.")
            .checked(value -> !value.isZero(), "more than 0s")
            .withDefault(Duration.ofSeconds(60));

    /** The largest message of a WebSocket: 16 MiB, as in uvicorn. */
    public static final Setting<Long> WS_MAX_MESSAGE = Setting.byteSize(
                    "ws-max-message",
                    "Max bytes of a message that a WebSocket's client sends, uncompressed. A larger one closes the WebSocket with code 1009.")
            .checked(bytes -> bytes >= 1 && bytes <= MAX_MESSAGE, "1 byte to 1 GiB")
            .withDefault(16L << 20);

    /** The messages that wait for an application: 32, as in uvicorn. */
    public static final Setting<Integer> WS_MAX_QUEUE = Setting.integer(
                    "ws-max-queue",
                    1,
                    10_000,
                    "messages",
                    "Max messages of a WebSocket that wait for the application; together they have at most the size of gangway.ws-max-message, and one message more. Beyond it the client"
                            + " is held up. In Tomcat, and in a Jetty that Gangway does not start, this keeps a thread; when 50 threads are kept so, further WebSockets are closed with code 1013.")
            .withDefault(32);

    /** How often a WebSocket's client is asked whether it is there: 20 seconds, as in uvicorn. */
    public static final Setting<Duration> WS_PING_INTERVAL = Setting.duration(
                    "ws-ping-interval",
                    "Time between two pings to a WebSocket's client. They keep proxies from closing idle connections, and find clients that have vanished. `0s`: no pings.")
            .withDefault(Duration.ofSeconds(20));

    /** How long its answer may take: 20 seconds, as in uvicorn. */
    public static final Setting<Duration> WS_PING_TIMEOUT = Setting.duration(
                    "ws-ping-timeout",
                    "How long a WebSocket's client may take to answer a ping. A later client counts as gone: the application sees code 1006.")
            .checked(value -> !value.isZero(), "more than 0s")
            .withDefault(Duration.ofSeconds(20));

    /** How {@code %2F} in a path is handled. */
    public enum EncodedSlash {
        /** The request is answered 400. */
        REFUSE,
        /** The application gets a slash. */
        ACCEPT
    }

    private ServletSettings() {}

    /**
     * The settings about WebSockets, which a server that embeds a container has too.
     *
     * @return the settings, in the order in which they are documented
     */
    public static List<Setting<?>> webSockets() {
        return List.of(WS_HANDSHAKE_TIMEOUT, WS_MAX_MESSAGE, WS_MAX_QUEUE, WS_PING_INTERVAL, WS_PING_TIMEOUT);
    }

    /**
     * All settings of this module.
     *
     * @return the settings, in the order in which they are documented
     */
    public static List<Setting<?>> all() {
        return Stream.concat(Stream.of(FILTER_ORDER, ENCODED_SLASH), webSockets().stream())
                .toList();
    }
}
