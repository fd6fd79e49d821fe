package io.gangway.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AsgiRuleTest {
    @Test
    void the_catalogue_has_every_number_once_and_in_order() {
        List<String> ids = Stream.of(
                        IntStream.rangeClosed(1, 6),
                        IntStream.rangeClosed(10, 18),
                        IntStream.rangeClosed(30, 36),
                        IntStream.rangeClosed(40, 42),
                        IntStream.rangeClosed(50, 56))
                .flatMap(range -> range.mapToObj(number -> String.format("A%02d", number)))
                .toList();

        assertThat(AsgiRule.catalogue()).extracting(AsgiRule::id).containsExactlyElementsOf(ids);
    }

    @Test
    void finds_a_rule_by_its_number() {
        assertThat(AsgiRule.of("A15").side()).isEqualTo(WsgiRule.Side.APPLICATION);
    }

    @Test
    void says_where_the_rules_are_when_there_is_none_with_a_number() {
        assertThatThrownBy(() -> AsgiRule.of("A99"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no ASGI rule A99; docs/asgi.md lists all");
    }
}
