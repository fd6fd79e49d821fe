package io.gangway.servlet;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.gangway.exchange.ResponseHead;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

class ServletSinkTest {
    private static final ResponseHead HEAD = ResponseHead.of(
            "404 Nothing Here",
            List.of(
                    new Header("Content-Type", "text/plain"),
                    new Header("Content-Length", "3000000000"),
                    new Header("Set-Cookie", "a=1"),
                    new Header("Set-Cookie", "b=2"),
                    new Header("Date", "Thu, 01 Jan 1970 00:00:00 GMT")));

    private final HttpServletRequest request = mock(HttpServletRequest.class);
    private final HttpServletResponse response = mock(HttpServletResponse.class);
    private final ServletOutputStream output = mock(ServletOutputStream.class);
    private final RequestBody body = new RequestBody(request);
    private final ServletSink sink = new ServletSink(response, body, new HeadWriter(request, response));

    @Test
    void adds_what_may_be_repeated_and_sets_what_may_not() throws IOException {
        sink.commit(HEAD);

        verify(response).setStatus(404);
        verify(response).setContentLengthLong(3_000_000_000L);
        verify(response).addHeader("Set-Cookie", "a=1");
        verify(response).addHeader("Set-Cookie", "b=2");
        verify(response).setHeader("Date", "Thu, 01 Jan 1970 00:00:00 GMT");
        verify(response).setHeader("Server", "Gangway");
    }

    @Test
    void names_the_server_only_where_nobody_has() throws IOException {
        when(response.containsHeader("Server")).thenReturn(true);

        sink.commit(HEAD);

        verify(response, never()).setHeader(eq("Server"), anyString());
    }

    @Test
    void keeps_the_container_from_adding_a_charset() throws IOException {
        sink.commit(HEAD);

        InOrder inOrder = inOrder(response);
        inOrder.verify(response).setHeader("Content-Type", "text/plain");
        inOrder.verify(response).setCharacterEncoding(null);
    }

    @Test
    void flushes_only_where_the_next_block_may_take_its_time() throws IOException {
        when(response.getOutputStream()).thenReturn(output);
        byte[] block = {1, 2, 3};

        sink.write(block, 0, 3, false);
        verify(output, never()).flush();

        sink.write(block, 1, 2, true);
        verify(output).write(block, 1, 2);
        verify(output).flush();
    }

    @Test
    void a_failing_write_is_the_clients_leaving() throws IOException {
        when(response.getOutputStream()).thenThrow(new IOException("broken pipe"));

        assertThatThrownBy(() -> sink.write(new byte[1], 0, 1, false))
                .isInstanceOf(ClientException.class)
                .hasMessage("the client left before its response was complete")
                .hasRootCauseMessage("broken pipe");
    }

    @Test
    void a_response_that_somebody_else_committed_is_an_error() {
        when(response.isCommitted()).thenReturn(true);

        assertThatThrownBy(() -> sink.commit(HEAD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the servlet response was committed before the application's own began");
    }

    @Test
    void unless_the_container_answered_a_broken_request_by_itself() throws IOException {
        when(request.getInputStream()).thenThrow(new IOException("bad chunk"));
        assertThatThrownBy(body::read).isInstanceOf(ClientException.class);
        when(response.isCommitted()).thenReturn(true);

        assertThatThrownBy(() -> sink.commit(HEAD)).isInstanceOf(ClientException.class);
    }
}
