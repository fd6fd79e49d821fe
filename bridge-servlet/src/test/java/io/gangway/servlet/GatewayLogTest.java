package io.gangway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.LoggedException;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.RequestFacts;
import java.io.IOException;
import java.util.List;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class GatewayLogTest {
    private static final class Lost extends LoggedException {
        private static final long serialVersionUID = 1L;

        Lost() {
            super("the worker was killed");
        }
    }

    private static List<LogRecord> entriesOf(Throwable problem) {
        RequestFacts facts = RequestFacts.of("id-1", "GET").path("", "/").build();
        try (CapturedLog log = new CapturedLog()) {
            new GatewayLog("")
                    .ended(new EndedExchange(facts, 200, List.of(), 0, 0, 0, new Outcome(Ending.BROKEN, problem)));
            return List.copyOf(log.entries());
        }
    }

    @Test
    void a_failure_that_is_in_the_log_already_makes_no_other_entry() {
        assertThat(entriesOf(new Lost())).isEmpty();
        assertThat(entriesOf(new IOException("lost"))).hasSize(1);
    }

    @Test
    void what_failed_after_it_is_not_lost() {
        Lost lost = new Lost();
        lost.addSuppressed(new IllegalStateException("close() failed"));
        assertThat(entriesOf(lost))
                .singleElement()
                .extracting(LogRecord::getThrown)
                .isSameAs(lost);
    }
}
