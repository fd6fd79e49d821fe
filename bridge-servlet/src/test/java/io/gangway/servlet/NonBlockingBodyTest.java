package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.ClientException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NonBlockingBodyTest {
    private final byte[] target = new byte[8];

    @Test
    void an_end_that_the_container_has_not_told_is_no_end_of_a_body_without_a_length() throws Exception {
        NonBlockingBody body = begun(-1);

        assertThat(body.read(target, 0, 8)).isZero();
        assertThat(body.isAtEnd()).isFalse();
        assertThat(body.isAwaited()).isTrue();

        body.endIsTold();
        body.signal().set(true);
        assertThat(body.isToBeTold()).isTrue();
        assertThat(body.takeSignal(System.nanoTime())).isTrue();
        assertThat(body.read(target, 0, 8)).isEqualTo(-1);
        assertThat(body.isAtEnd()).isTrue();
    }

    @Test
    void a_body_that_breaks_off_fails_though_its_stream_is_at_an_end() throws Exception {
        NonBlockingBody body = begun(-1);
        assertThat(body.read(target, 0, 8)).isZero();

        body.fail(new ClientException("the client did not send its request body to the end", new EOFException()));

        assertThatThrownBy(() -> body.read(target, 0, 8))
                .isInstanceOf(ClientException.class)
                .hasMessage("the client did not send its request body to the end");
        assertThat(body.isAtEnd()).isFalse();
    }

    @Test
    void a_body_of_the_declared_length_needs_no_word_of_the_container() throws Exception {
        NonBlockingBody body = begun(2);

        assertThat(body.read(target, 0, 8)).isEqualTo(-1);
        assertThat(body.isAtEnd()).isTrue();
    }

    @Test
    void a_rest_that_is_skipped_is_at_its_end_when_its_stream_is() throws Exception {
        NonBlockingBody body = begun(-1);

        assertThat(body.isMoreToCome()).isFalse();
    }

    @Test
    void what_has_arrived_in_pieces_is_one_read() throws Exception {
        NonBlockingBody body = of(6, new Bytes("abcdef".getBytes(US_ASCII), 2));

        assertThat(body.read(target, 0, 5)).isEqualTo(5);
        assertThat(body.read(target, 5, 3)).isEqualTo(1);
        assertThat(target).startsWith("abcdef".getBytes(US_ASCII));
        assertThat(body.read(target, 0, 8)).isEqualTo(-1);
    }

    @Test
    void nobody_waits_for_the_client_before_the_next_read() throws Exception {
        Bytes stream = new Bytes("abcdef".getBytes(US_ASCII), 2);
        stream.arrived = 4;
        NonBlockingBody body = of(6, stream);

        assertThat(body.read(target, 0, 8)).isEqualTo(4);
        assertThat(body.isAwaited()).isFalse();
        assertThat(body.isTooSlow(Long.MAX_VALUE, new DataRate(1))).isFalse();

        assertThat(body.read(target, 0, 8)).isZero();
        assertThat(body.isAwaited()).isTrue();
        stream.arrived = 6;
        body.signal().set(true);
        assertThat(body.read(target, 0, 8)).isEqualTo(2);
    }

    @Test
    void what_fails_behind_bytes_that_have_arrived_is_the_next_reads_failure() throws Exception {
        Bytes stream = new Bytes("abcdef".getBytes(US_ASCII), 2);
        stream.failing = 4;
        NonBlockingBody body = of(6, stream);

        assertThat(body.read(target, 0, 8)).isEqualTo(4);
        assertThatThrownBy(() -> body.read(target, 0, 8))
                .isInstanceOf(ClientException.class)
                .hasMessage("the client did not send its request body to the end");
    }

    @Test
    void a_rest_that_was_broken_off_is_answered_by_tomcat_and_not_by_jetty() throws Exception {
        assertThatThrownBy(() -> broken(Container.TOMCAT).isMoreToCome())
                .isInstanceOf(ClientException.class)
                .hasMessage("the client did not send its request body to the end");
        assertThat(broken(Container.JETTY).isMoreToCome()).isTrue();
    }

    private static NonBlockingBody broken(Container container) {
        Bytes stream = new Bytes("abcdef".getBytes(US_ASCII), 2);
        stream.failing = 4;
        return of(6, stream, container);
    }

    /** A body of two bytes, both read. */
    private NonBlockingBody begun(long length) throws Exception {
        NonBlockingBody body = of(length, new Bytes("ab".getBytes(US_ASCII), 2));
        assertThat(body.read(target, 0, 8)).isEqualTo(2);
        assertThat(Arrays.copyOf(target, 2)).isEqualTo("ab".getBytes(US_ASCII));
        return body;
    }

    /** A body of which the container has told that it may be read. */
    private static NonBlockingBody of(long length, ServletInputStream stream) {
        return of(length, stream, Container.TOMCAT);
    }

    private static NonBlockingBody of(long length, ServletInputStream stream, Container container) {
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                NonBlockingBodyTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getContentLengthLong" -> length;
                    case "getInputStream" -> stream;
                    case "getProtocol" -> "HTTP/1.1";
                    case "getHeader", "getContentType" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        NonBlockingBody body = new NonBlockingBody(request, true, container);
        body.listen(new ReadListener() {
            @Override
            public void onDataAvailable() {}

            @Override
            public void onAllDataRead() {}

            @Override
            public void onError(Throwable problem) {}
        });
        body.signal().set(true);
        return body;
    }

    /** A container's stream, which gives what has arrived in pieces. */
    private static final class Bytes extends ServletInputStream {
        private final byte[] content;
        private final int piece;
        private int arrived;
        private int failing = -1;
        private int position;

        Bytes(byte[] content, int piece) {
            this.content = content;
            this.piece = piece;
            this.arrived = content.length;
        }

        @Override
        public boolean isFinished() {
            return position == content.length;
        }

        @Override
        public boolean isReady() {
            return position < arrived || isFinished();
        }

        @Override
        public void setReadListener(ReadListener listener) {}

        @Override
        public int read() {
            return isFinished() ? -1 : content[position++];
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (position == failing) {
                throw new EOFException();
            }
            int count = Math.min(Math.min(length, piece), arrived - position);
            System.arraycopy(content, position, target, offset, count);
            position += count;
            return count == 0 ? -1 : count;
        }
    }
}
