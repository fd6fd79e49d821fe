package io.gangway.servlet.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.gangway.servlet.jetty.InProgress.Activity;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

class InProgressTest {
    /** An HTTP/2 connection, which implements both interfaces. */
    private interface Multiplexed extends Connection, ConnectionMetaData {}

    private final List<Callback> callbacks = new ArrayList<>();
    private final InProgress inProgress = new InProgress(new Handler.Abstract() {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            return callbacks.add(callback);
        }
    });
    private final Multiplexed connection = mock(Multiplexed.class);
    private final Attributes attributes = new Attributes.Mapped();

    /** Whether the next request reads the attribute as not set. */
    private boolean isEarly;

    private boolean isThirdDue;

    @Test
    void the_first_requests_of_a_connection_are_counted_together_though_they_come_at_once() throws Exception {
        when(connection.getConnection()).thenReturn(connection);
        when(connection.getHttpVersion()).thenReturn(HttpVersion.HTTP_2);
        when(connection.getAttribute(anyString())).thenAnswer(call -> {
            boolean wasEarly = isEarly;
            isEarly = false;
            return wasEarly ? null : attributes.getAttribute(call.getArgument(0));
        });
        when(connection.setAttribute(anyString(), any())).thenAnswer(call -> {
            Object before = attributes.setAttribute(call.getArgument(0), call.getArgument(1));
            if (isThirdDue) { // after the second one has set the attribute, and before its next step
                isThirdDue = false;
                handleEarly();
            }
            return before;
        });
        EndPoint endPoint = mock(EndPoint.class);
        when(endPoint.getConnection()).thenReturn(connection);

        handleEarly();
        isThirdDue = true;
        handleEarly();
        if (isThirdDue) {
            handleEarly();
        }

        assertThat(callbacks).hasSize(3);
        // The third one was handled within the second one, if that was possible; a request that is left still counts.
        callbacks.get(0).succeeded();
        callbacks.get(2).succeeded();
        assertThat(InProgress.activityOf(endPoint)).isEqualTo(Activity.REQUEST);
        callbacks.get(1).succeeded();
        assertThat(InProgress.activityOf(endPoint)).isEqualTo(Activity.NONE);
        assertThat(inProgress.requests()).isZero();
    }

    private void handleEarly() throws Exception {
        Request request = mock(Request.class);
        when(request.getConnectionMetaData()).thenReturn(connection);
        isEarly = true;
        assertThat(inProgress.handle(request, mock(Response.class), Callback.NOOP))
                .isTrue();
    }
}
