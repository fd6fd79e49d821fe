package io.gangway.lint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.lint.Lint.Finding;
import io.gangway.lint.Lint.Mode;
import io.gangway.server.Serving;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.ServerViolation;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The linter of applications that answer exchanges, for example in worker processes. */
class LintStepTest {
    private static final RequestFacts GOOD =
            RequestFacts.of("r-1", "GET").path("/shop", "/list").build();

    private final List<Finding> findings = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private int calls;

    @FunctionalInterface
    private interface Work {
        void run(Exchange exchange) throws Exception;
    }

    private ExchangeApplication application(Work work) {
        return new ExchangeApplication() {
            @Override
            public void serve(Exchange exchange) {
                calls++;
                try {
                    work.run(exchange);
                } catch (Exception e) {
                    exchange.fail(e);
                    return;
                }
                exchange.end();
            }

            @Override
            public boolean isBlocking() {
                return false;
            }
        };
    }

    private static Work answering(String status, List<Header> headers, int... blocks) {
        return exchange -> {
            exchange.head(status, headers);
            for (int block : blocks) {
                exchange.write(new byte[block], 0, block, true);
            }
        };
    }

    private EndedExchange serve(Mode mode, RequestFacts facts, Work work) {
        ResponseSink sink = new ResponseSink() {
            @Override
            public void commit(ResponseHead head) {
                sent.add(head.code() + " " + head.headers().size());
            }

            @Override
            public void write(byte[] data, int offset, int length, boolean flush) {
                sent.add(new String(data, offset, Math.min(3, length), ISO_8859_1));
            }
        };
        return Serving.serve(
                facts,
                sink,
                application(work),
                ErrorPage.PRODUCTION,
                Repairs.silent(),
                List.of(new Lint(mode, findings::add).step()));
    }

    private EndedExchange strictly(Work work) {
        return serve(Mode.STRICT, GOOD, work);
    }

    private void assertFailed(EndedExchange ended, Ending ending, String message) {
        assertThat(ended.outcome().ending()).isEqualTo(ending);
        assertThat(ended.outcome().problem())
                .isInstanceOf(ApplicationViolation.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void a_good_exchange_passes() {
        EndedExchange ended = strictly(exchange -> {
            exchange.head("200 OK", List.of(new Header("Content-Length", "5")));
            exchange.write(new byte[2], 0, 2, true);
            exchange.send(new FileWrapper(new ByteArrayInputStream(new byte[3]), 1), problem -> {});
        });
        assertThat(ended.outcome().problem()).isNull();
        assertThat(ended.bytes()).isEqualTo(5);
    }

    @Test
    void facts_that_break_a_rule_fail_before_the_application_is_called() {
        RequestFacts bad = GOOD.change().client("[::1]", null).build();
        EndedExchange ended = serve(Mode.FAIL, bad, answering("200 OK", List.of()));
        assertThat(ended.outcome().ending()).isEqualTo(Ending.REPLACED);
        assertThat(ended.outcome().problem())
                .isInstanceOf(ServerViolation.class)
                .hasMessageStartingWith("W18, environ[\"REMOTE_ADDR\"]: expected the address without brackets");
        assertThat(calls).isZero();

        RequestFacts added = GOOD.change().add(Map.of("gangway.Shop", "x")).build();
        assertThat(serve(Mode.FAIL, added, answering("200 OK", List.of()))
                        .outcome()
                        .problem())
                .hasMessageStartingWith("W37, environ: expected keys under gangway. in lower case");
    }

    @Test
    void facts_that_break_a_rule_are_logged_where_asked_for() {
        RequestFacts bad = GOOD.change().client("[::1]", null).build();
        EndedExchange ended = serve(Mode.LOG, bad, answering("200 OK", List.of(), 1));
        assertThat(ended.outcome().problem()).isNull();
        assertThat(calls).isEqualTo(1);
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.violation().rule()).isEqualTo("W18");
            assertThat(finding.request()).isEqualTo("\"GET\" \"/shop/list\", id \"r-1\"");
        });
    }

    @Test
    void bytes_where_a_status_has_no_body_are_a_fault() {
        assertFailed(
                strictly(answering("204 No Content", List.of(), 1)),
                Ending.REPLACED,
                "W64, the body: expected no bytes with status 204; found at least 1.");
    }

    @Test
    void more_bytes_than_promised_are_refused_before_they_are_sent() {
        EndedExchange ended = strictly(answering("200 OK", List.of(new Header("Content-Length", "1")), 2));
        assertFailed(
                ended,
                Ending.REPLACED,
                "W63, the body: expected the 1 bytes that Content-Length promises; found at least 2.");
        assertThat(sent).containsExactly("500 4", "500");
    }

    @Test
    void fewer_bytes_than_promised_are_a_fault_except_on_head() {
        List<Header> three = List.of(new Header("Content-Length", "3"));
        assertFailed(
                strictly(answering("200 OK", three, 2)),
                Ending.BROKEN,
                "W63, the body: expected the 3 bytes that Content-Length promises; found 2 in all.");
        RequestFacts head = RequestFacts.of("r-2", "HEAD").build();
        assertThat(serve(Mode.STRICT, head, answering("200 OK", three))
                        .outcome()
                        .problem())
                .isNull();
    }

    @Test
    void an_end_without_a_head_is_a_fault() {
        assertFailed(strictly(exchange -> {}), Ending.REPLACED, "W02, the body: expected start_response to be called");
    }

    @Test
    void what_the_server_repairs_is_a_fault_in_tests() {
        assertFailed(
                strictly(answering("200 OK", List.of(new Header("Connection", "close")))),
                Ending.REPLACED,
                "W52, start_response: expected no hop-by-hop header");
        assertFailed(strictly(answering("200", List.of())), Ending.REPLACED, "W50, start_response: ");
    }

    @ParameterizedTest
    @EnumSource(names = {"LOG", "FAIL"})
    void what_the_server_repairs_is_logged_once_for_an_application(Mode mode) {
        Lint lint = new Lint(mode, findings::add);
        var step = lint.step();
        for (int i = 0; i < 3; i++) {
            step.watch(GOOD).orElseThrow().head(ResponseHead.of("200", List.of(new Header("Connection", "close"))));
        }
        assertThat(findings).extracting(finding -> finding.violation().rule()).containsExactly("W50", "W52");
    }

    @Test
    void log_changes_nothing() {
        EndedExchange ended = serve(Mode.LOG, GOOD, answering("204 No Content", List.of(), 1, 1));
        assertThat(ended.outcome().problem()).isNull();
        assertThat(sent).containsExactly("204 0");
        assertThat(findings).extracting(finding -> finding.violation().rule()).containsExactly("W64");
    }

    @Test
    void off_checks_nothing() {
        RequestFacts bad = GOOD.change().client("[::1]", null).build();
        assertThat(serve(Mode.OFF, bad, answering("204", List.of(), 1))
                        .outcome()
                        .problem())
                .isNull();
        assertThat(new Lint(Mode.OFF).step().watch(bad)).isEmpty();
    }
}
