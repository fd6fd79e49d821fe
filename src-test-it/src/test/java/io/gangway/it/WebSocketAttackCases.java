package io.gangway.it;

import static io.gangway.it.websocket.RawWebSocket.BINARY;
import static io.gangway.it.websocket.RawWebSocket.CLOSE;
import static io.gangway.it.websocket.RawWebSocket.CONTINUATION;
import static io.gangway.it.websocket.RawWebSocket.PING;
import static io.gangway.it.websocket.RawWebSocket.TEXT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.it.contract.Trait;
import io.gangway.it.websocket.Deflated;
import io.gangway.it.websocket.RawWebSocket;
import io.gangway.it.websocket.RawWebSocket.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients that mean no good: what they get, and that the others do not notice. The backends have a heap of 256 MB. */
abstract class WebSocketAttackCases extends AsgiCases {
    private static final int BLOCK = 64 << 10;

    private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

    /** Blocks of a million zeros: more than the heap. */
    private static final int BOMB = 512;

    /** Their pongs would be 375 MB. */
    private static final int PINGS = 3_000_000;

    private static final int PINGS_AT_ONCE = 100;

    WebSocketAttackCases(AsgiBackend backend, ProcessBackend serving) {
        super(backend, serving);
    }

    /** Sends a beginning, then a block again and again until the server closes; returns the code. */
    private static int codeAfter(RawWebSocket socket, byte[] beginning, byte[] again) throws Exception {
        CompletableFuture<Integer> code = codeOf(socket);
        try {
            socket.raw(beginning);
            while (!code.isDone()) {
                socket.raw(again);
            }
        } catch (IOException e) {
            // the server has closed the connection, and said why before
        }
        return code.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Reads in a thread of its own, because a connection that the server resets loses what was not read. */
    private static CompletableFuture<Integer> codeOf(RawWebSocket socket) {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                code.complete(socket.closed().code());
            } catch (IOException e) {
                code.completeExceptionally(e);
            }
        });
        reader.setDaemon(true);
        reader.start();
        return code;
    }

    private void assertServing() throws IOException {
        ask("/journal/none").status(200);
        try (RawWebSocket other = open("/echo")) {
            assertThat(other.text("a").message().text()).isEqualTo("a");
        }
    }

    @Test
    @Tag("A33")
    void a_message_of_a_gigabyte_closes_with_1009() throws Exception {
        try (RawWebSocket socket = open("/echo")) {
            byte[] head = {(byte) 0x82, (byte) 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4};
            assertThat(codeAfter(socket, head, new byte[BLOCK])).isEqualTo(1009);
        }
        assertServing();
    }

    @Test
    @Tag("A33")
    void fragments_without_an_end_close_with_1009() throws Exception {
        try (RawWebSocket socket = open("/echo")) {
            byte[] first = RawWebSocket.bytes(false, TEXT, new byte[BLOCK]);
            byte[] next = RawWebSocket.bytes(false, CONTINUATION, new byte[BLOCK]);
            assertThat(codeAfter(socket, first, next)).isEqualTo(1009);
        }
        assertServing();
    }

    @Test
    @Tag("A33")
    void a_message_of_many_empty_fragments_is_a_message() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(RawWebSocket.bytes(false, TEXT, "a".getBytes(UTF_8)));
        for (int i = 0; i < 100_000; i++) {
            all.writeBytes(RawWebSocket.bytes(false, CONTINUATION, new byte[0]));
        }
        all.writeBytes(RawWebSocket.bytes(true, CONTINUATION, "b".getBytes(UTF_8)));
        try (RawWebSocket socket = open("/echo")) {
            socket.raw(all.toByteArray());
            assertThat(socket.message().text()).isEqualTo("ab");
        }
    }

    @Test
    void a_frame_that_breaks_the_protocol_closes_with_1002() throws Exception {
        Map<String, byte[]> faults = new LinkedHashMap<>();
        faults.put("a continuation of nothing", RawWebSocket.bytes(true, CONTINUATION, new byte[1]));
        faults.put("a reserved opcode", RawWebSocket.bytes(true, 3, new byte[1]));
        faults.put("a reserved opcode of a control frame", RawWebSocket.bytes(true, 11, new byte[1]));
        faults.put("a ping in fragments", RawWebSocket.bytes(false, PING, new byte[1]));
        faults.put("a ping of 126 bytes", RawWebSocket.bytes(true, PING, new byte[126]));
        faults.put("a close of one byte", RawWebSocket.bytes(true, CLOSE, new byte[1]));
        faults.put(
                "a close with a code that is never sent", RawWebSocket.bytes(true, CLOSE, new byte[] {3, (byte) 0xed}));
        byte[] reserved = RawWebSocket.bytes(true, TEXT, new byte[1]);
        reserved[0] |= 0x20;
        faults.put("a reserved bit", reserved);
        byte[] compressed = RawWebSocket.bytes(true, TEXT, new byte[1]);
        compressed[0] |= 0x40;
        faults.put("compression that was not negotiated", compressed);
        Map<String, Object> codes = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> fault : faults.entrySet()) {
            try (RawWebSocket socket = open("/echo")) {
                socket.raw(fault.getValue());
                codes.put(fault.getKey(), codeOf(socket).get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS));
            }
        }
        Map<String, Object> expected = new LinkedHashMap<>();
        faults.keySet().forEach(name -> expected.put(name, 1002));
        assertThat(codes).isEqualTo(expected);
    }

    /** Jetty takes it for a number that is too large. */
    @Test
    void a_length_of_64_bits_with_a_sign_closes_with_1002_or_1009() throws Exception {
        try (RawWebSocket socket = open("/echo")) {
            socket.raw(new byte[] {(byte) 0x82, (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4});
            assertThat(codeOf(socket).get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS))
                    .isIn(1002, 1009);
        }
        assertServing();
    }

    @Test
    void a_message_within_another_one_closes_with_1002() throws Exception {
        try (RawWebSocket socket = open("/echo")) {
            socket.frame(false, TEXT, new byte[1]).frame(true, TEXT, new byte[1]);
            assertThat(socket.closed().code()).isEqualTo(1002);
        }
    }

    /** The pongs of a client that reads none must not be kept. */
    @Test
    void a_flood_of_pings_holds_its_client_up_or_ends_it() throws Exception {
        ByteArrayOutputStream pings = new ByteArrayOutputStream();
        for (int i = 0; i < PINGS_AT_ONCE; i++) {
            pings.writeBytes(RawWebSocket.bytes(true, PING, new byte[125]));
        }
        try (RawWebSocket socket = open("/echo")) {
            AtomicInteger sent = new AtomicInteger();
            AtomicReference<IOException> ended = new AtomicReference<>();
            Thread sender = new Thread(() -> {
                try {
                    while (sent.get() < PINGS) {
                        socket.raw(pings.toByteArray());
                        sent.addAndGet(PINGS_AT_ONCE);
                    }
                } catch (IOException e) {
                    ended.set(e);
                }
            });
            sender.setDaemon(true);
            sender.start();
            AtomicInteger last = new AtomicInteger(-1);
            await().atMost(MAX_WAIT).pollInterval(Duration.ofSeconds(1)).until(() -> {
                int now = sent.get();
                return ended.get() != null || (now > 0 && last.getAndSet(now) == now);
            });
            assertThat(sent.get()).as("pings that were taken").isLessThan(PINGS);
            assertServing();
        }
    }

    @Test
    void messages_are_compressed_where_the_client_can_do_it() throws Exception {
        String text = "Gangway ".repeat(1_000);
        try (RawWebSocket socket = open("/echo", DEFLATE)) {
            assertThat(socket.header("Sec-WebSocket-Extensions"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("permessage-deflate"));
            socket.raw(Deflated.frame(true, TEXT, Deflated.of(text.getBytes(UTF_8))));
            Frame echoed = socket.message();
            assertThat(echoed.isCompressed()).isTrue();
            assertThat(echoed.payload().length).isLessThan(text.length() / 10);
            assertThat(new String(Deflated.inflated(echoed.payload()), UTF_8)).isEqualTo(text);
        }
        try (RawWebSocket socket = open("/echo")) {
            assertThat(socket.header("Sec-WebSocket-Extensions")).isEmpty();
            assertThat(socket.text(text).message().isCompressed()).isFalse();
        }
    }

    /** Half a megabyte that are half a gigabyte. */
    @Test
    @Tag("A33")
    void a_compression_bomb_closes_with_1009() throws Exception {
        byte[] bomb = Deflated.repeated(new byte[1 << 20], BOMB);
        try (RawWebSocket socket = open("/echo", DEFLATE)) {
            CompletableFuture<Integer> code = codeOf(socket);
            try {
                socket.raw(Deflated.frame(true, BINARY, bomb));
            } catch (IOException e) {
                // the server has closed the connection before it had all, and said why before
            }
            assertThat(code.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1009);
        }
        assertServing();
    }

    @Test
    void a_compressed_message_that_is_none_ends_its_websocket_alone() throws Exception {
        try (RawWebSocket socket = open("/echo", DEFLATE)) {
            CompletableFuture<Integer> code = codeOf(socket);
            socket.raw(Deflated.frame(true, TEXT, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}));
            assertThat(code.get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS)).isIn(1002, 1003, 1007, 1011);
        }
        assertServing();
    }

    @Test
    @Needs(Trait.TLS)
    void speaks_over_tls() throws Exception {
        try (RawWebSocket socket =
                RawWebSocket.open(backend().connectWithTls(), backend().tlsBase() + "/echo")) {
            String large = "x".repeat(100_000);
            assertThat(socket.text(large).message().text()).isEqualTo(large);
            assertThat(socket.close(1000, "").closed().code()).isEqualTo(1000);
        }
    }
}
