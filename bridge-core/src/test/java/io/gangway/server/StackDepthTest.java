package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class StackDepthTest {
    private static final int MANY = 100_000;

    private final List<Integer> done = new ArrayList<>();
    private final CompletableFuture<Void> whole = new CompletableFuture<>();

    private static CompletableFuture<Void> complete() {
        return CompletableFuture.completedFuture(null);
    }

    /** A loop of stages that are complete at once, each of which goes on from the one before. */
    private void loop(int number, IntConsumer step) {
        if (number == MANY) {
            whole.complete(null);
            return;
        }
        step.accept(number);
        done.add(number);
        StackDepth.bounded(complete()).thenAccept(nothing -> loop(number + 1, step));
    }

    private void assertAllDone() throws Exception {
        whole.get(30, TimeUnit.SECONDS);
        assertThat(done).hasSize(MANY);
    }

    @Test
    void a_loop_of_stages_needs_no_stack_within_a_turn() throws Exception {
        new Turns().take(() -> loop(0, number -> {}));
        assertAllDone();
    }

    @Test
    void a_loop_over_many_calls_needs_no_stack_whoever_runs_it() throws Exception {
        loop(0, number -> new Turns().take(() -> StackDepth.bounded(complete())));
        assertAllDone();
    }

    @Test
    void stages_that_nobody_goes_on_from_never_change_the_thread() {
        CompletableFuture<Void> stage = complete();
        for (int i = 0; i < MANY; i++) {
            CompletionStage<Void> bounded = StackDepth.bounded(stage);
            if (bounded != stage) {
                throw new AssertionError("stage " + i + " completes on another thread");
            }
        }
    }

    @Test
    void a_stage_that_is_not_complete_is_left_alone_at_any_depth() {
        CompletableFuture<Void> open = new CompletableFuture<>();
        assertThat(deep(3_000, () -> StackDepth.bounded(open))).isSameAs(open);
    }

    @Test
    void one_that_failed_fails_on_the_other_thread_too() {
        CompletableFuture<Void> failed = CompletableFuture.failedFuture(new IllegalStateException("no room"));
        CompletionStage<Void> bounded = deep(3_000, () -> {
            CompletionStage<Void> given = failed;
            for (int i = 0; i < 64 && given == failed; i++) {
                given = StackDepth.bounded(failed);
            }
            return given;
        });
        assertThat(bounded).isNotSameAs(failed);
        assertThat(bounded.toCompletableFuture())
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .havingRootCause()
                .withMessage("no room");
    }

    private static CompletionStage<Void> deep(int frames, Supplier<CompletionStage<Void>> end) {
        return frames == 0 ? end.get() : deep(frames - 1, end);
    }
}
