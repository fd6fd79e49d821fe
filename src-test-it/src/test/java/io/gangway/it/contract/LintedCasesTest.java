package io.gangway.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.testing.TestClient;
import io.gangway.testing.TestResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The cases that are linted from outside. */
class LintedCasesTest {
    /** A body where there must be none: servers ignore it, but the linter fails it. */
    private final TestClient client = TestClient.of(new LintedCases().wrap((environ, startResponse) -> {
                startResponse.start("204 No Content", List.of());
                return Apps.blocks("body");
            }))
            .unlinted()
            .withErrorPages();

    @Test
    void a_case_is_linted() {
        TestResponse response = sent("an_absent_content_type_stays_absent");

        assertThat(response.code()).isEqualTo(500);
        assertThat(response.outcome().problem()).hasMessageStartingWith("W64, the body: expected ");
    }

    @Test
    void a_case_that_says_why_not_is_not() {
        assertThat(sent("a_204_has_no_body").code()).isEqualTo(204);
    }

    @Test
    void what_is_no_case_is_linted() {
        assertThat(sent(ContractApplication.JOURNAL).code()).isEqualTo(500);
    }

    private TestResponse sent(String contract) {
        return client.get("/").header(ContractApplication.CASE, contract).send();
    }
}
