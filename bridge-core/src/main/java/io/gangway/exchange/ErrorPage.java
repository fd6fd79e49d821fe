package io.gangway.exchange;

import io.gangway.wsgi.ClientException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;

/** What a client gets if the application fails: plain text, with or without the traceback. */
public enum ErrorPage {
    /** The request id only: the error is in the log. */
    PRODUCTION,
    /** The request id and the traceback, for development. */
    DEVELOPMENT,
    /** None: whoever receives the exchange's outcome decides. */
    NONE;

    /** The answer in place of the application's. */
    ServerAnswer answer(Optional<ClientException> fault, String requestId, Throwable problem) {
        String status = fault.map(ClientException::status)
                .orElse(
                        problem instanceof UnansweredException
                                ? UnansweredException.STATUS
                                : "500 Internal Server Error");
        String text = "Request id: " + requestId + "\n";
        if (this == DEVELOPMENT) {
            StringWriter traceback = new StringWriter();
            problem.printStackTrace(new PrintWriter(traceback));
            text += "\n" + traceback;
        }
        return new ServerAnswer(status, text, List.of());
    }
}
