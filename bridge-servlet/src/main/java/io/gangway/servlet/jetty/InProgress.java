package io.gangway.servlet.jetty;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Counts the requests in progress, of the server and of each connection. A request counts from its arrival until the server has
 * completed it.
 *
 * <p>Unlike Jetty's GracefulHandler, it refuses no request during a stop: a proxy would pass a 503 on to its client, and it is better to
 * serve a request that has been sent than to lose it.
 */
final class InProgress extends Handler.Wrapper {
    /** The package of WebSockets' connections, which is optional. */
    private static final String WEB_SOCKETS = "org.eclipse.jetty.websocket.";

    private static final String ATTRIBUTE = InProgress.class.getName();

    private final AtomicInteger requests = new AtomicInteger();

    InProgress(Handler handler) {
        super(handler);
    }

    /** The number of requests in progress. */
    int requests() {
        return requests.get();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        ConnectionMetaData connection = request.getConnectionMetaData();
        Exchanges exchanges = exchangesOf(connection);
        requests.incrementAndGet();
        exchanges.begin();
        Ending ending = new Ending(callback, exchanges);
        boolean isHandled = false;
        try {
            isHandled = super.handle(request, response, ending);
            return isHandled;
        } finally {
            if (!isHandled) {
                ending.end(); // Jetty answers by itself, with a callback of its own
            }
        }
    }

    /** In HTTP/2, several first requests of a connection may arrive at once; all of them must be counted together. */
    private static Exchanges exchangesOf(ConnectionMetaData connection) {
        if (connection.getAttribute(ATTRIBUTE) instanceof Exchanges known) {
            return known;
        }
        synchronized (connection.getConnection()) {
            if (connection.getAttribute(ATTRIBUTE) instanceof Exchanges known) {
                return known;
            }
            Exchanges first = new Exchanges(connection);
            connection.setAttribute(ATTRIBUTE, first);
            return first;
        }
    }

    /** The state of a connection. */
    static Activity activityOf(EndPoint endPoint) {
        Connection outer = endPoint.getConnection();
        Connection connection =
                outer instanceof SslConnection tls ? tls.getSslEndPoint().getConnection() : outer;
        if (connection instanceof ConnectionMetaData data
                && data.getAttribute(ATTRIBUTE) instanceof Exchanges exchanges) {
            return exchanges.activity();
        }
        if (connection != null && connection.getClass().getName().startsWith(WEB_SOCKETS)) {
            return Activity.REQUEST; // its close waits for the client
        }
        return connection == null || connection.getBytesIn() == 0 ? Activity.NONE : Activity.BEGUN;
    }

    /** The state of a connection. */
    enum Activity {
        /** No request. In HTTP/2, GOAWAY tells the client which of its streams were not processed. */
        NONE,
        /** Bytes have arrived, but no complete request yet. */
        BEGUN,
        /** A request is in progress. */
        REQUEST
    }

    /** The exchanges of one connection: one at a time in HTTP/1, many in HTTP/2. */
    private static final class Exchanges {
        private final Connection connection;
        private final boolean isMultiplexed;
        private final AtomicInteger current = new AtomicInteger();
        private volatile long bytesAtEnd;

        Exchanges(ConnectionMetaData data) {
            connection = data.getConnection();
            isMultiplexed = data.getHttpVersion() == HttpVersion.HTTP_2;
        }

        void begin() {
            current.incrementAndGet();
        }

        void end() {
            bytesAtEnd = connection.getBytesIn();
            current.decrementAndGet();
        }

        Activity activity() {
            if (current.get() > 0 || WebSocketStream.isOpenOn(connection)) {
                return Activity.REQUEST;
            }
            boolean isNext = !isMultiplexed && connection.getBytesIn() != bytesAtEnd;
            return isNext ? Activity.BEGUN : Activity.NONE;
        }
    }

    /** Called before the exchange's own end, at which the connection's next request may begin. */
    private final class Ending extends Callback.Nested {
        private final Exchanges exchanges;
        private final AtomicBoolean hasEnded = new AtomicBoolean();

        Ending(Callback callback, Exchanges exchanges) {
            super(callback);
            this.exchanges = exchanges;
        }

        @Override
        public void succeeded() {
            end();
            super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            end();
            super.failed(failure);
        }

        private void end() {
            if (hasEnded.compareAndSet(false, true)) {
                exchanges.end();
                requests.decrementAndGet();
            }
        }
    }
}
