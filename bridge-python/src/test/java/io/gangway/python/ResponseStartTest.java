package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Content-Length of a worker's HEAD frame. */
class ResponseStartTest {
    @ParameterizedTest
    @CsvSource({"5,5", "007,7", "0,0", "-5,-1", "+5,-1", "'5, 5',-1", "'',-1", "\u0665,-1", "9223372036854775808,-1"})
    void a_length_is_digits_or_unknown(String sent, long promised) {
        assertThat(ResponseStart.promised(sent)).isEqualTo(promised);
    }
}
