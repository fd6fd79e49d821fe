package io.gangway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.gangway.server.ErrorPage;
import io.gangway.server.Repairs;
import io.gangway.server.SuspendableApplication;
import io.gangway.server.SuspendableApplication.Resumption;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.StartResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A container that completes a suspended request by itself, because an HTTP/2 client has reset its stream. */
class SuspendedRequestTest {
    private final AsyncContext context = mock(AsyncContext.class);
    private final AsyncEvent event = mock(AsyncEvent.class);
    private final Pending pending = new Pending();
    private final List<Runnable> waiting = new ArrayList<>();
    private SuspendedRequest suspended;

    @BeforeEach
    void suspend() {
        HttpServletRequest request = mock(HttpServletRequest.class);
        HttpServletResponse response = mock(HttpServletResponse.class);
        RequestEnviron source = mock(RequestEnviron.class);
        Environ environ = mock(Environ.class);
        when(environ.method()).thenReturn("GET");
        when(environ.requestId()).thenReturn("7");
        when(source.environ()).thenReturn(environ);
        when(request.startAsync(any(), any())).thenReturn(context);
        suspended = new SuspendedRequest(
                request, response, mock(RequestBody.class), source, mock(ErrorPage.class), mock(Repairs.class));
        suspended.begin(pending);
    }

    @Test
    void work_that_waits_for_a_thread_is_dropped_when_the_container_completes_the_request() {
        doAnswer(call -> waiting.add(call.getArgument(0))).when(context).start(any());
        pending.resume();
        assertThat(pending.dropped).isZero();

        suspended.onComplete(event);
        assertThat(pending.dropped).isEqualTo(1);

        waiting.forEach(Runnable::run);
        assertThat(pending.dropped).isEqualTo(1);
        assertThat(pending.called).isZero();
    }

    @Test
    void work_that_waits_for_a_thread_is_dropped_when_the_request_fails() throws IOException {
        doAnswer(call -> waiting.add(call.getArgument(0))).when(context).start(any());
        pending.resume();

        suspended.onError(event);
        assertThat(pending.dropped).isEqualTo(1);
    }

    @Test
    void work_that_is_handed_over_while_the_container_completes_the_request_is_dropped_once() {
        doAnswer(call -> {
                    suspended.onComplete(event);
                    return null;
                })
                .when(context)
                .start(any());
        pending.resume();
        assertThat(pending.dropped).isEqualTo(1);
        assertThat(pending.called).isZero();
    }

    @Test
    void a_request_that_the_container_has_completed_is_not_completed_again() {
        doAnswer(call -> {
                    suspended.onComplete(event);
                    throw new IllegalStateException("completed");
                })
                .when(context)
                .start(any());
        doThrow(new IllegalStateException("completed")).when(context).complete();
        pending.resume();
        assertThat(pending.dropped).isEqualTo(1);
    }

    /** A call whose answer comes when the test says so. */
    private static final class Pending implements SuspendableApplication, Resumption {
        private Consumer<Resumption> resume = nobody -> {};
        private int called;
        private int dropped;

        void resume() {
            resume.accept(this);
        }

        @Override
        public void begin(Environ environ, Consumer<Resumption> whenReady) {
            resume = whenReady;
        }

        @Override
        public Iterable<byte[]> call(Environ environ, StartResponse startResponse) {
            called++;
            return List.of();
        }

        @Override
        public int size() {
            return UNKNOWN_SIZE;
        }

        @Override
        public void drop() {
            dropped++;
        }
    }
}
