package io.gangway.python.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gangway.python.dispatch.Dispatcher;
import io.gangway.python.loop.EventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers whose launcher does not report on them. */
@Timeout(30)
class CrewTest {
    @TempDir
    Path files;

    private final Recorder owner = new Recorder();

    @Test
    void a_worker_whose_end_nobody_tells_of_is_replaced() throws Exception {
        Process process = new ProcessBuilder("true").start();
        assertThat(process.waitFor()).isZero();
        replacedIfItIs(process.pid(), Duration.ofMinutes(1), "ended in an unknown way before it was ready");
    }

    @Test
    void a_worker_of_which_nobody_ever_tells_is_replaced() throws Exception {
        replacedIfItIs(0, Duration.ofMillis(1), "it was not ready within gangway.start-timeout");
    }

    private void replacedIfItIs(long pid, Duration startTimeout, String why) throws Exception {
        EventLoop loop = new EventLoop("gangway-test", "", () -> {}); // it does not run: this thread is in its place
        try (Dispatcher dispatcher = new Dispatcher(1, Duration.ofSeconds(1), "")) {
            Crew crew = new Crew(new Context(plan(startTimeout), files, loop, dispatcher), owner);
            crew.fill();
            assertThat(owner.forked).hasSize(1);
            if (pid > 0) {
                crew.workerStarted(owner.forked.get(0), pid);
            }
            await().until(() -> {
                crew.tick();
                return owner.failures.size() == 1;
            });
            assertThat(owner.forked).hasSize(2);
            assertThat(owner.failures.get(0)).hasMessageContaining(why);
        } finally {
            loop.stop();
        }
    }

    private static Plan plan(Duration startTimeout) {
        return new Plan(
                "/test",
                "python",
                "shop:application",
                false,
                "auto",
                "python3",
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Identity.OWN,
                Map.of(),
                Optional.empty(),
                1,
                1,
                1,
                "auto",
                false,
                false,
                new Reload(Reload.Mode.OFF, Optional.empty()),
                new Plan.Limits(startTimeout, Duration.ZERO, Duration.ZERO, 0, 0, Duration.ZERO, 0));
    }

    private static final class Recorder implements Crew.Owner {
        private final List<String> forked = new ArrayList<>();
        private final List<Exception> failures = new ArrayList<>();

        @Override
        public boolean canFork() {
            return true;
        }

        @Override
        public void fork(String token, Path slotFile) {
            forked.add(token);
        }

        @Override
        public boolean isServing() {
            return true;
        }

        @Override
        public void crewComplete() {}

        @Override
        public void crewEmpty() {}

        @Override
        public void workerFailed(Exception problem) {
            failures.add(problem);
        }
    }
}
