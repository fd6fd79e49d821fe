package io.gangway.python.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The bridge accepts and refuses the same heads as the worker. */
class HeadVectorsTest {
    static Stream<Arguments> heads() {
        return Vectors.of("heads.tsv");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("heads")
    void a_head_is_taken_or_refused(String name, String status, String headers, String verdict, String sent) {
        String line = Vectors.fields(status).get(0);
        List<Header> given = headers(headers);
        if (verdict.equals("taken")) {
            assertThat(ResponseHead.of(line, given).headers()).isEqualTo(sent.equals("*") ? given : headers(sent));
        } else {
            assertThatThrownBy(() -> ResponseHead.of(line, given))
                    .isInstanceOfSatisfying(
                            ApplicationViolation.class,
                            e -> assertThat(e.rule()).isEqualTo(verdict));
        }
    }

    private static List<Header> headers(String text) {
        return text.equals("-")
                ? List.of()
                : Vectors.fields(text).stream()
                        .map(header -> header.split(": ", 2))
                        .map(pair -> new Header(pair[0], pair[1]))
                        .toList();
    }
}
