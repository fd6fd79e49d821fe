package io.gangway.testing;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gangway.testing.RequestBody.Part;
import io.gangway.wsgi.Header;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A builder of a request: headers, a body, and then {@link #send} or {@link #open}.
 *
 * <p>A body is set once: by {@link #body}, by {@link #json}, or by any number of {@link #field} and {@link #file}. Not
 * thread-safe. May be sent again, unless its body is a stream.
 */
public final class TestRequest {
    /** RFC 9110, sections 5.6.2 and 5.5: the header names and values that a client can send. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private static final Pattern VALUE = Pattern.compile("[\\t -~\\u0080-\\u00ff]*");

    /** The request to send: the builder's state, checked and complete. */
    record Parts(
            String method,
            Target target,
            List<Header> headers,
            Map<String, Object> environ,
            RequestBody body,
            String requestId) {}

    private final TestClient.Settings settings;
    private final String method;
    private final Target target;
    private final List<Header> headers = new ArrayList<>();
    private final Map<String, Object> environ = new LinkedHashMap<>();
    private final List<Part> form = new ArrayList<>();
    private @Nullable RequestBody body;

    TestRequest(TestClient.Settings settings, String method, Target target) {
        this.settings = settings;
        this.method = checkedToken("method", method);
        this.target = target;
        headers.addAll(settings.headers());
    }

    /** Checks a header that the test sends: every server would refuse other values, so they would test nothing. */
    static Header checkedHeader(String name, String value) {
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("The value of request header " + quote(name)
                    + " should be ISO-8859-1 text without control characters, not " + quote(value));
        }
        return new Header(checkedToken("request header's name", name), value);
    }

    private static String checkedToken(String what, String text) {
        if (!TOKEN.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "A " + what + " should be a token (RFC 9110, section 5.6.2), not " + quote(text));
        }
        return text;
    }

    /**
     * Adds a header. {@code Host}, {@code Content-Type} and {@code Content-Length} replace the client's own; with a
     * Content-Length greater than the body, the client stops in the middle of its body (W43). Names with an underscore and
     * {@code Proxy} do not arrive (W17).
     *
     * @param name a token
     * @param value a native string: each char is one byte
     * @return this
     */
    public TestRequest header(String name, String value) {
        headers.add(checkedHeader(name, value));
        return this;
    }

    /**
     * Sets a key of the environ, for example {@code REMOTE_USER}; it overrides any other value.
     *
     * @param key any
     * @param value not null
     * @return this
     */
    public TestRequest environ(String key, Object value) {
        environ.put(key, requireNonNull(value, key));
        return this;
    }

    /**
     * Sends bytes.
     *
     * @param bytes copied
     * @param contentType for example {@code application/octet-stream}
     * @return this
     */
    public TestRequest body(byte[] bytes, String contentType) {
        return body(RequestBody.of(bytes).typed(contentType));
    }

    /**
     * Sends a stream, chunked. It is read no further than the application reads, and closed when the exchange ends. If it
     * throws, the client fails in the middle of its body (W43).
     *
     * @param stream read on the application's thread; not null
     * @param contentType for example {@code application/octet-stream}
     * @return this
     */
    public TestRequest body(InputStream stream, String contentType) {
        return body(RequestBody.of(requireNonNull(stream, "stream")).typed(contentType));
    }

    /**
     * Sends JSON.
     *
     * @param text sent as UTF-8
     * @return this
     */
    public TestRequest json(String text) {
        return body(text.getBytes(UTF_8), "application/json");
    }

    /**
     * Adds a form's field, which may be repeated. The form is urlencoded, or multipart if it has a file.
     *
     * @param name sent as UTF-8
     * @param value sent as UTF-8
     * @return this
     */
    public TestRequest field(String name, String value) {
        return part(Part.field(name, value));
    }

    /**
     * Adds a file to a form, which becomes multipart (RFC 7578).
     *
     * @param name the field's name
     * @param fileName the file's name on the client
     * @param contentType for example {@code image/png}
     * @param bytes copied
     * @return this
     */
    public TestRequest file(String name, String fileName, String contentType, byte[] bytes) {
        return part(file(name, fileName, contentType, RequestBody.of(bytes)));
    }

    /**
     * Adds a file of any size to a form; it is read while the application reads the body.
     *
     * @param name the field's name
     * @param contentType for example {@code image/png}
     * @param path the file; the last part of the path is the file's name on the client
     * @return this
     */
    public TestRequest file(String name, String contentType, Path path) {
        return part(file(name, path.toAbsolutePath().getFileName().toString(), contentType, RequestBody.of(path)));
    }

    private static Part file(String name, String fileName, String contentType, RequestBody content) {
        return new Part(
                name, fileName, checkedHeader("Content-Type", contentType).value(), content);
    }

    private TestRequest part(Part part) {
        checkNoBody(body != null);
        form.add(part);
        return this;
    }

    private TestRequest body(RequestBody content) {
        checkNoBody(body != null || !form.isEmpty());
        checkedHeader("Content-Type", content.type().orElse(""));
        body = content;
        return this;
    }

    private static void checkNoBody(boolean hasOne) {
        if (hasOne) {
            throw new IllegalStateException(
                    "The request has a body already. Fix: set either form fields and files, or one body");
        }
    }

    /**
     * Calls the application on this thread, and receives its whole response.
     *
     * @return the response; if the client follows redirects, the last one
     * @throws ApplicationFailedException if the application failed, unless the client shows error pages
     */
    public TestResponse send() {
        Parts parts = parts();
        TestResponse response = TestResponse.of(new TestExchange(settings, parts));
        return settings.followsRedirects() ? new Redirects(settings).follow(parts, response) : response;
    }

    /**
     * Calls the application on a thread of its own, and returns at once. Redirects are not followed.
     *
     * @return the response, to read block by block; the caller must close it
     */
    public StreamedResponse open() {
        return new StreamedResponse(new TestExchange(settings, parts()));
    }

    TestExchange exchange() {
        return new TestExchange(settings, parts());
    }

    private Parts parts() {
        RequestBody given = body == null ? RequestBody.NONE : body;
        RequestBody content = form.isEmpty() ? given : RequestBody.form(form);
        return new Parts(method, target, List.copyOf(headers), Map.copyOf(environ), content, settings.nextRequestId());
    }
}
