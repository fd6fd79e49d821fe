package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final int MANY = 10_000;

    private final Turns turns = new Turns();
    private final CompletableFuture<String> done = CompletableFuture.completedFuture("done");

    /** How many of the stages complete on another thread: such a hop is a new thread where there are few processors. */
    private long hops() {
        return IntStream.range(0, MANY).filter(i -> turns.paced(done) != done).count();
    }

    @Test
    void a_chain_of_complete_stages_hops_to_another_thread_now_and_then() {
        assertThat(hops()).isBetween(100L, 1000L);
        Turns other = new Turns();
        long[] within = {0};
        other.take(() -> within[0] = hops());
        assertThat(within[0]).isBetween(100L, 1000L);
    }

    @Test
    void a_member_of_a_room_that_gets_each_message_of_another_call_never_hops() {
        Turns sender = new Turns();
        int[] hops = {0}; // a turn logs what is thrown
        for (int i = 0; i < MANY; i++) {
            sender.take(() -> {
                turns.take(() -> {});
                hops[0] += turns.paced(done) == done ? 0 : 1;
            });
        }
        assertThat(hops[0]).isZero();
    }

    @Test
    void a_stage_that_hopped_has_the_same_result() throws Exception {
        for (int i = 0; i < MANY; i++) {
            CompletionStage<String> paced = turns.paced(done);
            if (paced != done) {
                assertThat(paced.toCompletableFuture().get(30, TimeUnit.SECONDS))
                        .isEqualTo("done");
                return;
            }
        }
        throw new AssertionError("none hopped");
    }
}
