package io.gangway.it.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.Header;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The answer that a client got. Immutable; its expectations throw an {@link AssertionError} that shows the whole answer. */
public final class Answer {
    /** How the body's end is found (RFC 9112, section 6.3). */
    public enum Framing {
        /** There is no body: HEAD, 204, 304. */
        NONE,
        /** Content-Length. */
        LENGTH,
        /** Chunks. */
        CHUNKED,
        /** The end of the connection. */
        CLOSE
    }

    /** How the body ended. */
    public enum Ending {
        /** At the end that its framing gives. */
        CLEAN,
        /** Before that end. */
        TRUNCATED
    }

    private static final int SHOWN_BODY = 600;

    private final String statusLine;
    private final List<Header> headers;
    private final List<String> interim;
    private final byte[] body;
    private final Framing framing;
    private final Ending ending;
    private final List<Header> trailers;

    /**
     * Makes an answer of its received parts.
     *
     * @param statusLine with protocol, code and perhaps reason
     * @param headers in order
     * @param interim status lines of 1xx answers before
     * @param body without framing
     * @param framing how it was framed
     * @param ending how it ended
     * @param trailers the fields behind the body
     */
    public Answer(
            String statusLine,
            List<Header> headers,
            List<String> interim,
            byte[] body,
            Framing framing,
            Ending ending,
            List<Header> trailers) {
        this.statusLine = statusLine;
        this.headers = List.copyOf(headers);
        this.interim = List.copyOf(interim);
        this.body = body.clone();
        this.framing = framing;
        this.ending = ending;
        this.trailers = List.copyOf(trailers);
    }

    /**
     * The status.
     *
     * @return three digits
     */
    public int code() {
        return Integer.parseInt(statusLine.substring(9, 12));
    }

    /**
     * How the body ended.
     *
     * @return whether all of it came
     */
    public Ending ending() {
        return ending;
    }

    /**
     * The reason phrase.
     *
     * @return text, empty if none was sent
     */
    public String reason() {
        return statusLine.length() > 13 ? statusLine.substring(13) : "";
    }

    /**
     * All headers.
     *
     * @return in order
     */
    public List<Header> headers() {
        return headers;
    }

    /**
     * All values of a header, in order.
     *
     * @param name in any case
     * @return possibly none
     */
    public List<String> values(String name) {
        return headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
    }

    /**
     * The body.
     *
     * @return bytes as chars
     */
    public String text() {
        return new String(body, ISO_8859_1);
    }

    /**
     * How many bytes the body has.
     *
     * @return a count
     */
    public int length() {
        return body.length;
    }

    /**
     * A line {@code key=value} of a body made by {@link io.gangway.it.contract.Apps#dump}.
     *
     * @param key of the environ
     * @return its value, bytes as chars
     */
    public Optional<String> environ(String key) {
        return text().lines()
                .filter(line -> line.startsWith(key + "="))
                .findFirst()
                .map(line -> URLDecoder.decode(line.substring(key.length() + 1), ISO_8859_1));
    }

    /** Expects a status. */
    public Answer status(int expected) {
        return check(code() == expected, "status " + expected);
    }

    /** Expects a status of a class: 4 is 400 to 499. */
    public Answer statusClass(int hundreds) {
        return check(code() / 100 == hundreds, "status " + hundreds + "xx");
    }

    /** Expects exactly these values of a header, in this order; none if it must be absent. */
    public Answer header(String name, String... expected) {
        return check(values(name).equals(Arrays.asList(expected)), name + ": " + Arrays.toString(expected));
    }

    /** Expects exactly these fields behind the body, each as {@code name: value}, with their names in lower case; none if there must be none. */
    public Answer trailers(String... expected) {
        List<String> found = trailers.stream()
                .map(trailer -> trailer.name().toLowerCase(Locale.ROOT) + ": " + trailer.value())
                .sorted()
                .toList();
        return check(found.equals(Arrays.asList(expected)), "trailers " + Arrays.toString(expected));
    }

    /** Expects that the body is this, bytes as chars. */
    public Answer body(String expected) {
        return check(text().equals(expected), "body " + expected);
    }

    /** Expects that the body, read as UTF-8, is this. */
    public Answer bodyUtf8(String expected) {
        return check(new String(body, UTF_8).equals(expected), "body " + expected);
    }

    /** Expects that the body does not contain a text. */
    public Answer bodyWithout(String unexpected) {
        return check(!text().contains(unexpected), "no " + unexpected + " in the body");
    }

    /** Expects a framing. */
    public Answer framed(Framing expected) {
        return check(framing == expected, "framing " + expected);
    }

    /** Expects that the body is whole. */
    public Answer endedCleanly() {
        return check(ending == Ending.CLEAN, "a clean end");
    }

    /** Expects that the body was broken off, visibly for the client. */
    public Answer truncated() {
        return check(ending == Ending.TRUNCATED, "a truncated body");
    }

    /** Expects so many 1xx answers before this one. */
    public Answer interim(int expected) {
        return check(interim.size() == expected, expected + " interim answers");
    }

    /** Expects that a key of the dumped environ has a value. */
    public Answer environ(String key, String expected) {
        return check(environ(key).equals(Optional.of(expected)), key + "=" + expected);
    }

    /** Expects that a key is absent from the dumped environ. */
    public Answer noEnviron(String key) {
        return check(environ(key).isEmpty(), "no " + key);
    }

    /** Expects that a condition holds. */
    public Answer check(boolean holds, String expectation) {
        if (!holds) {
            throw new AssertionError("expected " + expectation + "; got\n" + this);
        }
        return this;
    }

    @Override
    public String toString() {
        StringBuilder shown = new StringBuilder();
        interim.forEach(line -> shown.append(line).append('\n'));
        shown.append(statusLine).append('\n');
        headers.forEach(
                h -> shown.append(h.name()).append(": ").append(h.value()).append('\n'));
        String text = text();
        shown.append('\n').append(text, 0, Math.min(SHOWN_BODY, text.length()));
        trailers.forEach(trailer ->
                shown.append('\n').append(trailer.name()).append(": ").append(trailer.value()));
        return shown.append("\n[" + body.length + " bytes, " + framing + ", " + ending + "]")
                .toString();
    }
}
