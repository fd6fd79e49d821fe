package io.gangway.wsgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EscapesTest {
    /** Each char once. */
    private static final String ALL = IntStream.rangeClosed(0, 0xffff)
            .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
            .toString();

    @Test
    void a_line_has_no_control_characters_but_tabs() {
        assertThat(Escapes.line("one\ntwo\t\u001b[31m\r\u202e\u2028é\u009b"))
                .isEqualTo("one\\u000atwo\t\\u001b[31m\\u000d\\u202e\\u2028é\\u009b");
        assertThat(Escapes.line(ALL).chars().filter(c -> Character.isISOControl(c) && c != '\t'))
                .isEmpty();
    }

    @Test
    void the_further_lines_of_a_text_are_indented() {
        assertThat(Escapes.lines("one\ntwo\t\u001b[31m\r\u202eé"))
                .isEqualTo("one\n    two\t\\u001b[31m\\u000d\\u202eé");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "é\t☃", "a b"})
    void what_needs_no_escape_is_the_same_text(String text) {
        assertThat(Escapes.line(text)).isSameAs(text);
        assertThat(Escapes.lines(text)).isSameAs(text);
    }

    @Test
    void a_quoted_value_is_printable_ascii_and_cut() {
        assertThat(Escapes.quoted("a\r\n\t\"\\é\u0000☃", 20)).isEqualTo("\"a\\r\\n\\t\\\"\\\\\\u00e9\\u0000\\u2603\"");
        assertThat(Escapes.quoted("abcdef", 4)).isEqualTo("\"abcd\" and 2 more characters");
        assertThat(Escapes.quoted(ALL, ALL.length()).chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    @Test
    void a_field_of_an_access_log_is_one_field_of_printable_ascii() {
        assertThat(Escapes.logField("a b\"\\\n\u007f\u0085é☃", true))
                .isEqualTo("a b\\\"\\\\\\x0a\\x7f\\x85\\xe9\\u2603");
        assertThat(Escapes.logField("a b", false)).isEqualTo("a\\x20b");
        assertThat(Escapes.logField(ALL, false).chars()).allMatch(c -> c > ' ' && c < 0x7f);
    }

    @Test
    void json_is_ascii_in_quotes() {
        assertThat(Escapes.json("a \"\\\n\u007fé☃")).isEqualTo("\"a \\\"\\\\\\u000a\\u007f\\u00e9\\u2603\"");
        assertThat(Escapes.json(ALL).chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    @Test
    void html_is_text() {
        assertThat(Escapes.html("<a href=\"x\" b='y'>&amp;é"))
                .isEqualTo("&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;é");
    }
}
