package io.gangway.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.List;

/**
 * An answer that the server gives in an application's place: plain text, never cached. All such answers are made here, so that they look alike.
 *
 * @param status for example {@code 503 Service Unavailable}: also the first line of the text
 * @param text the lines after it, without secrets; each ends with a line break
 * @param headers further headers
 */
public record ServerAnswer(String status, String text, List<Header> headers) {
    /** Copies the list. */
    public ServerAnswer {
        headers = List.copyOf(headers);
    }

    /**
     * An answer for which the log says more, under the request's id.
     *
     * @param status for example {@code 503 Service Unavailable}
     * @param requestId of the request
     * @param headers further headers
     * @return the answer
     */
    public static ServerAnswer of(String status, String requestId, Header... headers) {
        return new ServerAnswer(status, "Request id: " + requestId + "\n", List.of(headers));
    }

    /**
     * The head.
     *
     * @return with the length of {@link #body}
     */
    public ResponseHead head() {
        List<Header> all = new ArrayList<>(headers);
        all.add(new Header("Content-Type", "text/plain; charset=utf-8"));
        all.add(new Header("Content-Length", Integer.toString(body().length)));
        all.add(new Header("Cache-Control", "no-store"));
        all.add(new Header("X-Content-Type-Options", "nosniff"));
        return ResponseHead.of(status, all);
    }

    /**
     * The body.
     *
     * @return UTF-8
     */
    public byte[] body() {
        return (status + "\n" + text).getBytes(UTF_8);
    }
}
