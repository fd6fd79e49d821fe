package io.gangway.it.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.List;

/** A well-formed request, before it is written for a connection or handed to the in-memory client; immutable. */
public final class Request {
    private final String method;
    private final String target;
    private final List<Header> headers;
    private final String body;

    private Request(String method, String target, List<Header> headers, String body) {
        this.method = method;
        this.target = target;
        this.headers = List.copyOf(headers);
        this.body = body;
    }

    /** A request without a body; the target is relative to the mount point. */
    public static Request request(String method, String target) {
        return new Request(method, target, List.of(), "");
    }

    /** A GET. */
    public static Request get(String target) {
        return request("GET", target);
    }

    /** A POST with a body (bytes as chars) and its length. */
    public static Request post(String target, String body) {
        return new Request(
                "POST", target, List.of(new Header("Content-Length", Integer.toString(body.length()))), body);
    }

    /** The same request with another method. */
    public Request method(String other) {
        return new Request(other, target, headers, body);
    }

    /** The same request with one more header, which is sent unchanged. */
    public Request header(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Request(method, target, more, body);
    }

    /** The method. */
    public String method() {
        return method;
    }

    /** The target, relative to the mount point. */
    public String target() {
        return target;
    }

    /** The headers, without Host. */
    public List<Header> headers() {
        return headers;
    }

    /** The body, bytes as chars. */
    public String body() {
        return body;
    }

    /** The body's bytes. */
    public byte[] bodyBytes() {
        return body.getBytes(ISO_8859_1);
    }

    /** The request in HTTP/1.1, with the placeholders that {@link Talk#send} fills. */
    public String template() {
        StringBuilder text = new StringBuilder(method + " {base}" + target + " HTTP/1.1\r\nHost: {host}\r\n{case}");
        for (Header header : headers) {
            text.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        return text.append("\r\n").append(body).toString();
    }
}
