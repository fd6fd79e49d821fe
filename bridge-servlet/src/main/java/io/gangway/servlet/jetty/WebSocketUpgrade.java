package io.gangway.servlet.jetty;

import io.gangway.servlet.websocket.SocketReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;

/** A request that asks for a WebSocket on its connection of HTTP/1.1 (RFC 6455, section 4.1), which is then read by a {@link WebSocketReader}. */
final class WebSocketUpgrade extends Request.Wrapper {
    private final ConnectionMetaData metaData;

    private WebSocketUpgrade(Request request) {
        super(request);
        Connection connection = request.getConnectionMetaData().getConnection();
        WebSocketReader reader = WebSocketReader.of(connection.getEndPoint());
        setAttribute(SocketReader.ATTRIBUTE, reader);
        Connection read = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("getEndPoint")
                        ? reader.endPoint()
                        : call(connection, method, arguments));
        this.metaData = new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
            @Override
            public Connection getConnection() {
                return read;
            }
        };
    }

    /** Returns the request itself if it asks for something else. */
    static Request of(Request request) {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                        && request.getHeaders().contains(HttpHeader.UPGRADE, "websocket")
                ? new WebSocketUpgrade(request)
                : request;
    }

    @Override
    public ConnectionMetaData getConnectionMetaData() {
        return metaData;
    }

    private static Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
