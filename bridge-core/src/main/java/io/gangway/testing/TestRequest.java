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
 * A request in the making: headers, a body, and then {@link #send} or {@link #open}.
 *
 * <p>A body is given once: by {@link #body}, by {@link #json}, or by any number of {@link #field} and {@link #file}. Not
 * thread-safe. May be sent again, unless its body is a stream.
 */
public final class TestRequest {
    /** RFC 9110, sections 5.6.2 and 5.5: what a client could send at all. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

    private static final Pattern VALUE = Pattern.compile("[\\t -~\\u0080-\\u00ff]*");

    /** What is sent: the builder's state, checked and whole. */
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

    /** Checks what a client could send; a value that no server would accept would test nothing. */
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
     * Adds a header. {@code Host}, {@code Content-Type} and {@code Content-Length} take the place of the client's own; a
     * Content-Length greater than the body is a client that stops in the middle (W43). Names with an underscore and
     * {@code Proxy} do not arrive (W17).
     *
     * @param name a token
     * @param value native text: chars as bytes
     * @return this
     */
    public TestRequest header(String name, String value) {
        headers.add(checkedHeader(name, value));
        return this;
    }

    /**
     * Sets a key of the environ after all others, such as {@code REMOTE_USER}.
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
     * @param contentType such as {@code application/octet-stream}
     * @return this
     */
    public TestRequest body(byte[] bytes, String contentType) {
        return body(RequestBody.of(bytes).typed(contentType));
    }

    /**
     * Sends a stream, chunked: read no further than the application reads, and closed when the exchange ends. What it
     * throws is a client's failure in the middle of its body (W43).
     *
     * @param stream read on the application's thread; not null
     * @param contentType such as {@code application/octet-stream}
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
     * @param fileName what the client calls the file
     * @param contentType such as {@code image/png}
     * @param bytes copied
     * @return this
     */
    public TestRequest file(String name, String fileName, String contentType, byte[] bytes) {
        return part(file(name, fileName, contentType, RequestBody.of(bytes)));
    }

    /**
     * Adds a file of any size to a form; it is read as the application reads the body.
     *
     * @param name the field's name
     * @param contentType such as {@code image/png}
     * @param path whose last part is what the client calls the file
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
            throw new IllegalStateException("The request has a body already: give it a form, or one body");
        }
    }

    /**
     * Calls the application on this thread, and receives its whole response.
     *
     * @return the response; the last one, where the client follows redirects
     * @throws ApplicationFailedException if the application failed, unless the client shows error pages
     */
    public TestResponse send() {
        Parts parts = parts();
        TestResponse response = TestResponse.of(new Exchange(settings, parts));
        return settings.followsRedirects() ? new Redirects(settings).follow(parts, response) : response;
    }

    /**
     * Calls the application on a thread of its own, and returns at once. Redirects are not followed.
     *
     * @return the response to take block by block; to be closed
     */
    public StreamedResponse open() {
        return new StreamedResponse(new Exchange(settings, parts()));
    }

    private Parts parts() {
        RequestBody given = body == null ? RequestBody.NONE : body;
        RequestBody content = form.isEmpty() ? given : RequestBody.form(form);
        return new Parts(method, target, List.copyOf(headers), Map.copyOf(environ), content, settings.nextRequestId());
    }
}
