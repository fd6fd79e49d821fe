package io.gangway.servlet.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.junit.jupiter.api.Test;

class WebSocketReaderTest {
    private final ByteArrayEndPoint connection = new ByteArrayEndPoint();
    private final WebSocketReader reader = WebSocketReader.of(connection);
    private final EndPoint endPoint = reader.endPoint();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Callback waiting =
            Callback.from(InvocationType.BLOCKING, () -> told.add("more"), failure -> told.add("failed"));

    private String fill() throws IOException {
        var buffer = BufferUtil.allocate(100);
        int count = endPoint.fill(buffer);
        assertThat(buffer.remaining()).isEqualTo(Math.max(count, 0));
        return BufferUtil.toString(buffer);
    }

    @Test
    void while_it_is_paused_nothing_comes_and_he_who_waits_is_told_afterwards() throws Exception {
        connection.addInput("one");
        assertThat(fill()).isEqualTo("one");
        reader.pause();
        connection.addInput("two");
        assertThat(fill()).isEmpty();
        endPoint.fillInterested(waiting);
        assertThat(endPoint.isFillInterested()).isTrue();
        assertThat(connection.isFillInterested()).isFalse();
        connection.addInputAndExecute(BufferUtil.toBuffer("three"));
        assertThat(told).isEmpty();
        reader.resume();
        assertThat(told.poll(30, TimeUnit.SECONDS)).isEqualTo("more");
        assertThat(fill()).isEqualTo("two");
        assertThat(fill()).isEqualTo("three");
    }

    @Test
    void it_can_be_resumed_before_anybody_waits_and_more_than_once() {
        reader.pause();
        reader.resume();
        reader.resume();
        assertThat(endPoint.tryFillInterested(waiting)).isTrue();
        assertThat(connection.isFillInterested()).isTrue();
        assertThat(endPoint.tryFillInterested(waiting)).as("one may wait").isFalse();
    }

    @Test
    void a_connection_that_was_closed_meanwhile_is_told_when_it_is_resumed() {
        reader.pause();
        endPoint.fillInterested(waiting);
        connection.close();
        assertThat(told).isEmpty();
        reader.resume();
        assertThat(told).containsExactly("failed");
    }

    @Test
    void a_client_that_sends_without_end_gives_others_their_turn() throws IOException {
        connection.addInput("x".repeat(100 * WebSocketReader.MAX_READS + 1));
        for (int i = 0; i < WebSocketReader.MAX_READS; i++) {
            assertThat(fill()).hasSize(100);
        }
        assertThat(fill()).isEmpty();
        endPoint.fillInterested(Callback.NOOP);
        assertThat(fill()).isEqualTo("x");
    }

    @Test
    void only_what_never_waits_is_called_on_the_thread_that_waits_for_all() {
        endPoint.fillInterested(waiting);
        assertThat(connection.getFillInterest().getCallbackInvocationType()).isEqualTo(InvocationType.BLOCKING);
        connection.getFillInterest().fillable();
        reader.shareThread();
        endPoint.fillInterested(waiting);
        assertThat(connection.getFillInterest().getCallbackInvocationType()).isEqualTo(InvocationType.NON_BLOCKING);
        connection.getFillInterest().fillable();
        assertThat(told).containsExactly("more", "more");
    }

    @Test
    void on_a_stream_another_thread_is_told() {
        List<Runnable> tasks = new ArrayList<>();
        Executor threads = tasks::add;
        WebSocketReader.ofStream(connection, threads).endPoint().fillInterested(waiting);
        assertThat(connection.getFillInterest().getCallbackInvocationType()).isEqualTo(InvocationType.NON_BLOCKING);
        connection.getFillInterest().fillable();
        assertThat(told).isEmpty();
        tasks.forEach(Runnable::run);
        assertThat(told).containsExactly("more");
    }

    @Test
    void a_stream_is_not_ended_while_it_is_being_read() throws Exception {
        List<Runnable> tasks = new ArrayList<>();
        List<Boolean> openAfterwards = new ArrayList<>();
        CompletableFuture<EndPoint> read = new CompletableFuture<>();
        ByteArrayEndPoint stream = new ByteArrayEndPoint() {
            @Override
            public int fill(ByteBuffer buffer) throws IOException {
                read.join().close(); // as another thread may
                openAfterwards.add(isOpen());
                return super.fill(buffer);
            }
        };
        stream.addInput("one");
        read.complete(WebSocketReader.ofStream(stream, tasks::add).endPoint());
        ByteBuffer buffer = BufferUtil.allocate(100);
        assertThat(read.join().fill(buffer)).isEqualTo(3);
        assertThat(openAfterwards).containsExactly(true);
        tasks.forEach(Runnable::run);
        assertThat(stream.isOpen()).isFalse();
        assertThat(read.join().fill(buffer)).as("it is not read any more").isEqualTo(-1);
        assertThat(openAfterwards).hasSize(1);
    }

    @Test
    void its_problems_are_the_connections_own() {
        connection.close();
        assertThat(endPoint.isOpen()).isFalse();
        endPoint.fillInterested(waiting);
        assertThat(told).containsExactly("failed");
    }
}
