package io.gangway.python.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The order in which the loop runs its tasks. */
@Timeout(30)
class EventLoopTest {
    @TempDir
    Path files;

    @Test
    void what_came_over_a_channel_is_handled_before_what_was_to_follow_it() throws Exception {
        EventLoop loop = new EventLoop("gangway-test", "", () -> {});
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(files.resolve("s"));
        List<String> handled = new CopyOnWriteArrayList<>();
        CountDownLatch connected = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            loop.register(listener, SelectionKey.OP_ACCEPT, () -> accept(listener, handled));
            loop.start();
            loop.execute(() -> awaitQuietly(connected)); // the selector has been asked before the client connects
            try (SocketChannel client = SocketChannel.open(address)) {
                assertThat(client.isConnected()).isTrue();
                loop.executeAfterReading(() -> {
                    handled.add("what follows");
                    done.countDown();
                });
                connected.countDown();
                assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            connected.countDown();
            loop.stop();
        }
        assertThat(handled).containsExactly("connection", "what follows");
    }

    @Test
    void a_stop_returns_when_the_threads_have_ended() throws IOException {
        for (int i = 0; i < 200; i++) {
            EventLoop loop = new EventLoop("gangway-stopped", "", () -> {});
            loop.start();
            loop.stop();
            assertThat(threads("gangway-stopped")).isEmpty();
        }
    }

    @Test
    void a_loop_that_never_ran_holds_nothing_after_its_stop() throws IOException {
        Selector selector = Selector.open();
        new EventLoop("gangway-new", "", () -> {}, selector).stop();
        assertThat(selector.isOpen()).isFalse();
    }

    @Test
    void a_stop_by_one_of_its_own_tasks_does_not_wait_for_itself() throws Exception {
        EventLoop loop = started(() -> {});
        CountDownLatch stopped = new CountDownLatch(1);
        loop.execute(() -> {
            loop.stop();
            stopped.countDown();
        });
        assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
        loop.stop();
        assertThat(threads("gangway-test")).isEmpty();
    }

    @Test
    void a_task_runs_if_it_is_accepted_also_while_the_loop_ends() throws Exception {
        for (int i = 0; i < 100; i++) {
            EventLoop loop = started(() -> {});
            AtomicInteger accepted = new AtomicInteger();
            AtomicInteger ran = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(1);
            Thread adding = new Thread(() -> {
                while (loop.execute(ran::incrementAndGet) && loop.executeAfterReading(ran::incrementAndGet)) {
                    accepted.addAndGet(2);
                    begun.countDown();
                }
            });
            adding.start();
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            loop.stop();
            adding.join();
            // The last round of the loop above may have had its first task accepted, and its second refused.
            assertThat(ran.get()).isBetween(accepted.get(), accepted.get() + 1);
        }
    }

    /** Each task adds itself again, so that there is always one more. */
    @Test
    void tasks_without_end_keep_the_loop_from_nothing() throws Exception {
        EventLoop loop = new EventLoop("gangway-test", "", () -> {});
        CountDownLatch timer = new CountDownLatch(1);
        loop.schedule(Duration.ofMillis(1), timer::countDown);
        Runnable endless = new Runnable() {
            @Override
            public void run() {
                loop.execute(this);
            }
        };
        loop.execute(endless);
        loop.start();
        assertThat(timer.await(30, TimeUnit.SECONDS)).isTrue();
        loop.stop();
        assertThat(threads("gangway-test")).isEmpty();
    }

    @Test
    void a_task_that_is_refused_can_run_all_the_same() throws IOException {
        EventLoop loop = started(() -> {});
        loop.stop();
        List<String> ran = new ArrayList<>();
        assertThat(loop.execute(() -> ran.add("refused"))).isFalse();
        assertThat(loop.executeAfterReading(() -> ran.add("refused"))).isFalse();
        loop.executeAlways(() -> ran.add("always"));
        assertThat(ran).containsExactly("always");
    }

    @Test
    void what_tasks_timers_and_callbacks_throw_ends_none_of_the_others() throws Exception {
        CountDownLatch repeated = new CountDownLatch(3);
        CountDownLatch called = new CountDownLatch(3);
        EventLoop loop = new EventLoop("gangway-test", "", () -> {});
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(files.resolve("s"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            loop.register(
                    listener,
                    SelectionKey.OP_ACCEPT,
                    () -> { // called again until the connection is accepted
                        called.countDown();
                        throw new NoClassDefFoundError("of a callback");
                    });
            loop.repeat(Duration.ofMillis(1), () -> {
                repeated.countDown();
                throw new OutOfMemoryError("of a timer");
            });
            loop.start();
            try (SocketChannel client = SocketChannel.open(address)) {
                assertThat(client.isConnected()).isTrue();
                loop.execute(() -> {
                    throw new StackOverflowError("of a task");
                });
                assertThat(repeated.await(30, TimeUnit.SECONDS)).isTrue();
                assertThat(called.await(30, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            loop.stop();
        }
    }

    @Test
    void a_loop_whose_selector_fails_says_so_and_leaves_no_task_behind() throws Exception {
        Selector selector = Selector.open();
        CountDownLatch failed = new CountDownLatch(1);
        List<String> ran = new CopyOnWriteArrayList<>();
        EventLoop loop = new EventLoop(
                "gangway-test",
                "",
                () -> {
                    ran.add("failed");
                    failed.countDown();
                },
                selector);
        selector.close();
        loop.execute(() -> ran.add("task"));
        loop.executeAfterReading(() -> ran.add("after reading"));
        loop.start();
        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
        loop.stop();
        assertThat(ran).containsExactly("task", "after reading", "failed");
        assertThat(threads("gangway-test")).isEmpty();
    }

    @Test
    void a_delay_longer_than_the_clock_can_tell_is_for_ever() throws IOException {
        EventLoop loop = new EventLoop("gangway-test", "", () -> {});
        List<String> ran = new CopyOnWriteArrayList<>();
        loop.schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> ran.add("late"));
        loop.schedule(Duration.ZERO, () -> ran.add("soon"));
        loop.start();
        loop.settle();
        loop.stop();
        assertThat(ran).containsExactly("soon");
    }

    private static EventLoop started(Runnable failed) throws IOException {
        EventLoop loop = new EventLoop("gangway-test", "", failed);
        loop.start();
        return loop;
    }

    private static List<String> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(it -> it.startsWith(name))
                .toList();
    }

    private static void accept(ServerSocketChannel listener, List<String> handled) {
        try (SocketChannel accepted = listener.accept()) {
            if (accepted != null) {
                handled.add("connection");
            }
        } catch (IOException e) {
            handled.add(e.toString());
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
