package io.gangway.middleware;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.util.ArrayList;
import java.util.List;

/** Sends a response of a status and one line of text, for requests that a middleware itself refuses. */
final class PlainAnswer {
    private PlainAnswer() {}

    static Iterable<byte[]> send(StartResponse startResponse, String status, Header... more) {
        byte[] body = body(status);
        startResponse.start(status, headers(body, more));
        return List.of(body);
    }

    static byte[] body(String status) {
        return (status + "\n").getBytes(US_ASCII);
    }

    static List<Header> headers(byte[] body, Header... more) {
        List<Header> headers = new ArrayList<>(List.of(more));
        headers.add(new Header("Content-Type", "text/plain; charset=utf-8"));
        headers.add(new Header("Content-Length", Integer.toString(body.length)));
        return headers;
    }
}
