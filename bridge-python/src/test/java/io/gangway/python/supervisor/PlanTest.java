package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanTest {
    @Test
    void each_worker_has_a_share_of_the_jitter() {
        Random random = new Random(1);
        assertThat(LongStream.range(0, 200).map(i -> limits(10, 5).requestsAllowed(random)))
                .allSatisfy(allowed -> assertThat(allowed).isBetween(10L, 15L))
                .contains(10L, 15L);
    }

    @Test
    void without_jitter_all_workers_have_the_same_and_without_a_limit_none() {
        Random random = new Random(1);
        assertThat(limits(10, 0).requestsAllowed(random)).isEqualTo(10);
        assertThat(limits(0, 5).requestsAllowed(random)).isEqualTo(Long.MAX_VALUE);
    }

    private static Plan.Limits limits(int maxRequests, int jitter) {
        return new Plan.Limits(
                Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO, maxRequests, jitter, Duration.ZERO, 0);
    }
}
