package io.gangway.testing;

import io.gangway.wsgi.Header;
import java.util.List;
import java.util.Optional;

/** A response's status and headers, as the client received them. */
public sealed interface ReceivedHead permits TestResponse, StreamedResponse {
    /**
     * The status code.
     *
     * @return 200 to 999
     */
    int code();

    /**
     * The reason phrase. Servlet containers replace or drop it (W50), so only an application's own tests see it.
     *
     * @return text, possibly empty
     */
    String reason();

    /**
     * All headers, in the order in which the application gave them.
     *
     * @return an unmodifiable list
     */
    List<Header> headers();

    /**
     * A header's first value.
     *
     * @param name in any case
     * @return empty if the header is absent
     */
    default Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /**
     * All values of a header that may be repeated.
     *
     * @param name in any case
     * @return the values, in order; empty if the header is absent
     */
    default List<String> headers(String name) {
        return headers().stream()
                .filter(header -> header.is(name))
                .map(Header::value)
                .toList();
    }

    /**
     * The cookies that this response sets or deletes; the client has stored them already.
     *
     * @return the cookies, in order
     */
    default List<ResponseCookie> cookies() {
        return headers("Set-Cookie").stream()
                .map(ResponseCookie::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * A cookie that this response sets or deletes.
     *
     * @param name case-sensitive
     * @return the last cookie of that name, which is the one that is kept
     */
    default Optional<ResponseCookie> cookie(String name) {
        return cookies().stream().filter(cookie -> cookie.name().equals(name)).reduce((earlier, later) -> later);
    }
}
