package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.WebSocketMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** WebSockets of an ASGI application in a worker (A30-A36). */
@Timeout(120)
class WebSocketTest {
    /** Messages of 1,000 bytes that fit into sockets and buffers between a client and an application that does not receive: a few hundred. */
    private static final int FEW = 3_000;

    private static Served served;

    @TempDir
    Path files;

    @BeforeAll
    static void deploy() {
        served = Served.of("python:live:application");
    }

    @AfterAll
    static void stop() {
        if (served != null) {
            served.close();
        }
    }

    private static TestSocket shouting(String query) {
        TestSocket socket = TestSocket.to(served, "/shout" + query, "v1", "chat");
        assertThat(socket.next()).startsWith("accepted chat [").contains("x-pid");
        return socket;
    }

    @Test
    void talks_in_text_and_bytes_of_any_size() throws Exception {
        Path note = files.resolve("note");
        TestSocket socket = shouting("?" + note);
        socket.say("tea").hears("TEA").say("ä ☕").hears("Ä ☕");
        socket.say(new WebSocketMessage.Binary(new byte[3_000_000])).hears("bytes 3000000");
        String large = "x".repeat(2_500_000);
        assertThat(socket.say(large).next()).hasSize(2_500_000);
        socket.say(new WebSocketMessage.Binary(new byte[16 << 20])).say("after it");
        socket.hears("bytes 16777216").hears("AFTER IT");
        socket.leave(1001, "away");
        await().until(() -> Files.exists(note));
        assertThat(Files.readString(note)).isEqualTo("1001 away");
        EndedExchange ended = socket.ended();
        assertThat(ended.outcome().problem()).isNull();
    }

    @Test
    void uses_a_connection_for_one_websocket_after_another() throws Exception {
        for (int i = 0; i < 300; i++) {
            TestSocket socket = shouting("");
            socket.say("a").hears("A").leave(1000, "");
            assertThat(socket.ended().outcome().problem()).isNull();
        }
        assertThat(served.client().get("/hello").send().code()).isEqualTo(200);
    }

    /** A35. */
    @Test
    void closes_as_the_application_says() throws Exception {
        shouting("").say("close").hears("closed 4001 as you wish").ended();
        shouting("").say("return").hears("closed 1000 ").ended();
        EndedExchange failed = shouting("").say("fail").hears("closed 1011 ").ended();
        assertThat(failed.outcome().problem())
                .isInstanceOf(PythonApplicationException.class)
                .hasMessageContaining("ValueError: failed in the middle");
    }

    /** A31, A50. */
    @Test
    void is_denied_with_403_or_a_response_of_the_application() {
        assertThat(TestSocket.to(served, "/refuse").next()).isEqualTo("denied 403");
        TestSocket.to(served, "/deny").hears("denied 401").hears("members only");
        assertThat(TestSocket.to(served, "/unanswered").next()).isEqualTo("denied 500");
    }

    /** A36. */
    @Test
    void a_client_whose_messages_nobody_receives_is_held_up() throws IOException {
        Path gate = files.resolve("gate");
        TestSocket socket = TestSocket.to(served, "/never-receives?" + gate);
        assertThat(socket.next()).startsWith("accepted");
        String message = "x".repeat(1_000);
        for (int i = 0; i < 20_000; i++) {
            socket.say(message);
        }
        int[] before = {-1};
        await().until(
                        () -> { // it has come to rest
                            int now = socket.taken();
                            boolean rests = now == before[0];
                            before[0] = now;
                            return rests && now > 0;
                        });
        assertThat(socket.taken()).isLessThan(FEW);
        Files.createFile(gate);
        socket.hears("got 20000");
        socket.leave(1000, "");
    }

    /** A36. */
    @Test
    void an_application_whose_client_does_not_take_its_messages_is_held_up() throws Exception {
        Path note = files.resolve("note");
        TestSocket socket = TestSocket.to(served, "/never-stops?" + note);
        assertThat(socket.next()).startsWith("accepted");
        socket.takesNothing();
        int[] before = {-1};
        await().until(() -> {
            int now = socket.waiting();
            boolean rests = now == before[0];
            before[0] = now;
            return rests;
        });
        assertThat(served.client().get("/hello").send().code()).isEqualTo(200);
        socket.leave(1006, "");
        await().until(() -> Files.exists(note));
        assertThat(Integer.parseInt(Files.readString(note)) - before[0]).isLessThan(FEW);
    }

    @Test
    void a_worker_that_dies_closes_its_websockets_with_1011_and_the_log_says_once_how() throws Exception {
        try (Served other = Served.of("python:live:application")) {
            List<TestSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                TestSocket socket = TestSocket.to(other, "/shout");
                assertThat(socket.next()).startsWith("accepted");
                sockets.add(socket);
            }
            String how = "worker " + pid(other) + " was killed by signal 9";
            sockets.get(7).say("die");
            for (TestSocket socket : sockets) {
                socket.hears("closed 1011 ");
                assertThat(socket.ended().outcome().problem())
                        .isInstanceOf(WorkerDiedException.class)
                        .hasMessageStartingWith(how);
            }
            await().until(() -> other.client().get("/hello").send().code() == 200);
            await().untilAsserted(() -> assertThat(other.log().entries())
                    .anySatisfy(entry ->
                            assertThat(entry).startsWith("SEVERE request ").contains(": broken off: " + how)));
            await().untilAsserted(() -> assertThat(other.log().entries())
                    .anySatisfy(entry -> assertThat(entry)
                            .startsWith("SEVERE ")
                            .contains(" more requests or WebSockets of worker ")));
            assertThat(other.log().entries())
                    .filteredOn(entry -> entry.contains("broken off"))
                    .hasSizeLessThan(sockets.size() / 2); // one a second
        }
    }

    private static String pid(Served served) {
        return served.client().get("/pid").send().text();
    }

    @Test
    void a_reload_closes_websockets_with_1012_and_new_ones_are_served_by_a_new_worker() throws Exception {
        Path note = files.resolve("note");
        try (Served other = Served.of("python:live:application")) {
            TestSocket socket = TestSocket.to(other, "/shout?" + note);
            String before = socket.next();
            other.workers().reload("the test");
            socket.hears("closed 1012 the server is restarting");
            await().until(() -> Files.exists(note));
            assertThat(Files.readString(note)).startsWith("1012 ");
            TestSocket another = TestSocket.to(other, "/shout");
            assertThat(another.next()).startsWith("accepted").isNotEqualTo(before);
            another.say("a").hears("A");
        }
    }
}
