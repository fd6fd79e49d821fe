package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Cases;
import io.gangway.lint.WsgiRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The suite itself: no rule without a case, and no case of a rule that is none. */
final class RulesIT {
    private static final List<Case> CASES = Cases.all();

    @Test
    void every_rule_has_a_case_on_every_backend_or_a_declaration() {
        List<String> silent = Backends.ALL.stream()
                .flatMap(backend -> ids().filter(rule -> !isShown(rule))
                        .filter(rule -> !backend.declares().containsKey(rule))
                        .map(rule -> backend.name() + " says nothing about " + rule))
                .toList();

        assertThat(silent).isEmpty();
    }

    @Test
    void every_case_names_rules_that_exist() {
        Set<String> known = ids().collect(Collectors.toSet());

        assertThat(CASES).allSatisfy(one -> assertThat(known).as(one.name()).containsAll(one.rules()));
    }

    @Test
    void no_two_cases_share_a_name() {
        assertThat(CASES.stream().map(Case::name)).doesNotHaveDuplicates();
    }

    private static Stream<String> ids() {
        return WsgiRule.catalogue().stream().map(WsgiRule::id);
    }

    /** By a case, or by what the backend declares to lack for the cases that there are. */
    private static boolean isShown(String rule) {
        return CASES.stream().anyMatch(one -> one.rules().contains(rule));
    }
}
