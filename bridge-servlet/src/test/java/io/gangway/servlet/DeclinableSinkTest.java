package io.gangway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeclinableSinkTest {
    private final List<String> calls = new ArrayList<>();

    private final DeclinableSink sink = new DeclinableSink(new ResponseSink() {
        @Override
        public void inputIsDone() {
            calls.add("inputIsDone");
        }

        @Override
        public void commit(ResponseHead head) {
            calls.add("commit " + head.code());
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {
            calls.add("write " + length);
        }
    });

    @Test
    void leaves_the_body_to_the_other_side_if_the_status_declines() throws Exception {
        sink.inputIsDone();
        sink.commit(ResponseHead.of("404 Not Found", List.of()));
        sink.write(new byte[1], 0, 1, false);

        assertThat(sink.isDeclined()).isTrue();
        assertThat(calls).isEmpty();
    }

    @Test
    void passes_everything_on_otherwise() throws Exception {
        sink.inputIsDone();
        sink.commit(ResponseHead.of("200 OK", List.of()));
        sink.write(new byte[1], 0, 1, false);

        assertThat(sink.isDeclined()).isFalse();
        assertThat(calls).containsExactly("inputIsDone", "commit 200", "write 1");
    }
}
