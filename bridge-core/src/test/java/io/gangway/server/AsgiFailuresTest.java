package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.asgi.HttpEvent;
import io.gangway.exchange.HeadTooLargeException;
import io.gangway.exchange.Outcome.Ending;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an ASGI function is told when the server's own side fails: no stage waits for ever (A17). */
@SuppressWarnings("FutureReturnValueIgnored")
class AsgiFailuresTest {
    private final AsgiRig rig = new AsgiRig();
    private final RuntimeException tooLarge = new HeadTooLargeException("the head is too large");

    @Test
    void a_head_that_is_refused_while_the_function_waits_is_a_500_at_once() {
        rig.serve(AsgiRig.get());
        rig.receive();
        rig.start(200);
        rig.headProblem = tooLarge;
        assertThat(rig.receive()).isCompletedWithValue(new HttpEvent.Disconnect());
        assertThatTheClientGetsAnErrorPage();
    }

    @Test
    void a_head_that_is_refused_before_a_read_that_blocks_is_a_500_at_once() {
        rig.isBlocking = true;
        rig.serve(AsgiRig.post(5));
        rig.start(200);
        rig.headProblem = tooLarge;
        assertThat(rig.receive()).isCompletedWithValue(new HttpEvent.Disconnect());
        assertThatTheClientGetsAnErrorPage();
        assertThat(rig.reads).isZero();
    }

    private void assertThatTheClientGetsAnErrorPage() {
        assertThat(rig.log).first().asString().startsWith("head 500");
        assertThat(rig.outcome().ending()).isEqualTo(Ending.REPLACED);
        assertThat(rig.outcome().problem()).isSameAs(tooLarge);
        rig.returned.complete(null);
        assertThat(rig.ended).hasSize(1);
    }

    @Test
    void an_error_of_the_server_fails_the_stage_that_waits_for_it() {
        rig.serve(AsgiRig.post(5));
        rig.fatal = new OutOfMemoryError("of the test");
        assertThat(rig.receive())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withRootCauseInstanceOf(OutOfMemoryError.class);
        rig.start(200);
        assertThat(rig.body("a", true)).isCompletedExceptionally();
    }
}
