package io.gangway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.exchange.Outcome;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.ResponseSink;
import io.gangway.wsgi.Header;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A response that was received completely. Immutable. */
public final class TestResponse implements ReceivedHead {
    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\\s\";]+)", Pattern.CASE_INSENSITIVE);

    private final String url;
    private final ResponseHead head;
    private final byte[] body;
    private final List<Header> trailers;
    private final List<String> errors;
    private final Outcome outcome;

    private TestResponse(
            String url, ResponseHead head, byte[] body, List<Header> trailers, List<String> errors, Outcome outcome) {
        this.url = url;
        this.head = head;
        this.body = body;
        this.trailers = trailers;
        this.errors = errors;
        this.outcome = outcome;
    }

    /** Runs an exchange on this thread. */
    static TestResponse of(TestExchange exchange) {
        Collector collector = new Collector();
        return collector.response(exchange, exchange.run(collector));
    }

    @Override
    public int code() {
        return head.code();
    }

    @Override
    public String reason() {
        return head.reason();
    }

    @Override
    public List<Header> headers() {
        return head.headers();
    }

    /**
     * The body.
     *
     * @return a copy
     */
    public byte[] bytes() {
        return body.clone();
    }

    /**
     * The fields behind the body (A52). As on a server, an application's trailers come only for a request with {@code TE: trailers}.
     *
     * @return in the order in which the application gave them; nearly always empty
     */
    public List<Header> trailers() {
        return trailers;
    }

    /**
     * The body as text.
     *
     * @return decoded by the charset that Content-Type names; if there is none, as UTF-8
     */
    public String text() {
        Matcher charset = CHARSET.matcher(header("Content-Type").orElse(""));
        return new String(body, charset.find() ? Charset.forName(charset.group(1)) : UTF_8);
    }

    /**
     * The lines that the application wrote to {@code wsgi.errors}.
     *
     * @return the lines, in order
     */
    public List<String> errors() {
        return errors;
    }

    /**
     * The URL of this response: the last one, if redirects were followed.
     *
     * @return an absolute URL, percent-encoded
     */
    public String url() {
        return url;
    }

    /**
     * How the exchange ended. With {@link TestClient#withErrorPages}, it shows whether the response is complete or truncated,
     * which a real client sees as a broken connection.
     *
     * @return the ending, and the problem if there was one
     */
    public Outcome outcome() {
        return outcome;
    }

    /** The status line and the start of the body, for an assertion's message. */
    @Override
    public String toString() {
        int shown = Math.min(body.length, 200); // a line or two of a failed assertion
        return code() + " " + reason() + " from " + url + ": " + new String(body, 0, shown, UTF_8)
                + (shown < body.length ? "… (" + body.length + " bytes)" : "");
    }

    /** Keeps a whole response. */
    static final class Collector implements ResponseSink {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private @Nullable ResponseHead head;
        private volatile List<Header> trailers = List.of();

        /** What it has kept of an exchange that has ended. */
        TestResponse response(TestExchange exchange, Outcome outcome) {
            exchange.throwIfFailed(outcome);
            if (head == null) {
                throw new IllegalStateException("The exchange ended without a head", outcome.problem());
            }
            return new TestResponse(exchange.url(), head, body.toByteArray(), trailers, exchange.errors(), outcome);
        }

        @Override
        public void commit(ResponseHead committed) {
            head = committed;
        }

        @Override
        public void write(byte[] data, int offset, int length, boolean flush) {
            body.write(data, offset, length);
        }

        @Override
        public void trailers(List<Header> given) {
            trailers = given;
        }
    }
}
