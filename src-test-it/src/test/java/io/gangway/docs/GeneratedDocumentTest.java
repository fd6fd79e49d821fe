package io.gangway.docs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

class GeneratedDocumentTest {
    @Test
    @DisabledIfSystemProperty(
            named = "docs.write",
            matches = "true",
            disabledReason = "it would write its nonsense over the licence")
    void tells_the_command_that_writes_a_stale_document() {
        assertThatThrownBy(() -> GeneratedDocument.assertUpToDate(Path.of("LICENSE"), "something else"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("LICENSE is generated and stale; write it anew with: mvn -pl src-test-it -am test"
                        + " -Dtest=GeneratedDocumentTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.write=true");
    }
}
