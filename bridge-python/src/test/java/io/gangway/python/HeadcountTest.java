package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The number of workers is changed while they serve. */
class HeadcountTest {
    @Test
    void a_worker_more_serves_beside_the_others_and_survives_a_reload() {
        try (Served served = Served.start()) {
            Set<Long> before = pids(served);
            assertThat(before).hasSize(1);

            served.workers().changeWorkers(1, "a test");
            await().untilAsserted(() -> assertThat(pids(served)).hasSize(2).containsAll(before));
            assertThat(served.log().entries())
                    .anyMatch(entry -> entry.contains("workers: 2 from now on, because of a test"));

            served.workers().reload("a test");
            await().untilAsserted(() -> assertThat(pids(served)).hasSize(2).doesNotContainAnyElementsOf(before));
        }
    }

    @Test
    void a_worker_less_finishes_its_requests_and_the_last_one_stays() {
        try (Served served = Served.start("workers", "2")) {
            served.workers().changeWorkers(-1, "a test");
            await().untilAsserted(() -> assertThat(pids(served)).hasSize(1));

            served.workers().changeWorkers(-5, "a test");
            assertThat(pids(served)).hasSize(1);
            assertThat(served.log().entries()).noneMatch(entry -> entry.contains("workers: 0"));
        }
    }

    /** Workers take turns: of twenty requests at a time, each worker gets some. */
    private static Set<Long> pids(Served served) {
        return IntStream.range(0, 20)
                .parallel()
                .mapToObj(i -> served.workerPid())
                .collect(Collectors.toSet());
    }
}
