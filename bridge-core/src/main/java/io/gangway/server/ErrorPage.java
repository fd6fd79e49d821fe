package io.gangway.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** The server's own response in place of an application's: plain text, with or without the traceback. */
public enum ErrorPage {
    /** The request id only: the error is in the log. */
    PRODUCTION,
    /** The request id and the traceback, for development. */
    DEVELOPMENT;

    /** Sends the page; nothing may have been committed before. */
    void send(CountedResponse response, String status, String requestId, Throwable problem) throws ClientException {
        byte[] body = text(status, requestId, problem).getBytes(UTF_8);
        response.inputIsDone();
        response.commit(ResponseHead.of(
                status,
                List.of(
                        new Header("Content-Type", "text/plain; charset=utf-8"),
                        new Header("Content-Length", Integer.toString(body.length)),
                        new Header("Cache-Control", "no-store"),
                        new Header("X-Content-Type-Options", "nosniff"))));
        response.write(body, body.length, false);
    }

    private String text(String status, String requestId, Throwable problem) {
        String text = status + "\nRequest id: " + requestId + "\n";
        if (this == PRODUCTION) {
            return text;
        }
        StringWriter traceback = new StringWriter();
        problem.printStackTrace(new PrintWriter(traceback));
        return text + "\n" + traceback;
    }
}
