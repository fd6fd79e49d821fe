package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Direct buffers go to the streams that take them. */
class BufferOutputTest {
    private final BufferOutput buffers = new BufferOutput();

    /** As in Servlet 6.0. */
    private static class Arrays extends ServletOutputStream {
        final ByteArrayOutputStream written = new ByteArrayOutputStream();

        @Override
        public void write(int octet) {
            written.write(octet);
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    /** As those of Tomcat and Jetty. */
    public static class Buffers extends Arrays {
        /** Fails on an empty buffer. */
        public void write(ByteBuffer data) throws IOException {
            if (!data.hasRemaining()) {
                throw new IOException("nothing");
            }
            while (data.hasRemaining()) {
                written.write(data.get());
            }
        }
    }

    private static ByteBuffer direct(String text) {
        return ByteBuffer.allocateDirect(100).put(text.getBytes(ISO_8859_1)).flip();
    }

    @Test
    void streams_with_the_method_get_the_buffer_itself() throws IOException {
        Buffers stream = new Buffers();
        ByteBuffer data = direct("some bytes");

        assertThat(buffers.isFor(stream)).isTrue();
        buffers.write(stream, data);
        assertThat(stream.written.toString(ISO_8859_1)).isEqualTo("some bytes");
        assertThat(data.hasRemaining()).isFalse();
        assertThatThrownBy(() -> buffers.write(stream, data))
                .isInstanceOf(IOException.class)
                .hasMessage("nothing");
    }

    @Test
    void other_streams_take_arrays_only_also_in_turn() throws IOException {
        Buffers one = new Buffers();
        Arrays other = new Arrays();
        for (int i = 0; i < 3; i++) {
            assertThat(buffers.isFor(one)).isTrue();
            assertThat(buffers.isFor(other)).isFalse();
        }
        assertThatThrownBy(() -> buffers.write(other, direct("x")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("this stream takes arrays only: " + Arrays.class);
    }
}
