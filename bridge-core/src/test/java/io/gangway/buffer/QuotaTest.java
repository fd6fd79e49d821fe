package io.gangway.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class QuotaTest {
    @Test
    void no_more_is_taken_than_there_is() {
        Quota quota = new Quota(10);
        Quota.Share one = quota.share();
        Quota.Share other = quota.share();

        assertThat(one.take(6)).isTrue();
        assertThat(other.take(5)).isFalse();
        assertThat(other.take(4)).isTrue();
        assertThat(quota.used()).isEqualTo(10);
        assertThat(one.take(1)).isFalse();
        assertThat(one.take(Long.MAX_VALUE)).isFalse();
    }

    @Test
    void a_share_gives_back_once_what_it_took_and_takes_nothing_afterwards() {
        Quota quota = new Quota(10);
        Quota.Share one = quota.share();
        Quota.Share other = quota.share();
        one.take(6);
        other.take(3);

        one.close();
        one.close();

        assertThat(quota.used()).isEqualTo(3);
        assertThat(one.take(1)).isFalse();
        assertThat(one.isClosed()).isTrue();
        assertThat(quota.used()).isEqualTo(3);
    }

    @Test
    void a_limit_below_0_is_refused() {
        assertThatThrownBy(() -> new Quota(-1)).hasMessage("a quota must be at least 0, unlike -1");
    }

    @Test
    @Timeout(60)
    void nothing_is_lost_where_shares_are_closed_while_they_take() throws Exception {
        Quota quota = new Quota(1000);
        AtomicBoolean exceeded = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int round = 0; round < 2000; round++) {
                Quota.Share share = quota.share();
                running.add(threads.submit(taking(share, quota, exceeded)));
                running.add(threads.submit(() -> {
                    share.close();
                    return null;
                }));
            }
            for (Future<Void> each : running) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(exceeded).isFalse();
        assertThat(quota.used()).isZero();
    }

    private static Callable<Void> taking(Quota.Share share, Quota quota, AtomicBoolean exceeded) {
        return () -> {
            for (int i = 0; i < 50; i++) {
                share.take(ThreadLocalRandom.current().nextInt(100));
                if (quota.used() > quota.limit()) {
                    exceeded.set(true);
                }
            }
            share.close();
            return null;
        };
    }
}
