package io.gangway.servlet.jetty;

import io.gangway.exchange.ServerAnswer;
import io.gangway.server.HostHeader;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.NativeStrings;
import java.util.List;
import java.util.function.IntSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers each request of a port without TLS with the same URI in https. 308 keeps the method and the body (RFC 9110, section 15.4.9).
 *
 * <p>Thread-safe.
 */
final class HttpsRedirect extends Handler.Wrapper {
    /** The name of the connectors whose requests are redirected. */
    static final String CONNECTOR = "redirect";

    private static final int DEFAULT_PORT = 443;

    private final IntSupplier port;

    /**
     * Makes the handler.
     *
     * @param port that speaks TLS; asked at each request
     */
    HttpsRedirect(Handler handler, IntSupplier port) {
        super(handler);
        this.port = port;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!CONNECTOR.equals(request.getConnectionMetaData().getConnector().getName())) {
            return super.handle(request, response, callback);
        }
        String host = host(request);
        String target = request.getHttpURI().getPathQuery();
        boolean isKnown = !host.isEmpty() && target != null && target.startsWith("/") && !NativeStrings.isLost(target);
        JettyAnswers.send(
                isKnown && port.getAsInt() > 0
                        ? new ServerAnswer(
                                "308 Permanent Redirect",
                                "Use https.\n",
                                List.of(new Header("Location", location(host, NativeStrings.ofText(target)))))
                        : new ServerAnswer("400 Bad Request", "There is no https URI to redirect to.\n", List.of()),
                response,
                callback);
        return true;
    }

    /**
     * The host that the client names, in HTTP/2 as the target's authority; for HTTP/1.0 without a Host, the connection's own address, which Jetty puts there. Empty if
     * it is malformed: then it must not be sent back.
     */
    private static String host(Request request) {
        String header = request.getHeaders().get(HttpHeader.HOST);
        String named = header != null ? header : request.getHttpURI().getAuthority();
        return named == null ? "" : HostHeader.name(named).orElse("");
    }

    private String location(String host, String target) {
        int current = port.getAsInt();
        return "https://" + host + (current == DEFAULT_PORT ? "" : ":" + current) + target;
    }
}
