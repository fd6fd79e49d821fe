package io.gangway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.GatewayApplication;
import java.io.EOFException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Servers that answer in the middle of an exchange, as Tomcat does if a request body's framing is malformed. */
class AnsweredAlreadyTest {
    private final AtomicInteger closings = new AtomicInteger();

    @Test
    void a_client_behind_the_fault_counts_as_gone_and_the_body_is_closed() {
        Outcome outcome = run(new ClientException("the body broke", new EOFException()));

        assertThat(outcome.ending()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(outcome.isClientsFault()).isTrue();
        assertThat(closings).hasValue(1);
    }

    @Test
    void a_sink_may_throw_again_what_the_application_threw() {
        ClientException fault = new ClientException("the body broke", new EOFException());
        Outcome outcome = run(new AgainSink(fault), (given, start) -> {
            throw fault;
        });

        assertThat(outcome.ending()).isEqualTo(Ending.CLIENT_LEFT);
        assertThat(outcome.problem()).isSameAs(fault).hasNoSuppressedExceptions();
    }

    @Test
    void any_other_fault_breaks_the_response_and_the_body_is_closed() {
        Outcome outcome = run(new IllegalStateException("the application failed"));

        assertThat(outcome.ending()).isEqualTo(Ending.BROKEN);
        assertThat(outcome.problem())
                .hasMessage("the application failed")
                .hasSuppressedException(new IllegalStateException("committed already"));
        assertThat(closings).hasValue(1);
    }

    private Outcome run(Exception fault) {
        return run(new AnsweringSink(), (given, start) -> new FailingBody(fault));
    }

    private static Outcome run(ResponseSink sink, GatewayApplication application) {
        WsgiFunction function =
                new WsgiFunction(application, exchange -> FactsEnviron.of(exchange.facts(), Serving.objects(Map.of())));
        return Serving.serve(
                        RequestFacts.of("1", "POST").build(),
                        sink,
                        function,
                        ErrorPage.PRODUCTION,
                        new Repairs(),
                        List.of())
                .outcome();
    }

    private final class FailingBody implements Iterable<byte[]>, AutoCloseable {
        private final Exception fault;

        FailingBody(Exception fault) {
            this.fault = fault;
        }

        @Override
        public Iterator<byte[]> iterator() {
            throw new IllegalStateException(fault.getMessage(), fault);
        }

        @Override
        public void close() {
            closings.incrementAndGet();
        }
    }

    private static final class AnsweringSink implements ResponseSink {
        @Override
        public void commit(ResponseHead head) {
            throw new IllegalStateException("committed already");
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {
            throw new AssertionError("nothing was committed");
        }
    }

    private record AgainSink(ClientException fault) implements ResponseSink {
        @Override
        public void commit(ResponseHead head) throws ClientException {
            throw fault;
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {
            throw new AssertionError("nothing was committed");
        }
    }
}
