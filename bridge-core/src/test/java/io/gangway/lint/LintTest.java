package io.gangway.lint;

import static io.gangway.lint.LintRig.ACCEPTING;
import static io.gangway.lint.LintRig.HELLO;
import static io.gangway.lint.LintRig.bytes;
import static io.gangway.lint.LintRig.environ;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.ErrorPage;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.lint.Lint.Finding;
import io.gangway.lint.Lint.Mode;
import io.gangway.lint.WsgiRule.Check;
import io.gangway.server.Serving;
import io.gangway.testlog.CapturedLog;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.commons.support.ReflectionSupport;

class LintTest {
    @Test
    void every_rule_that_the_linter_checks_has_a_test_that_names_it() {
        TreeSet<String> tested =
                ReflectionSupport.findAllClassesInPackage("io.gangway.lint", test -> true, name -> true).stream()
                        .flatMap(test -> Arrays.stream(test.getDeclaredMethods()))
                        .filter(method -> method.isAnnotationPresent(Test.class))
                        .flatMap(LintTest::tags)
                        .collect(toCollection(TreeSet::new));

        assertThat(WsgiRule.catalogue().stream()
                        .filter(rule -> rule.checks().contains(Check.LINTER))
                        .map(WsgiRule::id))
                .as("rules that name the linter as their check, and the tags of the tests in io.gangway.lint")
                .containsExactlyElementsOf(tested);
    }

    private static Stream<String> tags(Method method) {
        return Arrays.stream(method.getAnnotationsByType(Tag.class)).map(Tag::value);
    }

    @Test
    void off_is_the_application_itself() {
        assertThat(new Lint(Mode.OFF).wrap(HELLO)).isSameAs(HELLO);
    }

    @Test
    void log_reports_once_for_a_rule_and_place_and_changes_nothing() throws Exception {
        List<Finding> findings = new ArrayList<>();
        GatewayApplication chatty = (environ, startResponse) -> {
            startResponse.start("204 No Content", List.of());
            environ.errors().close();
            environ.errors().close();
            return List.of(bytes("one"), bytes("two"));
        };
        Environ environ = environ(request -> request.put("SERVER_PORT", 8080));
        Iterable<byte[]> body = new Lint(Mode.LOG, findings::add).wrap(chatty).call(environ, ACCEPTING);
        StringBuilder received = new StringBuilder();
        body.forEach(block -> received.append(new String(block, ISO_8859_1)));
        ((AutoCloseable) body).close();

        assertThat(received).hasToString("onetwo");
        assertThat(findings).extracting(finding -> finding.violation().rule()).containsExactly("W20", "W47", "W64");
        assertThat(findings).extracting(Finding::request).containsOnly("\"GET\" \"/shop/list\", id \"r-1\"");
    }

    @ParameterizedTest
    @EnumSource(names = {"LOG", "FAIL"})
    void what_the_server_repairs_is_logged_once_for_an_application_and_passes(Mode mode) {
        List<Finding> findings = new ArrayList<>();
        GatewayApplication streaming = new Lint(mode, findings::add).wrap((environ, startResponse) -> {
            startResponse.start("200", List.of(new Header("Connection", "keep-alive"), new Header("X-Id", "1")));
            return List.of(bytes("data"));
        });
        for (int i = 0; i < 3; i++) {
            Wire wire = new Wire();
            try (CapturedLog log = new CapturedLog("io.gangway.server")) {
                Outcome outcome = serve(streaming, wire);
                assertThat(outcome.problem()).isNull();
                assertThat(wire.text())
                        .isEqualTo("200 Header[name=X-Id, value=1]Header[name=Content-Length, value=4]: data");
                assertThat(log.entries()).as("the linter has logged it already").isEmpty();
            }
        }
        assertThat(findings).extracting(finding -> finding.violation().rule()).containsExactly("W50", "W52");
    }

    @Test
    void strict_fails_what_the_server_repairs() {
        GatewayApplication streaming = new Lint(Mode.STRICT).wrap((environ, startResponse) -> {
            startResponse.start("200 OK", List.of(new Header("Connection", "keep-alive")));
            return List.of(bytes("data"));
        });
        Outcome outcome = serve(streaming, new Wire());
        assertThat(outcome.ending()).isEqualTo(Outcome.Ending.REPLACED);
        assertThat(outcome.problem()).hasMessageStartingWith("W52, start_response: expected no hop-by-hop header");
    }

    @Test
    void log_lets_the_server_answer_what_it_would_have_answered() {
        GatewayApplication twice = (environ, startResponse) -> {
            startResponse.start("200 OK", List.of());
            startResponse.start("201 Created", List.of());
            return List.of();
        };
        List<Finding> findings = new ArrayList<>();
        Wire bare = new Wire();
        Wire linted = new Wire();

        Outcome without = serve(twice, bare);
        Outcome with = serve(new Lint(Mode.LOG, findings::add).wrap(twice), linted);

        assertThat(with.ending()).isEqualTo(without.ending()).isEqualTo(Outcome.Ending.REPLACED);
        assertThat(linted.text()).isEqualTo(bare.text()).startsWith("500 ");
        assertThat(findings).extracting(finding -> finding.violation().rule()).containsExactly("W54");
    }

    @Test
    void our_own_server_keeps_the_rules() {
        StringBuilder replaced = new StringBuilder();
        GatewayApplication lively = (environ, startResponse) -> {
            StartResponse.Write write = startResponse.start("200 OK", List.of(new Header("X-Id", "1")));
            startResponse.start("202 Accepted", List.of(), new IllegalStateException("replaced"));
            replaced.append("yes");
            write.write(bytes("a"));
            return List.of(bytes("b"), new byte[0], bytes("c"));
        };
        Wire wire = new Wire();

        Outcome outcome = serve(new Lint(Mode.STRICT).wrap(lively), wire);

        assertThat(outcome.problem()).isNull();
        assertThat(wire.text()).isEqualTo("202 : abc");
        assertThat(replaced).hasToString("yes");
    }

    @Test
    void a_second_linter_finds_nothing_that_the_first_did() throws Exception {
        Lint lint = new Lint(Mode.STRICT);

        Outcome outcome = serve(lint.around(lint).wrap(HELLO), new Wire());

        assertThat(outcome.problem()).isNull();
    }

    private static Outcome serve(GatewayApplication application, Wire wire) {
        return Serving.function(application, environ(), wire, ErrorPage.PRODUCTION, new Repairs());
    }

    /** What a client would see. */
    private static final class Wire implements ResponseSink {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private String head = "";

        @Override
        public void commit(ResponseHead committed) {
            head = committed.code() + " "
                    + committed.headers().stream().map(Header::toString).collect(joining());
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {
            body.write(data, offset, length);
        }

        String text() {
            return head + ": " + body.toString(ISO_8859_1);
        }
    }
}
