package io.gangway.servlet;

import io.gangway.wsgi.ClientException;
import java.io.IOException;

/** Why a request ended that neither its client nor its application has ended. It has no stack trace. */
final class EndedByServerException extends IOException {
    private static final long serialVersionUID = 1L;

    EndedByServerException(String why) {
        super(why);
    }

    /** As applications are told of it: for them it is the same as if the client had left. */
    static ClientException as(String why) {
        return new ClientException("the server ended the request", new EndedByServerException(why));
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
