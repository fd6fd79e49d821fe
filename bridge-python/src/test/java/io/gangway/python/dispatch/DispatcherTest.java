package io.gangway.python.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.python.loop.EventLoop;
import io.gangway.python.protocol.ExchangeState;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which request gets which connection, which waits, and which is refused. */
@Timeout(60)
class DispatcherTest {
    @TempDir
    private Path files;

    private final List<Dispatcher> dispatchers = new ArrayList<>();
    private final List<SocketChannel> workersEnds = new ArrayList<>();
    private ServerSocketChannel listener;
    private Dispatcher dispatcher;

    @BeforeEach
    void open() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(files.resolve("s")));
        dispatcher = dispatcher(2, Duration.ofSeconds(20));
    }

    @AfterEach
    void close() throws IOException {
        listener.close();
        dispatchers.forEach(Dispatcher::close);
        for (SocketChannel channel : workersEnds) {
            channel.close();
        }
    }

    @Test
    void gives_the_least_busy_worker() throws Exception {
        ServingWorker one = worker(1, 3);
        ServingWorker two = worker(2, 3);
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(granted(claim()).worker().pid());
        }
        assertThat(taken).containsExactly(1L, 2L, 1L, 2L);
        assertThat(one.taken()).isEqualTo(2);
        assertThat(two.busy()).hasSize(2);
    }

    @Test
    void gives_connections_of_a_worker_only_when_it_is_ready() throws Exception {
        ServingWorker worker = new ServingWorker(1, Path.of("slots"), 1);
        join(worker, 0);
        Waiting waiting = claim();
        assertThat(dispatcher.waiting()).isEqualTo(1);
        dispatcher.serve(worker);
        assertThat(granted(waiting).worker()).isSameAs(worker);
    }

    @Test
    void serves_those_who_wait_in_their_order() throws Exception {
        worker(1, 1);
        WorkerConnection only = granted(claim());
        Waiting first = claim();
        Waiting second = claim();
        assertThat(dispatcher.waiting()).isEqualTo(2);
        dispatcher.release(only);
        assertThat(granted(first)).isSameAs(only);
        assertThat(second.told).isNotDone();
        dispatcher.release(only);
        assertThat(granted(second)).isSameAs(only);
    }

    @Test
    void refuses_what_the_queue_has_no_room_for() throws Exception {
        worker(1, 1);
        WorkerConnection only = granted(claim());
        Waiting first = claim();
        Waiting second = claim();
        assertThatThrownBy(told(claim()))
                .hasRootCauseInstanceOf(RefusedException.class)
                .hasRootCauseMessage(
                        "all workers are busy, and 2 requests wait already, as many as gangway.queue-size allows");
        dispatcher.refuseAll();
        assertThatThrownBy(told(first)).hasRootCauseMessage("the application is being stopped");
        assertThatThrownBy(told(second)).hasRootCauseMessage("the application is being stopped");
        assertThatThrownBy(told(claim())).hasRootCauseMessage("the application is being stopped");
        dispatcher.release(only);
        assertThat(only.isReusable()).isFalse();
    }

    @Test
    void refuses_who_has_waited_too_long() throws IOException {
        Dispatcher impatient = dispatcher(2, Duration.ofMillis(10));
        Waiting first = claim(impatient);
        Waiting second = claim(impatient);
        assertThatThrownBy(told(first))
                .hasRootCauseMessage("no worker became free within the 10 ms of gangway.queue-timeout");
        assertThatThrownBy(told(second))
                .hasRootCauseMessage("no worker became free within the 10 ms of gangway.queue-timeout");
        assertThat(impatient.waiting()).isZero();
        assertThatThrownBy(told(claim(impatient)))
                .as("the clock is wound up again")
                .hasRootCauseMessage("no worker became free within the 10 ms of gangway.queue-timeout");
    }

    @Test
    void who_withdraws_leaves_the_queue() throws Exception {
        worker(1, 1);
        WorkerConnection only = granted(claim());
        Waiting first = claim();
        Waiting second = claim();
        assertThat(dispatcher.withdraw(first)).isTrue();
        assertThat(dispatcher.withdraw(first)).as("it is gone").isFalse();
        assertThat(dispatcher.waiting()).isEqualTo(1);
        dispatcher.release(only);
        assertThat(granted(second)).isSameAs(only);
        assertThat(first.told).isNotDone();
    }

    /** They are open files on both sides, and not more than twice as many as it has served exchanges at once. */
    @Test
    void the_connections_that_a_burst_opens_serve_the_next_one() throws Exception {
        ServingWorker worker = new ServingWorker(1, Path.of("slots"), 100);
        List<Integer> asked = new CopyOnWriteArrayList<>();
        worker.opensOnDemand(2, 100, asked::add);
        List<WorkerConnection> opened = new ArrayList<>(List.of(join(worker, 0), join(worker, 1)));
        dispatcher.serve(worker);

        List<WorkerConnection> first = burst(2);
        assertThat(asked).containsExactly(4);
        opened.addAll(List.of(join(worker, 2), join(worker, 3)));
        first.forEach(dispatcher::release);
        for (int again = 0; again < 10; again++) {
            List<WorkerConnection> next = burst(3);
            assertThat(opened).containsAll(next);
            next.forEach(dispatcher::release);
        }

        assertThat(asked).containsExactly(4);
        assertThat(opened).allMatch(WorkerConnection::isReusable);
    }

    private List<WorkerConnection> burst(int exchanges) throws Exception {
        List<WorkerConnection> granted = new ArrayList<>();
        for (int i = 0; i < exchanges; i++) {
            granted.add(granted(claim()));
        }
        return granted;
    }

    @Test
    void a_retired_worker_is_given_to_nobody_and_its_connections_are_closed() throws Exception {
        ServingWorker worker = worker(1, 2);
        WorkerConnection busy = granted(claim());
        dispatcher.retire(worker);
        Waiting waiting = claim();
        dispatcher.release(busy);
        WorkerConnection late = join(worker, 0);
        assertThat(busy.isReusable()).isFalse();
        assertThat(late.isReusable()).isFalse();
        ServingWorker other = worker(2, 1);
        assertThat(granted(waiting).worker()).isSameAs(other);
    }

    @Test
    void a_connection_that_ends_while_it_is_idle_is_given_to_nobody() throws Exception {
        ServingWorker worker = worker(1, 2);
        workersEnds.get(1).close(); // the one that was joined last, and would be used first
        await().until(() -> worker.isStuck(Duration.ZERO));
        assertThat(granted(claim()).slot()).isZero();
        Waiting waiting = claim();
        assertThat(dispatcher.waiting()).isEqualTo(1);
        join(worker, 1);
        assertThat(granted(waiting).slot()).isEqualTo(1);
        assertThat(worker.isStuck(Duration.ZERO)).isFalse();
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

    @Test
    void a_claim_whose_granting_throws_is_told_and_loses_no_connection() throws Exception {
        ServingWorker worker = worker(1, 2);
        CompletableFuture<Throwable> told = new CompletableFuture<>();
        dispatcher.claim(new Claim() {
            @Override
            public void granted(WorkerConnection connection) {
                throw new IllegalStateException("granted");
            }

            @Override
            public void refused(RefusedException why) {}

            @Override
            public void failed(Throwable problem) {
                told.complete(problem);
            }
        });
        assertThat(told.get(30, TimeUnit.SECONDS)).hasMessage("granted");
        assertThat(worker.busy()).isEmpty();
        assertThat(granted(claim()).worker()).isSameAs(worker);
    }

    @Test
    void a_loop_that_fails_refuses_those_who_wait_and_those_who_come() throws Exception {
        worker(1, 1);
        WorkerConnection only = granted(claim());
        Waiting waiting = claim();
        breakSelector(dispatcher);
        assertThatThrownBy(told(waiting))
                .hasRootCauseInstanceOf(RefusedException.class)
                .hasRootCauseMessage(
                        "no answer of a worker can be received any more, because a system call failed (the log says"
                                + " which). Fix: deploy the application again");
        assertThatThrownBy(told(claim())).hasRootCauseInstanceOf(RefusedException.class);
        dispatcher.release(only);
        assertThat(only.isReusable()).isFalse();
    }

    private static void breakSelector(Dispatcher dispatcher) throws Exception {
        Field selector = EventLoop.class.getDeclaredField("selector");
        selector.setAccessible(true);
        ((Selector) selector.get(dispatcher.loop())).close();
    }

    private static final class Waiting implements Claim {
        private final CompletableFuture<WorkerConnection> told = new CompletableFuture<>();

        @Override
        public void granted(WorkerConnection connection) {
            told.complete(connection);
        }

        @Override
        public void refused(RefusedException why) {
            told.completeExceptionally(why);
        }

        @Override
        public void failed(Throwable problem) {
            told.completeExceptionally(problem);
        }
    }

    private Waiting claim() {
        return claim(dispatcher);
    }

    private static Waiting claim(Dispatcher dispatcher) {
        Waiting waiting = new Waiting();
        dispatcher.claim(waiting);
        return waiting;
    }

    private static WorkerConnection granted(Waiting waiting) throws Exception {
        return waiting.told.get(30, TimeUnit.SECONDS);
    }

    private static ThrowingCallable told(Waiting waiting) {
        return () -> waiting.told.get(30, TimeUnit.SECONDS);
    }

    private Dispatcher dispatcher(int queueSize, Duration queueTimeout) throws IOException {
        Dispatcher made = new Dispatcher(queueSize, queueTimeout, "");
        dispatchers.add(made);
        return made;
    }

    private ServingWorker worker(long pid, int threads) throws Exception {
        ServingWorker worker = new ServingWorker(pid, Path.of("slots"), threads);
        for (int slot = 0; slot < threads; slot++) {
            join(worker, slot);
        }
        dispatcher.serve(worker);
        return worker;
    }

    private WorkerConnection join(ServingWorker worker, int slot) throws Exception {
        workersEnds.add(SocketChannel.open(listener.getLocalAddress()));
        SocketChannel channel = listener.accept();
        WorkerConnection connection = new WorkerConnection(dispatcher, worker, slot, channel, new ExchangeState());
        CountDownLatch joined = new CountDownLatch(1);
        connection.join(joined::countDown);
        assertThat(joined.await(30, TimeUnit.SECONDS)).isTrue();
        return connection;
    }
}
