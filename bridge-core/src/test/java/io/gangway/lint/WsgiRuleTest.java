package io.gangway.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WsgiRuleTest {
    @Test
    void the_catalogue_has_every_number_once_and_in_order() {
        List<String> ids = Stream.of(
                        IntStream.rangeClosed(1, 3),
                        IntStream.rangeClosed(10, 22),
                        IntStream.rangeClosed(30, 47),
                        IntStream.rangeClosed(50, 58),
                        IntStream.rangeClosed(60, 73))
                .flatMap(range -> range.mapToObj(number -> String.format("W%02d", number)))
                .toList();

        assertThat(WsgiRule.catalogue()).extracting(WsgiRule::id).containsExactlyElementsOf(ids);
    }

    @Test
    void finds_a_rule_by_its_number() {
        assertThat(WsgiRule.of("W51").side()).isEqualTo(WsgiRule.Side.APPLICATION);
    }

    @Test
    void says_where_the_rules_are_when_there_is_none_with_a_number() {
        assertThatThrownBy(() -> WsgiRule.of("W99"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no WSGI rule W99; docs/wsgi.md lists all");
    }
}
