package io.gangway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Cases;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Python twins as a whole: none is missing, and each one without wsgiref.validate has a reason for it. */
final class TwinsIT {
    private Map<String, String> twins = Map.of();

    @BeforeEach
    void list() throws IOException, InterruptedException {
        Python.assumeThere();
        twins = Python.twins();
    }

    @Test
    void every_case_has_a_twin_and_every_twin_a_case() {
        assertThat(twins.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Cases.all().stream().map(Case::name).toList());
    }

    @Test
    void a_twin_is_validated_or_says_why_not() throws IOException {
        Map<String, String> unvalidated = new TreeMap<>(twins);
        unvalidated.values().removeIf(String::isEmpty);
        ContractTable.unvalidated(unvalidated);
        ContractTable.write();

        assertThat(unvalidated.values()).allMatch(reason -> reason.contains(" "), "a reason in words");
        assertThat(unvalidated).hasSizeLessThan(twins.size() / 5);
    }
}
