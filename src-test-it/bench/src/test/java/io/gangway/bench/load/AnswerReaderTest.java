package io.gangway.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That a wrong answer is never counted as a right one, however its bytes arrive. */
class AnswerReaderTest {
    private static final String LENGTH = "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nhello";
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nT: x\r\n\r\n";
    private static final String UNTIL_CLOSE = "HTTP/1.0 200 OK\r\n\r\nhello";

    private final AnswerReader reader = new AnswerReader(Expected.of("hello".getBytes(ISO_8859_1)));

    @ParameterizedTest
    @ValueSource(strings = {LENGTH, CHUNKED})
    void an_answer_is_complete_with_its_last_byte(String answer) throws Exception {
        for (int turn = 0; turn < 2; turn++) {
            reader.reset();
            for (int i = 0; i < answer.length() - 1; i++) {
                assertThat(reader.read(bytes(answer.substring(i, i + 1)))).isFalse();
            }
            assertThat(reader.read(bytes(answer.substring(answer.length() - 1))))
                    .isTrue();
            assertThat(reader.isLast()).isFalse();
        }
    }

    @Test
    void an_answer_without_framing_is_complete_when_the_server_closes() throws Exception {
        assertThat(reader.read(bytes(UNTIL_CLOSE))).isFalse();
        reader.end();
        assertThat(reader.isLast()).isTrue();
    }

    @Test
    void connection_close_announces_the_last_answer() throws Exception {
        assertThat(reader.read(bytes(LENGTH.replace("Date: now", "Connection: Close"))))
                .isTrue();
        assertThat(reader.isLast()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        HTTP/1.1 503 Busy          | the answer HTTP/1.1 503 Busy
        HTTP/1.1 200 OK~Content-Length: 4~~hell | Content-Length 4, but expected were 5
        HTTP/1.1 200 OK~Content-Length: 5~~hellO | the body differs from the expected one at byte 4
        HTTP/1.1 200 OK~Content-Length: 5~~hello! | 1 bytes after the end of the answer
        HTTP/1.1 200 OK~Transfer-Encoding: chunked~~6~hello! | a body of more than the expected 5 bytes
        HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~hell~0~~ | a body of 4 bytes, but expected were 5
        HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~hello~0~~ | a chunk that is longer than its size
        HTTP/1.1 200 OK~Transfer-Encoding: chunked~~x~ | a chunk without a valid size
        """)
    void a_wrong_answer_is_told(String answer, String problem) {
        String raw = answer.replace("~", "\r\n") + (answer.contains("~") ? "" : "\r\n\r\n");
        assertThatThrownBy(() -> reader.read(bytes(raw)))
                .isInstanceOf(BadAnswer.class)
                .hasMessage(problem);
    }

    @Test
    void a_connection_that_closes_in_an_answer_is_told() throws Exception {
        assertThat(reader.isUntouched()).isTrue();
        assertThatThrownBy(reader::end).hasMessage("the connection was closed before an answer");
        assertThat(reader.read(bytes(LENGTH.substring(0, LENGTH.length() - 2)))).isFalse();
        assertThat(reader.isUntouched()).isFalse();
        assertThatThrownBy(reader::end).hasMessage("the connection was closed after 3 bytes of a body");
    }

    @Test
    void where_only_the_length_is_known_only_the_length_is_compared() throws Exception {
        AnswerReader lengths = new AnswerReader(new Expected(5, Optional.empty()));
        assertThat(lengths.read(bytes(LENGTH.replace("hello", "jello")))).isTrue();
        lengths.reset();
        assertThatThrownBy(() -> lengths.read(bytes(CHUNKED.replace("3;a=b\r\nhel", "2\r\nhe"))))
                .hasMessage("a body of 4 bytes, but expected were 5");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }
}
