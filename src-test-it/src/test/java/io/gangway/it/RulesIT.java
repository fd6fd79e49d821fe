package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Cases;
import io.gangway.lint.WsgiRule;
import io.gangway.lint.WsgiRule.Check;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The suite itself, as a matrix of rules and backends: each rule has a case on each backend, or a declared reason. */
final class RulesIT {
    private static final List<Case> CASES = Cases.all();

    @Test
    void every_rule_of_the_contract_has_a_case_that_runs_or_a_declaration_on_every_backend() {
        List<String> silent = Backends.ALL.stream()
                .flatMap(backend -> rules().filter(rule -> !runs(backend, rule))
                        .filter(rule -> !backend.declares().containsKey(rule))
                        .map(rule -> backend.name() + " runs no case of " + rule + " and declares no reason"))
                .toList();

        assertThat(silent).isEmpty();
    }

    @Test
    void no_backend_declares_a_rule_that_a_case_shows_on_it() {
        List<String> needless = Backends.ALL.stream()
                .flatMap(backend -> backend.declares().keySet().stream()
                        .filter(rule -> runs(backend, rule))
                        .map(rule -> backend.name() + " declares " + rule + " and runs a case of it"))
                .toList();

        assertThat(needless).isEmpty();
    }

    @Test
    void every_declaration_is_about_a_rule_of_the_contract_and_has_a_reason() {
        Set<String> known = rules().collect(Collectors.toSet());

        assertThat(Backends.ALL)
                .allSatisfy(backend -> assertThat(backend.declares())
                        .as(backend.name())
                        .allSatisfy((rule, reason) -> {
                            assertThat(known).contains(rule);
                            assertThat(reason).isNotBlank();
                        }));
    }

    @Test
    void every_case_names_rules_that_exist() {
        Set<String> known = WsgiRule.catalogue().stream().map(WsgiRule::id).collect(Collectors.toSet());

        assertThat(CASES).allSatisfy(one -> assertThat(known).as(one.name()).containsAll(one.rules()));
    }

    @Test
    void no_two_cases_share_a_name() {
        assertThat(CASES.stream().map(Case::name)).doesNotHaveDuplicates();
    }

    /** The rules that the suite must show. */
    private static Stream<String> rules() {
        return WsgiRule.catalogue().stream()
                .filter(rule -> rule.checks().contains(Check.CONTRACT))
                .map(WsgiRule::id);
    }

    /** Whether a case of the rule needs nothing that the backend lacks. */
    private static boolean runs(Backend backend, String rule) {
        return CASES.stream()
                .filter(one -> one.rules().contains(rule))
                .anyMatch(
                        one -> Collections.disjoint(one.needs(), backend.lacks().keySet()));
    }
}
