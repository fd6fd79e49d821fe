package io.gangway.exchange;

import static io.gangway.exchange.ExchangeRig.length;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.Header;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server does to every request. */
class StepsTest {
    private final List<String> log = new ArrayList<>();
    private final ManualWire wire = new ManualWire();
    private final List<EndedExchange> ended = new ArrayList<>();

    /** Records what it sees, and fails on demand. */
    private class Recording implements Step {
        private final String name;
        private @Nullable String failing;

        Recording(String name) {
            this.name = name;
        }

        Recording failingIn(String method) {
            failing = method;
            return this;
        }

        private void seen(String method, String what) {
            log.add(name + " " + method + " " + what);
            if (method.equals(failing)) {
                throw new IllegalStateException(name + " failed");
            }
        }

        @Override
        public RequestFacts before(RequestFacts facts) {
            seen("before", facts.path());
            return facts.change().path("", facts.path() + name).build();
        }

        @Override
        public Optional<ExchangeApplication> instead(RequestFacts facts) {
            seen("instead", facts.path());
            return Optional.empty();
        }

        @Override
        public ResponseHead head(RequestFacts facts, ResponseHead head) {
            seen("head", head.code() + " " + head.headers().size());
            return head.with(new Header("X-" + name, facts.path()));
        }

        @Override
        public void after(EndedExchange exchange) {
            seen("after", exchange.outcome().ending().toString());
        }
    }

    private ExchangeRules rules(Step... steps) {
        return new ExchangeRules(ErrorPage.PRODUCTION, new Repairs(), List.of(steps), exchange -> {
            log.add("log " + exchange.outcome().ending());
            ended.add(exchange);
        });
    }

    private void serve(ExchangeApplication application, Step... steps) {
        rules(steps).serve(RequestFacts.of("r1", "GET").build(), wire, application);
    }

    private record Answering(List<String> log) implements ExchangeApplication {
        @Override
        public void serve(Exchange exchange) {
            log.add("application " + exchange.facts().path());
            exchange.head("204 No Content", List.of());
            exchange.end();
        }

        @Override
        public boolean isBlocking() {
            return false;
        }
    }

    private final Answering application = new Answering(log);

    @Test
    void the_first_sees_the_request_first_and_the_response_last() {
        serve(application, new Recording("a"), new Recording("b"));
        assertThat(log)
                .containsExactly(
                        "a before /",
                        "b before /a",
                        "a instead /ab",
                        "b instead /ab",
                        "application /ab",
                        "b head 204 0",
                        "a head 204 1",
                        "b after COMPLETE",
                        "a after COMPLETE",
                        "log COMPLETE");
        assertThat(wire.log).containsExactly("head 204 No Content X-b=/ab X-a=/ab", "end COMPLETE");
    }

    @Test
    void the_first_that_answers_takes_the_application_s_place() {
        Answering other = new Answering(new ArrayList<>());
        Step answering = new Step() {
            @Override
            public Optional<ExchangeApplication> instead(RequestFacts facts) {
                return Optional.of(other);
            }
        };
        serve(application, new Recording("a"), answering, new Recording("b"));
        assertThat(other.log()).containsExactly("application /ab");
        assertThat(log).contains("a instead /ab").doesNotContain("b instead /ab", "application /ab");
        assertThat(ended).hasSize(1);
    }

    @Test
    void one_that_fails_before_the_application_is_a_500() {
        serve(application, new Recording("a"), new Recording("b").failingIn("before"), new Recording("c"));
        assertThat(log)
                .contains("a before /", "b before /a", "a after REPLACED", "c after REPLACED")
                .doesNotContain("application /a");
        assertThat(wire.log.get(0)).startsWith("head 500 ").contains(" X-a=");
        assertThat(ended.get(0).outcome().problem()).hasMessage("b failed");
    }

    @Test
    void one_that_fails_at_the_application_s_head_is_a_500() {
        Step strict = new Step() {
            @Override
            public ResponseHead head(RequestFacts facts, ResponseHead head) {
                if (head.code() == 204) {
                    throw new IllegalStateException("no 204");
                }
                return head;
            }
        };
        serve(application, strict);
        assertThat(wire.log.get(0)).startsWith("head 500 Internal Server Error ");
        assertThat(ended.get(0).outcome().ending()).isEqualTo(Ending.REPLACED);
        assertThat(ended.get(0).outcome().problem()).hasMessage("no 204");
    }

    @Test
    void one_that_fails_at_every_head_breaks_the_connection() {
        serve(application, new Recording("a").failingIn("head"));
        assertThat(wire.log).containsExactly("end BROKEN");
        assertThat(ended.get(0).status()).isZero();
    }

    @Test
    void one_that_fails_at_the_end_keeps_nothing_from_the_others() {
        serve(application, new Recording("a"), new Recording("b").failingIn("after"));
        assertThat(log).endsWith("b after COMPLETE", "a after COMPLETE", "log COMPLETE");
        assertThat(ended.get(0).outcome().problem()).hasMessage("b failed");
        assertThat(ended.get(0).status()).isEqualTo(204);
    }

    /** Records what an application gives, and fails on demand. */
    private final class Watching implements Step, ExchangeWatch {
        private String failing = "";
        private boolean isOutOfMemory;

        private void seen(String what) {
            log.add(what);
            if (what.equals(failing) && isOutOfMemory) {
                throw new OutOfMemoryError("refused: " + what);
            }
            if (what.equals(failing)) {
                throw new IllegalStateException("refused: " + what);
            }
        }

        @Override
        public Optional<ExchangeWatch> watch(RequestFacts facts) {
            return Optional.of(this);
        }

        @Override
        public void head(ResponseHead head) {
            seen("head " + head.code() + " " + head.headers().size() + " "
                    + head.repaired().size());
        }

        @Override
        public void data(int length) {
            seen("data " + length);
        }

        @Override
        public void file(long remaining) {
            seen("file " + remaining);
        }

        @Override
        public void end() {
            seen("end");
        }
    }

    @Test
    void a_watch_sees_what_the_application_gives_before_it_is_changed() throws IOException {
        ExchangeRig rig = new ExchangeRig("HEAD", ErrorPage.PRODUCTION, new Watching());
        rig.ok(length(2), new Header("Connection", "close"));
        rig.write("abc");
        rig.write("");
        rig.send("d");
        rig.exchange.end();
        assertThat(log).containsExactly("head 200 1 1", "data 3", "file -1", "end");
    }

    @Test
    void a_watch_does_not_see_the_server_s_own_answers() throws IOException {
        ExchangeRig failed = new ExchangeRig(new Watching());
        failed.exchange.fail(new IllegalStateException("boom"));
        ExchangeRig answered = new ExchangeRig(new Watching());
        answered.exchange.answer(ServerAnswer.of("503 Service Unavailable", "r1"));
        assertThat(log).isEmpty();
        assertThat(answered.wire.log).hasSize(3);
    }

    @Test
    void what_a_watch_throws_reaches_the_application_and_nothing_is_sent() throws IOException {
        Watching watching = new Watching();
        for (String failing : List.of("head 200 0 0", "data 1", "file -1")) {
            watching.failing = failing;
            ExchangeRig rig = new ExchangeRig(watching);
            assertThatThrownBy(() -> {
                        rig.ok();
                        rig.exchange.write(new byte[1], 0, failing.startsWith("data") ? 1 : 0, true);
                        rig.send("d");
                    })
                    .hasMessage("refused: " + failing);
            assertThat(rig.wire.log).isEmpty();
            rig.exchange.fail(new IllegalStateException("as told"));
            assertThat(rig.outcome().ending()).isEqualTo(Ending.REPLACED);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_is_thrown_at_the_end_can_still_become_a_500(boolean isError) {
        Watching watching = new Watching();
        watching.failing = "end";
        watching.isOutOfMemory = isError;
        ExchangeRig rig = new ExchangeRig(watching);
        rig.ok();
        rig.exchange.end();
        assertThat(rig.outcome().ending()).isEqualTo(Ending.REPLACED);
        assertThat(rig.outcome().problem()).hasMessage("refused: end");
    }
}
