package io.gangway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.AsgiRuleTable;
import io.gangway.lint.AsgiRule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AsgiDocumentTest {
    private static final TaggedTests TESTS = tests();

    private static TaggedTests tests() {
        try {
            return TaggedTests.in(GeneratedDocument.root());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_document_says_what_the_catalogue_says() {
        GeneratedDocument.assertUpToDate(Path.of("docs", "asgi.md"), AsgiDocument.text(TESTS));
    }

    @Test
    void every_rule_that_is_kept_has_a_test() {
        List<String> kept = AsgiRule.catalogue().stream()
                .filter(AsgiRule::isKept)
                .map(AsgiRule::id)
                .toList();
        assertThat(TESTS.ids()).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    void every_rule_that_is_kept_is_shown_on_every_server_or_has_a_reason() {
        List<String> silent = AsgiRule.catalogue().stream()
                .filter(AsgiRule::isKept)
                .map(AsgiRule::id)
                .filter(id -> AsgiRuleTable.cells(id).stream()
                        .anyMatch(cell -> !cell.isShown() && cell.reason().isEmpty()))
                .toList();
        assertThat(silent).isEmpty();
    }
}
