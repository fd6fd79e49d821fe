package io.gangway.asgi;

import io.gangway.wsgi.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of one WebSocket (ASGI's WebSocket specification). */
public sealed interface WebSocketEvent extends AsgiEvent {
    /** The client asks for a WebSocket; always the first event (A30). The handshake is not answered before the application accepts or closes. */
    record Connect() implements WebSocketEvent, Received {
        @Override
        public String type() {
            return "websocket.connect";
        }
    }

    /**
     * A whole message of the client (A33): {@code websocket.receive}.
     *
     * @param text null if the message is binary
     * @param bytes null if the message is text
     */
    @SuppressWarnings(
            "ArrayRecordComponent") // events are not compared, and a copy of each message would cost more than the rest
    record Message(@Nullable String text, byte @Nullable [] bytes) implements WebSocketEvent, Received {
        private static final String TYPE = "websocket.receive";

        /** Checks that exactly one is there. */
        public Message {
            EventRules.checkOneOf(text, bytes, TYPE);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * The WebSocket is closed (A34).
     *
     * @param code the client's; 1005 if it gave none, 1006 if the connection broke
     * @param reason possibly empty
     */
    record Disconnect(int code, String reason) implements WebSocketEvent, Received {
        /** Checks that nothing is null. */
        public Disconnect {
            EventRules.present(reason, "websocket.disconnect", "reason");
        }

        @Override
        public String type() {
            return "websocket.disconnect";
        }
    }

    /**
     * Accepts the WebSocket (A30).
     *
     * @param subprotocol one of those in the scope, or null for none
     * @param headers for the response to the handshake
     */
    record Accept(@Nullable String subprotocol, List<Header> headers) implements WebSocketEvent, Sent {
        private static final String TYPE = "websocket.accept";

        /** Checks and copies. */
        public Accept {
            headers = EventRules.checkedHeaders(headers, TYPE);
        }

        /** Without subprotocol and headers. */
        public Accept() {
            this(null, List.of());
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * A whole message for the client (A33).
     *
     * @param text null if the message is binary
     * @param bytes null if the message is text
     */
    @SuppressWarnings("ArrayRecordComponent") // as in Message
    record Send(@Nullable String text, byte @Nullable [] bytes) implements WebSocketEvent, Sent {
        private static final String TYPE = "websocket.send";

        /** Checks that exactly one is there. */
        public Send {
            EventRules.checkOneOf(text, bytes, TYPE);
        }

        /**
         * A text message.
         *
         * @param text any Unicode
         */
        public Send(String text) {
            this(text, null);
        }

        /**
         * A binary message.
         *
         * @param bytes possibly none
         */
        public Send(byte[] bytes) {
            this(null, bytes);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Closes the WebSocket (A35); before the accept it answers 403 (A31).
     *
     * @param code one that an endpoint may send, see {@link WebSocketClose#isSendable}
     * @param reason at most {@value WebSocketClose#MAX_REASON} bytes in UTF-8
     */
    record Close(int code, String reason) implements WebSocketEvent, Sent {
        private static final String TYPE = "websocket.close";

        /** Checks both. */
        public Close {
            WebSocketClose.check(code, EventRules.present(reason, TYPE, "reason"));
        }

        /** A normal close: 1000, without a reason. */
        public Close() {
            this(WebSocketClose.NORMAL, "");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Denies the WebSocket with an HTTP response: its status and headers (A31, A50).
     *
     * @param status 200 to 599
     * @param headers native strings
     */
    record ResponseStart(int status, List<Header> headers) implements WebSocketEvent, Sent {
        private static final String TYPE = "websocket.http.response.start";

        /** Checks and copies. */
        public ResponseStart {
            EventRules.checkStatus(status, TYPE);
            headers = EventRules.checkedHeaders(headers, TYPE);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * A part of the body of the HTTP response that denies the WebSocket (A31, A50).
     *
     * @param body the bytes; possibly none
     * @param moreBody whether another part follows; the response is complete otherwise
     */
    @SuppressWarnings("ArrayRecordComponent") // as in Message
    record ResponseBody(byte[] body, boolean moreBody) implements WebSocketEvent, Sent {
        private static final String TYPE = "websocket.http.response.body";

        /** Checks that nothing is null. */
        public ResponseBody {
            EventRules.present(body, TYPE, "body");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }
}
