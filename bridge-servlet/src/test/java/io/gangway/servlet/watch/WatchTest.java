package io.gangway.servlet.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads that look after clients, and those that tell applications. */
@Timeout(60)
class WatchTest {
    private static final Duration OFTEN = Duration.ofMillis(1);

    private static final Duration NEVER = Duration.ofDays(1);

    /** More than there are threads. */
    private static final int MANY = 20;

    private static List<Thread> named(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .toList();
    }

    @Test
    void looks_go_on_while_applications_block_in_what_they_are_told() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch looks = new CountDownLatch(MANY);
        try (Watch watch = new Watch("looks-go-on", OFTEN, looks::countDown)) {
            for (int i = 0; i < MANY; i++) {
                watch.tell(() -> await(released));
            }
            watch.begin();
            looks.await();
            released.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_look_or_an_application_that_fails_keeps_nothing_from_the_others() throws InterruptedException {
        CountDownLatch looks = new CountDownLatch(2);
        CountDownLatch told = new CountDownLatch(MANY);
        try (Watch watch = new Watch("failing", OFTEN, () -> {
            looks.countDown();
            throw new AssertionError("on purpose, in a look");
        })) {
            watch.begin();
            watch.begin();
            looks.await();
            for (int i = 0; i < MANY; i++) {
                watch.tell(() -> {
                    told.countDown();
                    throw new IllegalStateException("on purpose, in an application");
                });
            }
            told.await();
        }
    }

    @Test
    void its_end_tells_what_is_still_to_be_told_and_leaves_no_thread() {
        List<Integer> told = Collections.synchronizedList(new ArrayList<>());
        Watch watch = new Watch("ending", NEVER, () -> {});
        watch.begin();
        for (int i = 0; i < MANY; i++) {
            int number = i;
            watch.tell(() -> told.add(number));
        }
        assertThat(named("ending")).isNotEmpty();
        watch.close();
        assertThat(told).hasSize(MANY);
        assertThat(named("ending")).isEmpty();
        watch.tell(() -> told.add(MANY));
        assertThat(told).hasSize(MANY);
    }

    @Test
    void its_end_interrupts_an_application_that_blocks() {
        AtomicInteger interrupted = new AtomicInteger();
        CountDownLatch told = new CountDownLatch(1);
        try (Watch watch = new Watch("blocking", NEVER, () -> {})) {
            watch.tell(() -> {
                told.countDown();
                await(new CountDownLatch(1));
                interrupted.incrementAndGet();
            });
            await(told);
        }
        assertThat(interrupted).hasValue(1);
        assertThat(named("blocking")).isEmpty();
    }
}
