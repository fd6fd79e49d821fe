package io.gangway.wsgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request, as PEP 3333 describes it: a mutable map with the PEP's own keys, and typed accessors beside it.
 *
 * <p>Strings are native strings: each char is one byte (ISO-8859-1), so {@code /café} sent as UTF-8 arrives with five chars
 * after the slash. Accessors that decode UTF-8 say so in their name. No value is null: a key without a value is absent
 * (W20).
 *
 * <table>
 * <caption>The keys</caption>
 * <tr><th>key</th><th>value</th></tr>
 * <tr><td>{@code REQUEST_METHOD}</td><td>the method, as sent (W10)</td></tr>
 * <tr><td>{@code SCRIPT_NAME}, {@code PATH_INFO}</td><td>the path up to and after the mount point, percent-decoded (W11,
 * W12)</td></tr>
 * <tr><td>{@code QUERY_STRING}</td><td>the query, undecoded; empty if there is none (W13)</td></tr>
 * <tr><td>{@code CONTENT_TYPE}, {@code CONTENT_LENGTH}</td><td>only if sent (W14)</td></tr>
 * <tr><td>{@code SERVER_NAME}, {@code SERVER_PORT}, {@code SERVER_PROTOCOL}</td><td>always (W15)</td></tr>
 * <tr><td>{@code RAW_URI}, {@code REQUEST_URI}, {@code SERVER_SOFTWARE}</td><td>the target as sent, and Gangway's version
 * (W22)</td></tr>
 * <tr><td>{@code HTTP_*}</td><td>the request's headers (W16)</td></tr>
 * <tr><td>{@code REMOTE_ADDR}, {@code REMOTE_PORT}, {@code REMOTE_USER}, {@code AUTH_TYPE}</td><td>the client (W18)</td></tr>
 * <tr><td>{@code wsgi.*}</td><td>the gateway's streams and properties (W30-W39)</td></tr>
 * <tr><td>{@code jakarta.servlet.*}</td><td>in a container: {@code request}, {@code response}, {@code context}</td></tr>
 * <tr><td>{@code gangway.*}</td><td>Gangway's own keys, for example {@code gangway.request_id} (W37)</td></tr>
 * </table>
 *
 * <p>Belongs to one request; not thread-safe. An application may change it as it likes (W01).
 *
 * @see <a href="https://peps.python.org/pep-3333/#environ-variables">PEP 3333, environ variables</a>
 */
public final class Environ extends AbstractMap<String, Object> {
    /** The method, a token, as sent (W10). */
    public static final String REQUEST_METHOD = "REQUEST_METHOD";
    /** The path up to the mount point; empty, or starting with a slash and not ending with one (W11). */
    public static final String SCRIPT_NAME = "SCRIPT_NAME";
    /** The path after the mount point; empty, or starting with a slash (W11). */
    public static final String PATH_INFO = "PATH_INFO";
    /** The query, undecoded; empty if there is none (W13). */
    public static final String QUERY_STRING = "QUERY_STRING";
    /** The body's media type, if sent (W14). */
    public static final String CONTENT_TYPE = "CONTENT_TYPE";
    /** The body's length in decimal digits, if sent (W14). */
    public static final String CONTENT_LENGTH = "CONTENT_LENGTH";
    /** The host that the client asked for, or the server's; an IPv6 address in brackets (W15; RFC 3875, section 4.1.14). */
    public static final String SERVER_NAME = "SERVER_NAME";
    /** The port that the client asked for, in digits (W15). */
    public static final String SERVER_PORT = "SERVER_PORT";
    /** The client's protocol: {@code HTTP/1.0}, {@code HTTP/1.1}, {@code HTTP/2} (W15). */
    public static final String SERVER_PROTOCOL = "SERVER_PROTOCOL";
    /** The target's path and query as sent, not decoded, so that {@code %2F} differs from a slash (W22). */
    public static final String RAW_URI = "RAW_URI";
    /** The same, under the name that mod_wsgi and uWSGI use (W22). */
    public static final String REQUEST_URI = "REQUEST_URI";
    /** The server's name and version, for example {@code Gangway/0.1.0} (W22). */
    public static final String SERVER_SOFTWARE = "SERVER_SOFTWARE";
    /** The client's address, IPv6 in the form of RFC 5952 without brackets (W18). */
    public static final String REMOTE_ADDR = "REMOTE_ADDR";
    /** The client's port, in digits (W18). */
    public static final String REMOTE_PORT = "REMOTE_PORT";
    /** The user, only if the container authenticated one (W18). */
    public static final String REMOTE_USER = "REMOTE_USER";
    /** How the container authenticated the user: {@code Basic}, {@code Digest} or the container's own word (W18). */
    public static final String AUTH_TYPE = "AUTH_TYPE";
    /** The {@code Host} header. */
    public static final String HTTP_HOST = "HTTP_HOST";
    /** A {@link WsgiVersion}: (1, 0) (W30). */
    public static final String WSGI_VERSION = "wsgi.version";
    /** {@code http} or {@code https} (W31). */
    public static final String WSGI_URL_SCHEME = "wsgi.url_scheme";
    /** An {@link InputStream}: the request's body (W32, W40-W46). */
    public static final String WSGI_INPUT = "wsgi.input";
    /** A {@link PrintWriter}: lines for the container's log (W33, W47). */
    public static final String WSGI_ERRORS = "wsgi.errors";
    /** A {@link Boolean}: whether the application may be called by several threads at once (W34). */
    public static final String WSGI_MULTITHREAD = "wsgi.multithread";
    /** A {@link Boolean}: whether another process may serve the same application (W35). */
    public static final String WSGI_MULTIPROCESS = "wsgi.multiprocess";
    /** A {@link Boolean}: whether the application is called only once; always false here (W36). */
    public static final String WSGI_RUN_ONCE = "wsgi.run_once";
    /** A {@link Boolean}: always true, because the input ends where the body does (W38). */
    public static final String WSGI_INPUT_TERMINATED = "wsgi.input_terminated";
    /** A {@link FileWrapper.Factory} (W39). */
    public static final String WSGI_FILE_WRAPPER = "wsgi.file_wrapper";
    /** The id that the log's entries for this request carry. */
    public static final String REQUEST_ID = "gangway.request_id";

    private static final String HEADER_PREFIX = "HTTP_";

    /** Slots that hold the usual forty keys without growing: a table of 64 holds 48 entries. */
    private static final int USUAL_SLOTS = 64;

    /**
     * The value of {@code wsgi.version}: PEP 3333's tuple.
     *
     * @param major the first number
     * @param minor the second number
     */
    public record WsgiVersion(int major, int minor) {
        /** The version that this interface implements (W30). */
        public static final WsgiVersion CURRENT = new WsgiVersion(1, 0);
    }

    /**
     * A request that computes the value of a key when the key is read: most applications read few keys.
     *
     * <p>It is called by the thread that uses the environ, and only until the request ends.
     */
    public interface Source {
        /**
         * The value of a key.
         *
         * @param key any name
         * @return an equal value on each call, and the same object where identity matters (the streams); null if the request
         *     does not have the key
         * @throws IllegalStateException if the request has ended
         */
        @Nullable
        Object value(String key);

        /**
         * All keys that the request has.
         *
         * @return each key once, in any order
         * @throws IllegalStateException if the request has ended
         */
        Iterable<String> keys();
    }

    private HashMap<String, Object> values;
    private @Nullable Source source;

    /** Makes an empty environ, for a server or a test to fill. */
    public Environ() {
        values = new HashMap<>(USUAL_SLOTS);
    }

    /**
     * Makes an environ that reads a request key by key. It copies the whole request when it is first iterated, its size is
     * asked for or a key is removed. Keys that are set before that take precedence over the request's own.
     *
     * @param source read until then
     */
    public Environ(Source source) {
        this.values = new HashMap<>();
        this.source = requireNonNull(source, "source");
    }

    /**
     * Copies another request's keys; the values are shared.
     *
     * @param other the environ to copy
     */
    public Environ(Map<String, ?> other) {
        this();
        other.forEach(this::put);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        Object value = values.get(key);
        return value == null && source != null && key instanceof String name ? source.value(name) : value;
    }

    /**
     * Sets a key.
     *
     * @param key any name
     * @param value never null (W20)
     * @return the previous value, or null if there was none
     */
    @Override
    public @Nullable Object put(String key, Object value) {
        Object before = get(requireNonNull(key, "key"));
        values.put(key, requireNonNull(value, key));
        return before;
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        return whole().remove(key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return whole().entrySet();
    }

    private Map<String, Object> whole() {
        if (source != null) {
            Source request = source;
            HashMap<String, Object> all = new HashMap<>(USUAL_SLOTS);
            all.putAll(values);
            for (String key : request.keys()) {
                all.computeIfAbsent(key, request::value);
            }
            values = all;
            source = null;
        }
        return values;
    }

    /**
     * The method.
     *
     * @return {@code REQUEST_METHOD}
     */
    public String method() {
        return string(REQUEST_METHOD);
    }

    /**
     * The path up to the mount point.
     *
     * @return {@code SCRIPT_NAME}, bytes as chars
     */
    public String scriptName() {
        return string(SCRIPT_NAME);
    }

    /**
     * The path after the mount point.
     *
     * @return {@code PATH_INFO}, bytes as chars
     */
    public String pathInfo() {
        return string(PATH_INFO);
    }

    /**
     * The path after the mount point as text.
     *
     * @return {@code PATH_INFO} decoded as UTF-8; bytes that are not UTF-8 become U+FFFD
     */
    public String pathInfoUtf8() {
        return new String(pathInfo().getBytes(ISO_8859_1), UTF_8);
    }

    /**
     * The query.
     *
     * @return {@code QUERY_STRING}, undecoded
     */
    public String queryString() {
        return string(QUERY_STRING);
    }

    /**
     * A request header; repeated headers are one value, joined by a comma ({@code Cookie}: by a semicolon and a space) (W16).
     *
     * @param name the header's name in any case, for example {@code X-Id} or {@code content-type}
     * @return its value, which may be an empty string; an empty Optional if the header was not sent
     */
    public Optional<String> header(String name) {
        return Optional.ofNullable((String) get(headerKey(name)));
    }

    /**
     * The environ key of a request header: {@code X-Id} is {@code HTTP_X_ID}, {@code Content-Type} is
     * {@code CONTENT_TYPE} (W14, W16).
     *
     * @param name the header's name in any case
     * @return the key
     */
    public static String headerKey(String name) {
        if (name.equalsIgnoreCase("Content-Type")) {
            return CONTENT_TYPE;
        }
        if (name.equalsIgnoreCase("Content-Length")) {
            return CONTENT_LENGTH;
        }
        StringBuilder key = new StringBuilder(HEADER_PREFIX.length() + name.length()).append(HEADER_PREFIX);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            key.append(c == '-' ? '_' : c >= 'a' && c <= 'z' ? (char) (c - 'a' + 'A') : c);
        }
        return key.toString();
    }

    /**
     * The length of the body, if the client sent one; without it, the input still ends where the body does (W38).
     *
     * @return {@code CONTENT_LENGTH} in bytes, never negative
     * @throws ServerViolation if the value is not a length (W14): if a server passed a sign or a list on, other programs could
     *     read another length from it
     */
    public OptionalLong contentLength() {
        Object length = get(CONTENT_LENGTH);
        return length == null ? OptionalLong.empty() : OptionalLong.of(parsedLength((String) length));
    }

    /** RFC 9110, section 8.6: ASCII digits only; {@link Long#parseLong} accepts signs and the digits of every script. */
    private static long parsedLength(String text) {
        try {
            if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) { // more than 64 bits
            throw malformedLength(text);
        }
        throw malformedLength(text);
    }

    private static ServerViolation malformedLength(String text) {
        return new ServerViolation(
                "W14",
                "environ[\"CONTENT_LENGTH\"]",
                "decimal digits that fit 64 bits",
                RuleViolation.quote(text),
                "refuse the request with 400, or leave the key out");
    }

    /**
     * The scheme.
     *
     * @return {@code wsgi.url_scheme}: {@code http} or {@code https}
     */
    public String scheme() {
        return string(WSGI_URL_SCHEME);
    }

    /**
     * The request's body. It ends where the body ends, again and again (W41); a client that stops in the middle makes the
     * read throw {@link ClientException} (W43).
     *
     * @return {@code wsgi.input}
     */
    public InputStream input() {
        return value(WSGI_INPUT, InputStream.class);
    }

    /**
     * The error stream: each line becomes an entry in the container's log, with the request id (W47).
     *
     * @return {@code wsgi.errors}
     */
    public PrintWriter errors() {
        return value(WSGI_ERRORS, PrintWriter.class);
    }

    /**
     * The factory that makes response bodies from files.
     *
     * @return {@code wsgi.file_wrapper}
     */
    public FileWrapper.Factory fileWrapper() {
        return value(WSGI_FILE_WRAPPER, FileWrapper.Factory.class);
    }

    /**
     * The id that the log's entries for this request carry.
     *
     * @return {@code gangway.request_id}
     */
    public String requestId() {
        return string(REQUEST_ID);
    }

    /**
     * Reconstructs the URL that the client asked for (PEP 3333, "URL Reconstruction"; W70).
     *
     * @return an absolute URL with query, percent-encoded
     */
    public String url() {
        StringBuilder url = new StringBuilder(128).append(applicationUrl());
        appendPathAndQuery(url);
        return url.toString();
    }

    /**
     * Reconstructs the path and query that the client asked for: what {@link #url} ends with, for redirects and logs.
     *
     * @return a path from the server's root with query, percent-encoded
     */
    public String requestTarget() {
        StringBuilder target = new StringBuilder(128);
        appendQuoted(target, scriptName());
        appendPathAndQuery(target);
        return target.toString();
    }

    private void appendPathAndQuery(StringBuilder url) {
        appendQuoted(url, pathInfo());
        if (!queryString().isEmpty()) {
            url.append('?').append(queryString());
        }
    }

    /**
     * Reconstructs the URL of the mount point: what {@link #url} begins with, for links within the application.
     *
     * @return an absolute URL without a slash at its end, percent-encoded
     */
    public String applicationUrl() {
        StringBuilder url = new StringBuilder(64).append(scheme()).append("://");
        String host = header("Host").orElse("");
        if (host.isEmpty()) {
            url.append(string(SERVER_NAME));
            String port = string(SERVER_PORT);
            if (!port.equals(scheme().equals("https") ? "443" : "80")) {
                url.append(':').append(port);
            }
        } else {
            url.append(host);
        }
        appendQuoted(url, scriptName());
        return url.toString();
    }

    /**
     * A key that always holds text.
     *
     * @param key for example {@code SERVER_NAME}
     * @return its value
     * @throws IllegalStateException if the key is absent or holds something else: a middleware removed or replaced it
     */
    public String string(String key) {
        return value(key, String.class);
    }

    private <T> T value(String key, Class<T> type) {
        Object value = get(key);
        if (!type.isInstance(value)) {
            throw new IllegalStateException("environ[" + RuleViolation.quote(key) + "]: expected a value of type "
                    + type.getSimpleName() + "; found "
                    + (value == null ? "no such key" : value.getClass().getName())
                    + ". Fix: correct the middleware or application that removed or replaced it");
        }
        return type.cast(value);
    }

    /** Percent-encodes all characters except those that RFC 3986, section 3.3, allows in a path. */
    private static void appendQuoted(StringBuilder url, String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "/-._~!$&'()*+,;=:@".indexOf(c) >= 0;
            if (plain) {
                url.append(c);
            } else {
                url.append('%').append(hex(c >> 4)).append(hex(c));
            }
        }
    }

    private static char hex(int value) {
        return Character.toUpperCase(Character.forDigit(value & 0xf, 16));
    }
}
