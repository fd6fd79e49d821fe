package io.gangway.servlet.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.WebSocketMessage;
import io.gangway.wsgi.ClientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a WebSocket may do nothing: pings, messages that are not taken, closes that are not answered, a reader that is held up. */
@Timeout(120)
class OpenWebSocketTest {
    private static final Duration MOMENT = Duration.ofMillis(1);

    private Sockets sockets = new Sockets();

    @AfterEach
    void stop() {
        sockets.close();
    }

    @Test
    void a_client_is_pinged_at_each_interval_and_stays_while_it_answers() {
        ServletWebSocket socket = sockets.opened();
        sockets.lookAfter(Sockets.PING_INTERVAL.minus(MOMENT));
        assertThat(sockets.calls).isEmpty();
        for (int i = 0; i < 3; i++) {
            sockets.lookAfter(Sockets.PING_INTERVAL);
            sockets.lookAfter(MOMENT);
            socket.ponged();
        }
        assertThat(sockets.calls).containsExactly("ping", "ping", "ping");
        assertThat(sockets.isNothingTold()).isTrue();
    }

    @Test
    void a_client_that_answers_no_ping_is_given_up() throws Exception {
        sockets.opened();
        sockets.lookAfter(Sockets.PING_INTERVAL);
        sockets.lookAfter(Sockets.PING_TIMEOUT);
        assertThat(sockets.calls).containsExactly("ping");
        sockets.lookAfter(MOMENT);
        assertThat(sockets.calls).containsExactly("ping", "abort");
        assertThat(sockets.told()).isEqualTo("closed 1006");
    }

    @Test
    void nobody_is_pinged_where_the_interval_is_zero() {
        sockets.close();
        sockets = new Sockets(Duration.ZERO);
        sockets.opened();
        sockets.lookAfter(Duration.ofHours(1));
        assertThat(sockets.calls).isEmpty();
    }

    @Test
    void a_message_that_is_not_taken_is_waited_for_and_then_the_client_is_given_up() throws Exception {
        ServletWebSocket socket = sockets.opened();
        sockets.stall();
        socket.send(new WebSocketMessage.Binary(new byte[10 << 10])); // ten seconds more at the slowest rate
        Duration limit = Sockets.CLOSING
                .plus(Sockets.PING_INTERVAL)
                .plus(Sockets.PING_TIMEOUT)
                .plusSeconds(10);
        sockets.lookAfter(limit);
        assertThat(sockets.calls).as("no ping, which would wait").containsExactly("send 10240");
        sockets.lookAfter(MOMENT);
        assertThat(sockets.calls).containsExactly("send 10240", "abort");
        assertThat(sockets.told()).isEqualTo("closed 1006");
        assertThatThrownBy(() -> socket.send(new WebSocketMessage.Text("more"))).isInstanceOf(ClientException.class);
    }

    @Test
    void an_application_that_sends_empty_messages_to_a_client_that_takes_none_is_held_up() throws Exception {
        ServletWebSocket socket = sockets.opened();
        sockets.stall();
        int sent = 0;
        while (sent < 10_000 && socket.send(new WebSocketMessage.Text(""))) {
            sent++;
        }
        assertThat(sent).isBetween(100, 2_000);
    }

    @Test
    void a_close_that_the_client_does_not_answer_is_waited_for_and_then_it_is_given_up() throws Exception {
        ServletWebSocket socket = sockets.opened();
        socket.close(1000, "");
        sockets.lookAfter(Sockets.CLOSING);
        assertThat(sockets.calls).containsExactly("close 1000");
        sockets.lookAfter(MOMENT);
        assertThat(sockets.calls).containsExactly("close 1000", "abort");
        assertThat(sockets.told()).isEqualTo("closed 1006");
    }

    @Test
    void a_close_behind_a_message_that_is_not_taken_has_no_more_time() throws Exception {
        ServletWebSocket socket = sockets.opened();
        sockets.stall();
        socket.send(new WebSocketMessage.Text("stalled"));
        socket.close(1000, "");
        sockets.lookAfter(Sockets.CLOSING.plus(MOMENT));
        assertThat(sockets.calls).containsExactly("send 7", "abort");
        assertThat(sockets.told()).isEqualTo("closed 1006");
    }

    @Test
    void a_connection_that_never_opens_is_given_up_and_broken_off_if_it_opens_later() throws Exception {
        ServletWebSocket socket = sockets.asked();
        socket.accept(null, List.of());
        socket.upgrading();
        sockets.lookAfter(Sockets.OPENING);
        assertThat(sockets.isNothingTold()).isTrue();
        sockets.lookAfter(MOMENT);
        assertThat(sockets.told()).isEqualTo("closed 1006");
        socket.opened(sockets.connection());
        assertThat(sockets.calls).containsExactly("abort");
    }

    /** Its pongs are behind the messages that nobody reads. */
    @Test
    void a_client_that_is_held_up_is_not_pinged_until_its_messages_are_received() throws Exception {
        ServletWebSocket socket = sockets.opened();
        FutureTask<Void> reader = new FutureTask<>(() -> {
            socket.text("held up", true);
            return null;
        });
        Thread thread = new Thread(reader);
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        sockets.lookAfter(Sockets.PING_INTERVAL.multipliedBy(10));
        assertThat(sockets.calls).isEmpty();
        assertThat(socket.receive()).isEqualTo(new WebSocketMessage.Text("held up"));
        reader.get();
        sockets.lookAfter(Sockets.PING_INTERVAL.minus(MOMENT));
        assertThat(sockets.calls).as("it has the whole interval again").isEmpty();
        sockets.lookAfter(MOMENT);
        assertThat(sockets.calls).containsExactly("ping");
    }

    /** As in Jetty's distribution over HTTP/2. */
    @Test
    void where_others_are_read_on_the_same_thread_a_client_is_held_up_for_a_moment_and_then_closed_with_1013()
            throws Exception {
        ServletWebSocket socket = sockets.openedAsStream();
        socket.text("held up", true);
        assertThat(sockets.calls).containsExactly("close 1013");
        assertThat(socket.receive()).isEqualTo(new WebSocketMessage.Text("held up"));
        socket.text("too late", true);
        assertThat(socket.receive()).isNull();
    }

    @Test
    void where_the_server_can_stop_reading_no_thread_waits() {
        ServletWebSocket socket = sockets.openedWithReader();
        socket.text("first", true);
        assertThat(sockets.calls).containsExactly("pause");
        socket.text("read already", true);
        assertThat(socket.receive()).isEqualTo(new WebSocketMessage.Text("first"));
        assertThat(sockets.calls).as("it has as many as it may have").doesNotContain("resume");
        assertThat(socket.receive()).isEqualTo(new WebSocketMessage.Text("read already"));
        assertThat(sockets.calls).containsExactly("pause", "pause", "resume");
        assertThat(socket.receive()).isNull();
        assertThat(sockets.calls).as("once for each pause").endsWith("pause", "resume");
    }

    @Test
    void a_reader_that_is_paused_goes_on_for_the_close() {
        ServletWebSocket socket = sockets.openedWithReader();
        socket.text("more than may wait".repeat(10), true);
        assertThat(sockets.calls).containsExactly("close 1009");
        ServletWebSocket ended = sockets.openedWithReader();
        ended.text("held up", true);
        ended.closed(1001, "");
        assertThat(sockets.calls).endsWith("pause", "resume");
    }

    /** The client's answer is behind its messages. */
    @Test
    void a_close_by_the_application_has_the_reader_go_on() {
        ServletWebSocket socket = sockets.openedWithReader();
        socket.text("held up", true);
        socket.close(1000, "");
        assertThat(sockets.calls).containsExactly("pause", "close 1000", "resume");
        ServletWebSocket closed = sockets.openedWithReader();
        closed.close(1000, "");
        closed.text("on its way", true);
        closed.text("on its way too", true);
        assertThat(sockets.calls).endsWith("pause", "resume");
    }

    @Test
    void a_client_whose_reader_is_paused_is_not_pinged() {
        ServletWebSocket socket = sockets.openedWithReader();
        socket.text("held up", true);
        sockets.lookAfter(Sockets.PING_INTERVAL.multipliedBy(10));
        assertThat(sockets.calls).containsExactly("pause");
        assertThat(socket.receive()).isNotNull();
        sockets.lookAfter(Sockets.PING_INTERVAL.minus(MOMENT));
        assertThat(sockets.calls).as("it has the whole interval again").containsExactly("pause", "resume");
        sockets.lookAfter(MOMENT);
        assertThat(sockets.calls).endsWith("ping");
    }

    @Test
    void a_connection_that_fails_does_not_keep_the_stop_from_the_others() {
        for (int i = 0; i < 3; i++) {
            sockets.opened(i == 1 ? Sockets.failing() : sockets.connection());
        }
        sockets.all.restart();
        sockets.pass(Sockets.CLOSING.plusNanos(1));
        sockets.all.close();
        assertThat(sockets.calls).containsExactly("close 1012", "close 1012", "abort", "abort");
    }

    @Test
    void the_stop_gives_up_the_clients_that_have_not_closed_in_time() throws Exception {
        sockets.opened();
        sockets.opened();
        sockets.all.restart();
        sockets.pass(Sockets.CLOSING);
        sockets.all.close();
        assertThat(sockets.calls).containsExactly("close 1012", "close 1012", "abort", "abort");
        assertThat(List.of(String.valueOf(sockets.told()), String.valueOf(sockets.told())))
                .containsExactly("closed 1006", "closed 1006");
    }
}
