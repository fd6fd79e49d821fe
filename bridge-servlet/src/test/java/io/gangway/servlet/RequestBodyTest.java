package io.gangway.servlet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.gangway.wsgi.ClientException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestBodyTest {
    private final HttpServletRequest request = mock(HttpServletRequest.class);
    private final RequestBody body = new RequestBody(request);

    @Test
    void asks_for_the_containers_stream_at_the_first_read() throws IOException {
        promise(3, "abc");
        verify(request, never()).getInputStream();

        assertThat(body.read()).isEqualTo('a');
        verify(request).getInputStream();
    }

    @Test
    void ends_again_and_again() throws IOException {
        promise(3, "abc");

        assertThat(body.readAllBytes()).asString().isEqualTo("abc");
        assertThat(body.read()).isEqualTo(-1);
        assertThat(body.read(new byte[4])).isEqualTo(-1);
    }

    @Test
    void a_body_without_a_length_may_be_empty() throws IOException {
        promise(-1, "");

        assertThat(body.readAllBytes()).isEmpty();
    }

    @Test
    void a_client_that_stops_is_the_clients_fault() throws IOException {
        ServletInputStream broken = failing(new IOException("early EOF"));
        when(request.getInputStream()).thenReturn(broken);

        assertThatThrownBy(body::readAllBytes)
                .isInstanceOf(ClientException.class)
                .hasMessage("the client did not send its request body to the end")
                .hasRootCauseMessage("early EOF");
    }

    @Test
    void broken_framing_is_the_clients_fault_even_as_a_runtime_exception() throws IOException {
        ServletInputStream broken = failing(new IllegalArgumentException("bad chunk"));
        when(request.getInputStream()).thenReturn(broken);

        assertThatThrownBy(body::readAllBytes)
                .isInstanceOf(ClientException.class)
                .hasRootCauseMessage("bad chunk");
    }

    @Test
    void a_body_that_a_filter_has_read_is_never_silently_empty() throws IOException {
        promise(9, "");

        assertThatThrownBy(body::readAllBytes)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(ClientException.class)
                .hasMessageStartingWith("W46: the request body was read before the gateway saw it")
                .hasMessageContaining("A filter in front asked for its parameters");
    }

    @Test
    void a_stream_of_http_2_that_ends_early_was_reset_by_its_client() throws IOException {
        when(request.getProtocol()).thenReturn("HTTP/2.0");
        promise(9, "half");

        assertThatThrownBy(body::readAllBytes)
                .isInstanceOf(ClientException.class)
                .hasMessage("the client did not send its request body to the end");
        assertThat(body.failure()).isInstanceOf(ClientException.class);
    }

    @Test
    void neither_is_a_chunked_form() throws IOException {
        promise(-1, "");
        when(request.getContentType()).thenReturn("application/x-www-form-urlencoded; charset=utf-8");
        when(request.getQueryString()).thenReturn("page=1");
        when(request.getParameterMap()).thenReturn(Map.of("page", new String[] {"1"}, "name", new String[] {"ada"}));

        assertThatThrownBy(body::readAllBytes).hasMessageStartingWith("W46: ");
    }

    @Test
    void but_an_empty_chunked_form_is_empty() throws IOException {
        promise(-1, "");
        when(request.getContentType()).thenReturn("application/x-www-form-urlencoded");
        when(request.getQueryString()).thenReturn("page=1&q");
        when(request.getParameterMap()).thenReturn(Map.of("page", new String[] {"1"}, "q", new String[] {""}));

        assertThat(body.readAllBytes()).isEmpty();
    }

    private void promise(long length, String content) throws IOException {
        when(request.getContentLengthLong()).thenReturn(length);
        when(request.getInputStream()).thenReturn(stream(new ByteArrayInputStream(content.getBytes(UTF_8))));
    }

    private static ServletInputStream failing(Exception failure) throws IOException {
        ServletInputStream stream = mock(ServletInputStream.class);
        when(stream.read(any(), anyInt(), anyInt())).thenThrow(failure);
        return stream;
    }

    private static ServletInputStream stream(InputStream content) {
        return new ServletInputStream() {
            @Override
            public int read() throws IOException {
                return content.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return content.read(target, offset, length);
            }

            @Override
            public boolean isFinished() {
                return false;
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setReadListener(ReadListener listener) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
