package io.gangway.it.contract;

/** A property of backends that cases may need; a backend declares the traits that it lacks, and why. */
public enum Trait {
    /** A connection whose bytes can be seen. */
    SOCKET,
    /** A log of entries, as containers write one. */
    LOG,
    /** Sessions, whose id can travel in a path. */
    SESSIONS,
    /** The objects of the servlet API. */
    SERVLET,
    /** A web application that says of itself that other processes serve it too. */
    DISTRIBUTABLE,
    /** Applications in Python. */
    PYTHON,
    /** One process that serves the application, and no other. */
    SINGLE_PROCESS,
    /** An answer to a client that closes its side in the middle of a body whose length it promised. */
    ANSWER_TO_SHORT_BODY,
    /** The same, whoever is faster: the application's call, or the container that closes the connection. */
    SURE_ANSWER_TO_SHORT_BODY,
    /** A call of the application before a small body has come. */
    CALL_BEFORE_BODY,
    /** A body that the application reads while it arrives. */
    STREAMED_BODY,
    /** A body that is collected before the application is called. */
    COLLECTED_BODY,
    /** More than one mapping of the servlet. */
    MOUNTS,
    /** The application deployed once more, with other settings. */
    DEPLOYMENTS,
    /** A connector with TLS, that asks for certificates. */
    TLS,
    /** The version of TLS, told to servlets. */
    TLS_PROTOCOL,
    /** {@code %2F} in a path. */
    ESCAPED_SLASH,
    /** {@code %5C} in a path. */
    ESCAPED_BACKSLASH,
    /** {@code %25} in a path. */
    ESCAPED_PERCENT,
    /** Escapes in a path that are not UTF-8. */
    ESCAPED_NON_UTF8,
    /** {@code %2e%2e} in a path. */
    ESCAPED_DOTS,
    /** {@code //} in a path. */
    DOUBLE_SLASH,
    /** 100 Continue only once the application reads. */
    LATE_CONTINUE,
    /** {@code Content-Type} of a response, with its blanks. */
    CONTENT_TYPE_AS_GIVEN,
    /** A target that names another host than the header. */
    OTHER_AUTHORITY,
    /** A {@code Host} that ends with a colon. */
    EMPTY_PORT,
    /** A scheme that the request's target cannot change. */
    SCHEME_OF_CONNECTION,
    /** Sends while the application waits for a part of a body in chunks. */
    SENDS_WHILE_READING,
    /** The close of a WebSocket when the server stops. */
    CLOSE_AT_STOP,
    /** HTTP/2 without TLS. */
    HTTP_2,
    /** Files that the server sends for an application that tells their paths. */
    PATHSEND,
    /** A reason phrase of the application's own. */
    REASON_PHRASE,
    /** Content-Length on a 304. */
    LENGTH_ON_304,
    /** An answer of the application's own after the request's body broke its framing. */
    OWN_ANSWER_TO_BROKEN_BODY
}
