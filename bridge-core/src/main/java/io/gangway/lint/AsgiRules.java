package io.gangway.lint;

import static io.gangway.lint.AsgiRule.Section.EXTENSIONS;
import static io.gangway.lint.AsgiRule.Section.HTTP;
import static io.gangway.lint.AsgiRule.Section.LIFESPAN;
import static io.gangway.lint.AsgiRule.Section.SCOPES;
import static io.gangway.lint.AsgiRule.Section.WEBSOCKET;
import static io.gangway.lint.WsgiRule.Level.MUST;
import static io.gangway.lint.WsgiRule.Side.APPLICATION;
import static io.gangway.lint.WsgiRule.Side.SERVER;

import io.gangway.lint.AsgiRule.Section;
import io.gangway.lint.WsgiRule.Side;
import java.util.List;

/** The rules A01 to A56. */
final class AsgiRules {
    static final List<AsgiRule> ALL = List.of(
            rule("A01", SCOPES, SERVER, """
                    Each call gets a scope of its own, with its `type`, the version of ASGI (`3.0`) and the version of
                    the specification for its type (`2.5` for HTTP and WebSockets, `2.0` for the lifespan).""", """
                    An application tells by them what it is called for, and what it may use."""),
            rule("A02", SCOPES, SERVER, """
                    `path` is the whole path: decoded, first its percent escapes and then UTF-8, and with the mount
                    point, which `root_path` has too: the context path and the mapping, without a slash at its end.
                    `raw_path` is the path as the client sent it, and `query_string` the query, both undecoded.""", """
                    An application that is mounted elsewhere finds its own part by removing `root_path` from `path`.
                    What is no UTF-8 is still there in `raw_path`."""),
            rule("A03", SCOPES, SERVER, """
                    Headers are pairs of byte strings in the order in which they came, with repeats, which containers
                    put behind the first header of the same name; names are in lower case. The authority of HTTP/2 comes
                    first, as `host`. In Java a byte string is a native string, in which each char is one byte.""", """
                    A dictionary would lose repeats, and text would need a charset that HTTP does not have."""),
            rule("A04", SCOPES, SERVER, """
                    `client` and `server` are a host and a port, or absent if they are not known. `scheme` and
                    `http_version` (`1.0`, `1.1`, `2`) are those of the client, behind a trusted proxy those that the
                    proxy names.""", """
                    Links and logs are about the client's connection, and not about the proxy's."""),
            rule("A05", SCOPES, SERVER, """
                    `state` is a shallow copy, for each connection, of what the lifespan's startup has left.""", """
                    Connections share the pools that the startup has made, and not each other's notes."""),
            rule("A06", SCOPES, SERVER, """
                    Headers whose name has an underscore, and `Proxy`, are dropped, as in W17.""", """
                    Applications and libraries that make environment variables of headers cannot tell `x_user` from
                    `x-user`."""),
            rule("A10", HTTP, SERVER, """
                    `http.request` events carry the body, without its transfer coding; `more_body` is true until the
                    last. Nothing is read from the client before the application asks, and `100 Continue` is sent when
                    it asks for the first time.""", """
                    A body of any size passes in constant memory, and a client that is too fast is held up."""),
            rule("A11", HTTP, SERVER, """
                    When the response is complete, or the client has left, receive gives `http.disconnect`: at once if
                    a read or a write has failed; within five seconds if the application only waits, where the system
                    shows connections (Linux, TCP). Elsewhere, only a write finds out.""", """
                    An application that waits for something else, for example for events to stream, must stop when
                    nobody listens any more. Containers do not tell that by themselves."""),
            rule("A12", HTTP, SERVER, """
                    send completes when the bytes are with the container, or when a buffer of limited size has them.""", """
                    A client that reads slowly holds up the application that sends to it, so that memory stays
                    bounded."""),
            rule("A13", HTTP, SERVER, """
                    A send after the client left fails: in Python with a subclass of `OSError`, in Java with a
                    `ClientException`. If the application fails with it, that is not logged as an error.""", """
                    It is the client's doing, and it happens all the time."""),
            rule("A14", HTTP, SERVER, """
                    The head is sent with the first bytes of the body, or at its end; earlier, if the application
                    waits before it has any: in Java when it waits for an event, in Python 10 ms after the start.""", """
                    An application that fails in between still gets a 500 to its client."""),
            rule("A15", HTTP, APPLICATION, """
                    Events come in this order: `http.response.start` once, then `http.response.body` until one has no
                    more body, then those of A52 if the start has announced them. Any other event is an error, which
                    names the event and the state. Events after the end are ignored, but not trailers that were not
                    announced.""", """
                    A wrong order is a fault of the application that its author must see; after the end, nothing that
                    the client gets depends on it."""),
            rule("A16", HTTP, SERVER, """
                    Content-Length is enforced as in W63, statuses without a body as in W64, and statuses and headers
                    are checked as in W50 and W51. `transfer-encoding` is the connection's, and dropped.""", """
                    Neither splitting nor truncation of responses may depend on the kind of application."""),
            rule("A17", HTTP, SERVER, """
                    An application that fails before its response has begun gets its client a 500, one that fails later
                    a broken connection; one that ends without a complete response has failed.""", """
                    A client must be able to tell a complete response from one that is not."""),
            rule("A18", HTTP, SERVER, """
                    A cancellation is never swallowed. In Java there is none: a stage that the application cancels is a
                    failure like any other.""", """
                    A server that goes on after a cancellation does not stop when it should."""),
            rule("A30", WEBSOCKET, SERVER, """
                    `websocket.connect` is the first event. The handshake is answered when the application accepts, with
                    the subprotocol that it chooses of those offered, and with its headers; headers that begin with
                    `sec-websocket-` are refused.""", """
                    The application knows by then who asks, and the client knows at once whether it was accepted."""),
            rule("A31", WEBSOCKET, SERVER, """
                    `websocket.close` before the accept answers 403. With `websocket.http.response.start` and `.body`,
                    the application answers with a response of its own (A50); over HTTP/2, where any 2xx would open the
                    WebSocket (RFC 8441), a 2xx is sent as 403. An application that ends without either has failed:
                    500.""", """
                    Browsers show scripts no difference, but proxies, logs and other clients do."""),
            rule("A32", WEBSOCKET, SERVER, """
                    `subprotocols` are the names in `Sec-WebSocket-Protocol`, split at commas, without blanks, in the
                    client's order.""", """
                    The header may come several times, and the first name is the one that the client likes best."""),
            rule("A33", WEBSOCKET, SERVER, """
                    Each message arrives whole, with exactly one of `text` and `bytes`. Fragments, pings and pongs are
                    the server's. Text that is no UTF-8 closes with 1007, a message over `gangway.ws-max-message` with
                    1009.""", """
                    Frames are a matter of the wire."""),
            rule("A34", WEBSOCKET, SERVER, """
                    `websocket.disconnect` has the client's code and reason: 1005 if it gave no code (Tomcat says 1000
                    then), 1006 if the connection broke or the client does not answer pings. A send afterwards, also of
                    `websocket.close`, fails as in A13.""", """
                    An application tells a user who closes the page from one whose network has failed."""),
            rule("A35", WEBSOCKET, SERVER, """
                    An application's close has 1000 if it names no other code, and only codes that an endpoint may send.
                    An event that the application sends after its own close is an error. An exception closes with 1011,
                    a plain return with 1000. A stop or a reload of the server closes with 1012; but when Jetty's
                    distribution stops, it closes all connections before its web applications.""", """
                    Clients decide by the code whether they come again."""),
            rule("A36", WEBSOCKET, SERVER, """
                    A client that does not read holds up send; an application that does not receive holds up the client,
                    after `gangway.ws-max-queue` messages. In Jetty's distribution, a client that is held up for a second
                    over HTTP/2 gets 1013, because the other requests of its connection wait too.""", """
                    Memory stays bounded, whoever is slow."""),
            rule("A40", LIFESPAN, SERVER, """
                    The startup runs once, in the event loop that serves the requests, before the first request. In Java
                    there is one for each deployment.""", """
                    Pools and clients belong to the loop in which they were made."""),
            rule("A41", LIFESPAN, SERVER, """
                    `lifespan.startup.failed` is logged, and the application does not start. One that fails before it
                    answers has no lifespan, and is served without, unless `gangway.lifespan` is `on`.""", """
                    Many applications know no lifespan, and say so by an exception."""),
            rule("A42", LIFESPAN, SERVER, """
                    On stop, the requests and WebSockets end first, and what the application still does for them after
                    that (for half of the time at most in Java); then `lifespan.shutdown` is given, and its answer is
                    awaited within the graceful timeout.""", """
                    Nothing that a request needs may be released under it."""),
            rule("A50", EXTENSIONS, SERVER, """
                    `websocket.http.response`: a WebSocket is denied with a response of the application's (A31).""", """
                    A 401 or a redirect says more than a 403."""),
            rule("A51", EXTENSIONS, SERVER, """
                    `http.response.pathsend`, for applications in Java: a file is the whole body. It comes once, and not
                    with any `http.response.body`; Content-Length is added if it is missing.""", """
                    The server reads the file as fast as the client takes it, and no block passes through the
                    application."""),
            rule("A52", EXTENSIONS, SERVER, """
                    `http.response.trailers`: a response whose start has `trailers` ends with the last event of that
                    name, and not with its body. Its fields go to a client that has sent `TE: trailers`, over HTTP/1.1
                    and HTTP/2; they are dropped for all others, for HEAD and for a status without a body. Repeated
                    fields become one, with a comma. All together have at most 8 KiB. A field that belongs before the
                    body is refused: `Content-Length`, `Set-Cookie` and others of RFC 9110, section 6.5.1, and the
                    headers of W52. `Trailer` is one of these, and dropped from the start. A response that ends without
                    its trailers is incomplete (A17).""", """
                    The checksum of a stream, or the status of a call (gRPC), is known at its end. The Servlet API has
                    one value for each field."""),
            notOffered("A53", """
                    `http.response.early_hint` is not offered: the Servlet API has no call for it. Containers send one by
                    `sendError(103)`, but none documents that, nor what it means for a suspended request.""", """
                    A browser can fetch style sheets while the page is made."""),
            rule("A54", EXTENSIONS, SERVER, """
                    `tls`, on a connection that the container itself decrypts: `tls_version`, `cipher_suite` (of the usual
                    suites), `client_cert_chain` with the client's certificate, and `client_cert_name`. Containers tell
                    nothing of the server's certificate; in Python it is `None`, and in Java what is not known is
                    missing.""", """
                    An application that authenticates clients by certificate needs them."""),
            notOffered("A55", """
                    `http.response.zerocopysend` is not offered: no servlet container takes a file descriptor.""", """
                    It hands a file to the kernel."""),
            notOffered("A56", """
                    `http.response.debug` is not offered: it is meant for the clients of tests.""", """
                    It shows templates to a test."""));

    private AsgiRules() {}

    private static AsgiRule rule(String id, Section section, Side side, String text, String why) {
        return new AsgiRule(id, section, side, MUST, true, text, why);
    }

    private static AsgiRule notOffered(String id, String text, String why) {
        return new AsgiRule(id, EXTENSIONS, SERVER, MUST, false, text, why);
    }
}
