package io.gangway.examples.notes.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.List;

/** An answer: the arguments of {@code start_response}, and the body. */
public record Response(String status, List<Header> headers, Iterable<byte[]> body) {
    /** An HTML page. */
    public static Response html(String status, String html) {
        byte[] bytes = html.getBytes(UTF_8);
        List<Header> headers = List.of(
                new Header("Content-Type", "text/html; charset=utf-8"),
                new Header("Content-Length", Integer.toString(bytes.length)),
                new Header("Cache-Control", "no-store"));
        return new Response(status, headers, List.of(bytes));
    }

    /** The end of a POST: the browser fetches another page, so that a reload does not send the form again. */
    public static Response seeOther(String location) {
        return new Response("303 See Other", List.of(new Header("Location", location)), List.of());
    }

    public Response with(Header header) {
        List<Header> more = new ArrayList<>(headers);
        more.add(header);
        return new Response(status, List.copyOf(more), body);
    }
}
