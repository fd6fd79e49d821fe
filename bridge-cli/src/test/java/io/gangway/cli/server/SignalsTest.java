package io.gangway.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.cli.server.Signals.Signal;
import org.junit.jupiter.api.RepeatedTest;

class SignalsTest {
    /** Otherwise the stop, which comes next, would be interrupted, and requests in progress would be lost. */
    @RepeatedTest(200)
    void who_has_waited_for_a_signal_is_not_interrupted_by_it() throws InterruptedException {
        Signals signals = new Signals(Thread.currentThread(), false);
        Thread handler = new Thread(() -> signals.receive(Signal.TERM));
        handler.start();
        signals.await(signal -> {});
        boolean isInterrupted = Thread.interrupted();
        handler.join();
        assertThat(isInterrupted || Thread.interrupted()).isFalse();
        assertThat(signals.exitCode()).contains(143);
    }
}
