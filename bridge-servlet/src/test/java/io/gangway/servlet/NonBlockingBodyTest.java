package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.wsgi.ClientException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.EOFException;
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

    /** A body of two bytes, both read. */
    private NonBlockingBody begun(long length) throws Exception {
        ServletInputStream stream = new Bytes("ab".getBytes(US_ASCII));
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
        NonBlockingBody body = new NonBlockingBody(request, true);
        body.listen(new ReadListener() {
            @Override
            public void onDataAvailable() {}

            @Override
            public void onAllDataRead() {}

            @Override
            public void onError(Throwable problem) {}
        });
        body.signal().set(true);
        assertThat(body.read(target, 0, 8)).isEqualTo(2);
        assertThat(Arrays.copyOf(target, 2)).isEqualTo("ab".getBytes(US_ASCII));
        return body;
    }

    /** A container's stream in which everything has arrived. */
    private static final class Bytes extends ServletInputStream {
        private final byte[] content;
        private int position;

        Bytes(byte[] content) {
            this.content = content;
        }

        @Override
        public boolean isFinished() {
            return position == content.length;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {}

        @Override
        public int read() {
            return isFinished() ? -1 : content[position++];
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = Math.min(length, content.length - position);
            System.arraycopy(content, position, target, offset, count);
            position += count;
            return count == 0 ? -1 : count;
        }
    }
}
