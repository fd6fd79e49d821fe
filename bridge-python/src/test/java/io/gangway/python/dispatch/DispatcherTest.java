package io.gangway.python.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.python.protocol.FrameDecoder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who gets which connection, who waits, and who is refused. */
class DispatcherTest {
    private final Dispatcher dispatcher = new Dispatcher(2, Duration.ofSeconds(20));
    private final List<SocketChannel> channels = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    @Test
    void gives_the_least_busy_worker() throws Exception {
        ServingWorker one = worker(1, 3);
        ServingWorker two = worker(2, 3);
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(dispatcher.acquire().worker().pid());
        }
        assertThat(taken).containsExactly(1L, 2L, 1L, 2L);
        assertThat(dispatcher.takenBy(one)).isEqualTo(2);
        assertThat(dispatcher.busyOf(two)).hasSize(2);
    }

    @Test
    void gives_connections_of_a_worker_only_when_it_is_ready() throws Exception {
        ServingWorker worker = new ServingWorker(1, Path.of("slots"), 1);
        dispatcher.add(connection(worker, 0));
        CompletableFuture<WorkerConnection> waiting = acquireLater();
        await().until(() -> dispatcher.waiting() == 1);
        dispatcher.serve(worker);
        assertThat(waiting.get(10, TimeUnit.SECONDS).worker()).isSameAs(worker);
    }

    @Test
    void serves_those_who_wait_in_their_order() throws Exception {
        worker(1, 1);
        WorkerConnection only = dispatcher.acquire();
        CompletableFuture<WorkerConnection> first = acquireLater();
        await().until(() -> dispatcher.waiting() == 1);
        CompletableFuture<WorkerConnection> second = acquireLater();
        await().until(() -> dispatcher.waiting() == 2);
        dispatcher.release(only);
        assertThat(first.get(10, TimeUnit.SECONDS)).isSameAs(only);
        assertThat(second).isNotDone();
        dispatcher.release(only);
        assertThat(second.get(10, TimeUnit.SECONDS)).isSameAs(only);
    }

    @Test
    void refuses_what_the_queue_has_no_room_for() throws Exception {
        worker(1, 1);
        WorkerConnection only = dispatcher.acquire();
        CompletableFuture<WorkerConnection> first = acquireLater();
        CompletableFuture<WorkerConnection> second = acquireLater();
        await().until(() -> dispatcher.waiting() == 2);
        assertThatThrownBy(dispatcher::acquire)
                .isInstanceOf(RefusedException.class)
                .hasMessage("all workers are busy, and 2 requests wait already, as many as gangway.queue-size allows");
        dispatcher.close();
        assertThatThrownBy(first::join)
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("the application is being stopped");
        assertThatThrownBy(second::join).hasMessageContaining("the application is being stopped");
        dispatcher.release(only);
        assertThat(only.isReusable()).isFalse();
    }

    @Test
    void refuses_who_has_waited_too_long() {
        Dispatcher impatient = new Dispatcher(1, Duration.ofMillis(10));
        assertThatThrownBy(impatient::acquire)
                .isInstanceOf(RefusedException.class)
                .hasMessage("no worker became free within the 10 ms of gangway.queue-timeout");
        assertThat(impatient.waiting()).isZero();
    }

    @Test
    void who_is_interrupted_while_waiting_leaves_the_queue() throws Exception {
        Thread waiting =
                new Thread(() -> assertThatThrownBy(dispatcher::acquire).isInstanceOf(InterruptedException.class));
        waiting.start();
        await().until(() -> dispatcher.waiting() == 1);
        waiting.interrupt();
        waiting.join(10_000);
        assertThat(dispatcher.waiting()).isZero();
    }

    @Test
    void a_retired_worker_is_given_to_nobody_and_its_connections_are_closed() throws Exception {
        ServingWorker worker = worker(1, 2);
        WorkerConnection busy = dispatcher.acquire();
        dispatcher.retire(worker);
        CompletableFuture<WorkerConnection> waiting = acquireLater();
        await().until(() -> dispatcher.waiting() == 1);
        dispatcher.release(busy);
        WorkerConnection late = connection(worker, 0);
        dispatcher.add(late);
        assertThat(busy.isReusable()).isFalse();
        assertThat(late.isReusable()).isFalse();
        ServingWorker other = worker(2, 1);
        assertThat(waiting.get(10, TimeUnit.SECONDS).worker()).isSameAs(other);
    }

    @Test
    void numbers_the_requests_of_a_slot_from_1_to_255_and_around() {
        ServingWorker worker = new ServingWorker(1, Path.of("slots"), 2);
        assertThat(worker.nextSequence(0)).isEqualTo(1);
        for (int i = 2; i <= 255; i++) {
            assertThat(worker.nextSequence(0)).isEqualTo(i);
        }
        assertThat(worker.nextSequence(0)).isEqualTo(1);
        assertThat(worker.nextSequence(1)).isEqualTo(1);
    }

    private CompletableFuture<WorkerConnection> acquireLater() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return dispatcher.acquire();
                    } catch (RefusedException | InterruptedException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> new Thread(task).start());
    }

    private ServingWorker worker(long pid, int threads) throws IOException {
        ServingWorker worker = new ServingWorker(pid, Path.of("slots"), threads);
        for (int slot = 0; slot < threads; slot++) {
            dispatcher.add(connection(worker, slot));
        }
        dispatcher.serve(worker);
        return worker;
    }

    private WorkerConnection connection(ServingWorker worker, int slot) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channels.add(channel);
        return new WorkerConnection(worker, slot, channel, new FrameDecoder());
    }
}
