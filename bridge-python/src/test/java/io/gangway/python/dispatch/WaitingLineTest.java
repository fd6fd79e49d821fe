package io.gangway.python.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WaitingLineTest {
    private final WaitingLine line = new WaitingLine(2, Duration.ofNanos(100));
    private final Claim first = new NoClaim();
    private final Claim second = new NoClaim();

    @Test
    void serves_in_the_order_of_arrival_and_has_room_for_so_many() {
        assertThat(line.add(first, 0, 0)).isNull();
        assertThat(line.add(second, 10, 0)).isNull();
        assertThat(line.add(new NoClaim(), 20, 0))
                .hasMessage("all workers are busy, and 2 requests wait already, as many as gangway.queue-size allows");
        assertThat(line.length()).isEqualTo(2);
        assertThat(line.next()).isSameAs(first);
        assertThat(line.next()).isSameAs(second);
        assertThat(line.isEmpty()).isTrue();
    }

    @Test
    void a_request_is_late_when_it_has_waited_as_long_as_it_may_wherever_the_clock_stands() {
        long now = Long.MAX_VALUE - 50; // the clock passes its end
        line.add(first, now, 0);
        line.add(second, now + 10, 0);
        assertThat(line.late(now + 99)).isEmpty();
        assertThat(line.nextIsLateIn(now + 99)).isEqualTo(1);
        assertThat(line.late(now + 100)).containsExactly(first);
        assertThat(line.nextIsLateIn(now + 100)).isEqualTo(10);
        assertThat(line.late(now + 110)).containsExactly(second);
        assertThat(line.nextIsLateIn(now + 110)).isZero();
    }

    @Test
    void a_request_that_gives_up_is_removed_once() {
        line.add(first, 0, 0);
        line.add(second, 0, 0);
        assertThat(line.remove(first)).isTrue();
        assertThat(line.remove(first)).isFalse();
        assertThat(line.clear()).containsExactly(second);
        assertThat(line.isEmpty()).isTrue();
    }

    private static final class NoClaim implements Claim {
        @Override
        public void granted(WorkerConnection connection) {}

        @Override
        public void refused(RefusedException why) {}

        @Override
        public void failed(Throwable problem) {}
    }
}
