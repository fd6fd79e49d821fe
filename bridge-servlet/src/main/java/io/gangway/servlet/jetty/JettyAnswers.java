package io.gangway.servlet.jetty;

import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ServerAnswer;
import io.gangway.wsgi.Header;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends the server's own answers where there is no servlet yet. */
final class JettyAnswers {
    private JettyAnswers() {}

    static void send(ServerAnswer answer, Response response, Callback callback) {
        ResponseHead head = answer.head();
        response.setStatus(head.code());
        for (Header header : head.headers()) {
            response.getHeaders().put(new HttpField(header.name(), header.value()));
        }
        response.getHeaders().put(HttpHeader.SERVER, "Gangway");
        response.write(true, ByteBuffer.wrap(answer.body()), callback);
    }
}
