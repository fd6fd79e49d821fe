package io.gangway.asgi;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.ApplicationViolation;

/** The codes and reasons with which a WebSocket is closed (RFC 6455, sections 5.5.1 and 7.4). */
public final class WebSocketClose {
    /** All is well. */
    public static final int NORMAL = 1000;

    /** The client gave no code; never sent. */
    public static final int NO_CODE = 1005;

    /** The connection broke; never sent. */
    public static final int ABNORMAL = 1006;

    /** Text that is no UTF-8. */
    public static final int INVALID_TEXT = 1007;

    /** A message is larger than the server takes. */
    public static final int TOO_LARGE = 1009;

    /** The application failed. */
    public static final int FAILED = 1011;

    /** The server restarts: clients may come again (IANA's registry of close codes). */
    public static final int RESTART = 1012;

    /** The server has too much to do: clients may come again later (IANA's registry). */
    public static final int TRY_LATER = 1013;

    /** A control frame has 125 bytes, of which the code takes two. */
    public static final int MAX_REASON = 123;

    private static final int LAST_DEFINED = 1014;
    private static final int FIRST_FREE = 3000;
    private static final int LAST_FREE = 4999;

    private WebSocketClose() {}

    /**
     * Whether an endpoint may send a code: 1004, 1005, 1006 and 1015 only describe what happened, and are never sent.
     *
     * @param code any
     * @return whether it may be sent
     */
    public static boolean isSendable(int code) {
        boolean isDefined =
                code >= NORMAL && code <= LAST_DEFINED && code != 1004 && code != NO_CODE && code != ABNORMAL;
        return isDefined || (code >= FIRST_FREE && code <= LAST_FREE);
    }

    /**
     * Checks what an application gives (A35).
     *
     * @param code any
     * @param reason any
     * @throws ApplicationViolation if they cannot be sent
     */
    public static void check(int code, String reason) {
        if (!isSendable(code)) {
            throw new ApplicationViolation(
                    "A35",
                    "websocket.close",
                    "a code that an endpoint may send: 1000 to 1003, 1007 to 1014, 3000 to 4999",
                    Integer.toString(code),
                    "close with 1000, or with a code of your own from 4000 to 4999");
        }
        if (reason.getBytes(UTF_8).length > MAX_REASON) {
            throw new ApplicationViolation(
                    "A35",
                    "websocket.close",
                    "a reason of at most " + MAX_REASON + " bytes in UTF-8",
                    quote(reason),
                    "shorten it; send what is longer as a message before the close");
        }
    }
}
