package io.gangway.wsgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The small types of the interface. */
class GatewayTypesTest {
    @Test
    void a_header_is_known_by_its_name_in_any_case() {
        assertThat(new Header("Content-Type", "").is("content-TYPE")).isTrue();
        assertThat(new Header("Content-Type", "").is("Content")).isFalse();
    }

    @Test
    @SuppressWarnings("NullAway") // the mistake under test
    void a_header_has_no_null() {
        assertThatThrownBy(() -> new Header(null, ""))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
        assertThatThrownBy(() -> new Header("X", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("value");
    }

    @Test
    void a_middleware_around_another_sees_the_request_first() throws Exception {
        List<String> seen = new ArrayList<>();
        Middleware both = noting("outer", seen).around(noting("inner", seen));
        both.wrap((environ, startResponse) -> {
                    seen.add("application");
                    return List.of();
                })
                .call(new Environ(), (status, headers, excInfo) -> data -> {});
        assertThat(seen).containsExactly("outer", "inner", "application");
    }

    private static Middleware noting(String name, List<String> seen) {
        return application -> (environ, startResponse) -> {
            seen.add(name);
            return application.call(environ, startResponse);
        };
    }

    @Test
    void the_clients_fault_is_found_behind_other_exceptions() {
        ClientException client = new ClientException("left", new IOException());
        assertThat(ClientException.isBehind(client)).isTrue();
        assertThat(ClientException.isBehind(new IllegalStateException(new RuntimeException(client))))
                .isTrue();
        assertThat(ClientException.isBehind(new IOException())).isFalse();
    }

    @Test
    void a_circle_of_causes_ends() {
        Exception one = new Exception();
        Exception two = new Exception(one);
        one.initCause(two);
        assertThat(ClientException.isBehind(one)).isFalse();
    }

    @Test
    void quoting_makes_anything_printable() {
        assertThat(RuleViolation.quote("plain")).isEqualTo("\"plain\"");
        assertThat(RuleViolation.quote("\r\n\t\"\\\0\u001b\u007fé☃"))
                .isEqualTo("\"\\r\\n\\t\\\"\\\\\\u0000\\u001b\\u007f\\u00e9\\u2603\"");
        assertThat(RuleViolation.quote("x".repeat(123))).isEqualTo("\"" + "x".repeat(120) + "\" and 3 more characters");
    }

    @Test
    void a_violation_says_rule_place_expectation_finding_and_fix() {
        RuleViolation violation = new ServerViolation("W12", "environ", "bytes", "text", "decode to bytes");
        assertThat(violation.rule()).isEqualTo("W12");
        assertThat(violation).hasMessage("W12, environ: expected bytes; found text. Fix: decode to bytes");
    }
}
