package io.gangway.asgi;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.nio.file.Path;
import java.util.List;

/** The events of one HTTP request and its response (ASGI's HTTP specification). */
public sealed interface HttpEvent extends AsgiEvent {
    /**
     * A part of the request's body (A10).
     *
     * @param body the bytes; possibly none
     * @param moreBody whether another event with a part of the body follows
     */
    @SuppressWarnings(
            "ArrayRecordComponent") // events are not compared, and a copy of each body would cost more than the rest
    record Request(byte[] body, boolean moreBody) implements HttpEvent, Received {
        /** Checks that nothing is null. */
        public Request {
            EventRules.present(body, "http.request", "body");
        }

        @Override
        public String type() {
            return "http.request";
        }
    }

    /** The client left, or has its whole response (A11). */
    record Disconnect() implements HttpEvent, Received {
        @Override
        public String type() {
            return "http.disconnect";
        }
    }

    /**
     * The response's status and headers. They go out with the first bytes of the body, or the end (A14).
     *
     * @param status 200 to 599
     * @param headers native strings; the names in any case
     * @param trailers whether {@link ResponseTrailers} follow the body (A52)
     */
    record ResponseStart(int status, List<Header> headers, boolean trailers) implements HttpEvent, Sent {
        private static final String TYPE = "http.response.start";

        /** Checks and copies. */
        public ResponseStart {
            EventRules.checkStatus(status, TYPE);
            headers = EventRules.checkedHeaders(headers, TYPE);
        }

        /**
         * A start without trailers.
         *
         * @param status 200 to 599
         * @param headers native strings; the names in any case
         */
        public ResponseStart(int status, List<Header> headers) {
            this(status, headers, false);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * A part of the response's body.
     *
     * @param body the bytes; possibly none
     * @param moreBody whether another part follows; otherwise the response is complete, unless its start has announced trailers
     */
    @SuppressWarnings("ArrayRecordComponent") // as in Request
    record ResponseBody(byte[] body, boolean moreBody) implements HttpEvent, Sent {
        private static final String TYPE = "http.response.body";

        /** Checks that nothing is null. */
        public ResponseBody {
            EventRules.present(body, TYPE, "body");
        }

        /**
         * The last part.
         *
         * @param body the bytes; possibly none
         */
        public ResponseBody(byte[] body) {
            this(body, false);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * A file as the whole body of the response (A51). It is read as fast as the client takes it, and Content-Length is added if it is missing. It comes once, and in the place of all
     * {@link ResponseBody} events.
     *
     * @param path absolute; the file is opened when the event is taken
     */
    record PathSend(Path path) implements HttpEvent, Sent {
        private static final String TYPE = "http.response.pathsend";

        /** Checks that it is absolute. */
        public PathSend {
            if (!EventRules.present(path, TYPE, "path").isAbsolute()) {
                throw new ApplicationViolation(
                        "A51", TYPE, "an absolute path", quote(path.toString()), "pass path.toAbsolutePath()");
            }
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Fields behind the body of a response whose start has announced them (A52). Clients that cannot take them, or have not said that they do, do not get them.
     *
     * @param headers native strings; the names in any case, and none that must come before the body (RFC 9110, section 6.5.1)
     * @param moreTrailers whether another event with fields follows; the response is complete otherwise
     */
    record ResponseTrailers(List<Header> headers, boolean moreTrailers) implements HttpEvent, Sent {
        private static final String TYPE = "http.response.trailers";

        /** Checks and copies. */
        public ResponseTrailers {
            headers = EventRules.checkedHeaders(headers, TYPE);
        }

        /**
         * The last fields.
         *
         * @param headers native strings; the names in any case
         */
        public ResponseTrailers(List<Header> headers) {
            this(headers, false);
        }

        @Override
        public String type() {
            return TYPE;
        }
    }
}
