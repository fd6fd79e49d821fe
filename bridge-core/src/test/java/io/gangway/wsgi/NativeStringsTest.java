package io.gangway.wsgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("W20")
class NativeStringsTest {
    @Test
    void text_becomes_its_utf_8_bytes() {
        assertThat(NativeStrings.ofText("ada")).isEqualTo("ada");
        assertThat(NativeStrings.ofText("caf\u00e9")).isEqualTo("caf\u00c3\u00a9");
        assertThat(NativeStrings.ofText("\u0141ukasz \ud83d\ude00").getBytes(ISO_8859_1))
                .isEqualTo("\u0141ukasz \ud83d\ude00".getBytes(UTF_8));
    }

    @Test
    void half_a_surrogate_pair_is_a_question_mark_and_no_error() {
        assertThat(NativeStrings.ofText("a\ud83d")).isEqualTo("a?");
    }

    @Test
    void a_headers_chars_are_bytes_already() {
        assertThat(NativeStrings.ofHeader("caf\u00c3\u00a9 \u00ff")).isEqualTo("caf\u00c3\u00a9 \u00ff");
    }

    @Test
    void a_header_that_somebody_decoded_becomes_bytes_again() {
        assertThat(NativeStrings.ofHeader("\u0141ukasz caf\u00e9")).isEqualTo("\u00c5\u0081ukasz caf\u00c3\u00a9");
    }

    @Test
    void finds_that_a_decoder_lost_bytes() {
        assertThat(NativeStrings.isLost("q=\ufffdx")).isTrue();
        assertThat(NativeStrings.isLost("q=caf\u00e9")).isFalse();
    }
}
