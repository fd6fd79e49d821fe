package io.gangway.lint;

import static io.gangway.lint.WsgiRule.Check.CONTRACT;
import static io.gangway.lint.WsgiRule.Check.LINTER;
import static io.gangway.lint.WsgiRule.Check.TYPES;
import static io.gangway.lint.WsgiRule.Level.MUST;
import static io.gangway.lint.WsgiRule.Section.AROUND;
import static io.gangway.lint.WsgiRule.Section.BODY;
import static io.gangway.lint.WsgiRule.Section.START_RESPONSE;
import static io.gangway.lint.WsgiRule.Side.APPLICATION;
import static io.gangway.lint.WsgiRule.Side.BOTH;
import static io.gangway.lint.WsgiRule.Side.SERVER;

import io.gangway.lint.WsgiRule.Check;
import io.gangway.lint.WsgiRule.Section;
import io.gangway.lint.WsgiRule.Side;
import java.util.List;
import java.util.Set;

/** The rules W50 to W73: what the application answers, how that is sent, and what surrounds the call. */
final class ResponseRules {
    private static final Set<Check> BY_BOTH = Set.of(LINTER, CONTRACT);
    private static final Set<Check> BY_CONTRACT = Set.of(CONTRACT);

    static final List<WsgiRule> ALL = List.of(
            must("W50", START_RESPONSE, APPLICATION, BY_BOTH, """
                    The status is three digits, a space and a reason, such as `404 Not Found`, without control characters. It is
                    a final one, 200 to 599. The reason is passed on where protocol and container can, and dropped
                    elsewhere: HTTP/2 has none, and servlets cannot set one. The server itself also takes a code without a
                    reason, and 600 to 999, as other servers do; the linter logs these, and fails them in mode `strict`.""", """
                    A status below 200 is no answer; containers break over one. It is the server's to send those. Real
                    applications send `200`, and nobody gets to see the reason."""),
            must("W51", START_RESPONSE, APPLICATION, BY_BOTH, """
                    The headers are a list of pairs of a name and a value. Names are tokens (RFC 9110). Values hold ISO-8859-1
                    characters and no control characters: no CR, no LF, no NUL, no DEL. That is checked at the call, which
                    raises, from Java and from Python, with assertions on or off.""", """
                    So no response splitting is possible. Containers do not look at names at all."""),
            must("W52", START_RESPONSE, APPLICATION, BY_BOTH, """
                    Hop-by-hop headers are not sent: `Connection`, `Keep-Alive`, `Proxy-Authenticate`, `Proxy-Authorization`,
                    `TE`, `Trailer`, `Transfer-Encoding`, `Upgrade`. The server drops them, with one warning for each
                    application and name; the linter logs them, and fails them in mode `strict`.""", """
                    The connection is the server's. A `Transfer-Encoding` set by hand frames the body twice. But
                    `Connection: keep-alive` stands in many a tutorial, and takes nothing from anybody once it is dropped."""),
            must("W53", START_RESPONSE, BOTH, BY_BOTH, """
                    `start_response` returns `write`, a callable that takes bytes. What is written goes before the iterable's
                    blocks: the application writes before its iterable is iterated, and not from within it.""", """
                    It is there for code that pushes and cannot be turned into an iterable. New code does not use it."""),
            must("W54", START_RESPONSE, APPLICATION, BY_BOTH, """
                    A second call without `exc_info` is an error, even if the first failed its checks.""", """
                    Two responses to one request are a confusion that should be seen, not resolved."""),
            must("W55", START_RESPONSE, SERVER, BY_CONTRACT, """
                    With `exc_info` and before anything was sent, the new status and headers replace the old ones. What the
                    container or its filters had set, such as cookies, survives. In Java `exc_info` is the `Throwable`.""", """
                    An error found late can still become a proper error page."""),
            must("W56", START_RESPONSE, SERVER, BY_BOTH, """
                    With `exc_info` and after the headers were sent, the call raises the very exception that it was given.""", """
                    So the application's error handler stops there, and the log shows the cause, not its consequence."""),
            must("W57", START_RESPONSE, SERVER, BY_BOTH, """
                    Headers are sent only with the first non-empty block, the first non-empty `write`, or the iterable's end.""", """
                    Until then the application can change its mind (W55)."""),
            must("W58", START_RESPONSE, SERVER, BY_CONTRACT, """
                    `Date` and `Server` are added where they are missing, and never doubled. Repeated `Set-Cookie` headers stay
                    apart. Headers of equal name keep their order.""", """
                    Joined cookies are no cookies."""),
            must("W60", BODY, APPLICATION, Set.of(TYPES, LINTER, CONTRACT), """
                    Blocks are bytes. An empty block is allowed and sends nothing. In Java, a null block is an error.""", """
                    An empty block lets a middleware that has nothing to pass on yet keep step."""),
            must("W61", BODY, SERVER, BY_CONTRACT, """
                    Each block goes to the client before the next one is asked for, or keeps going in the background. It is
                    never held back until there is more.""", """
                    The next block may take minutes, and the client is waiting for this one."""),
            must("W62", BODY, SERVER, BY_CONTRACT, """
                    Where the iterable has a known length of one block and `write` was not used, the server may supply
                    Content-Length. Otherwise the body is chunked, or on HTTP/1.0 ends with the connection. In Java a
                    `Collection` has a known length.""", """
                    Most responses are one block; a length lets the client see progress and keep the connection."""),
            must("W63", BODY, BOTH, BY_BOTH, """
                    The body has as many bytes as Content-Length declares. The server never exceeds it: the surplus is cut,
                    the iteration stops, the error is logged. A body that falls short breaks the connection, and is
                    logged.""", """
                    A surplus would be read as the next response; of a short body the client has to learn."""),
            must("W64", BODY, BOTH, BY_BOTH, """
                    HEAD, 204 and 304 send no body, whatever is yielded. Content-Length is kept on HEAD and 304, and removed
                    on 204. An application may answer HEAD as it answers GET, but yields nothing with a 204, a 205 or
                    a 304.""", """
                    The client does not expect these bytes, and would take them for the next response."""),
            must("W65", BODY, SERVER, BY_BOTH, """
                    If the iterable has a `close()`, it is called exactly once: after success, an error of the application,
                    an error of the server, and a client that left, and on the thread that iterated. Nothing of the
                    iterable is used after that. In Java it has one if it is `AutoCloseable`.""", """
                    Database connections and locks hang on it. Servers that forget it leak one for each client that leaves."""),
            must("W66", BODY, SERVER, BY_BOTH, """
                    Of the iterable nothing is touched but iteration, which happens once, the length and `close()`.""", """
                    It is often a generator: there is no second time, and nothing else is there to touch."""),
            must("W67", BODY, SERVER, BY_CONTRACT, """
                    A file wrapper that is returned unchanged is sent from its current position by the container's fastest
                    way, honours Content-Length, works for objects without a file descriptor, and is closed. A wrapped or
                    iterated one works as any iterable does.""", """
                    Range requests are a position and a length; middleware need not know about files."""),
            must("W68", BODY, SERVER, BY_CONTRACT, """
                    A failure before the first byte gives a 500; one after it a broken connection.""", """
                    A clean end would make a truncated response look whole, to the client and to every cache."""),
            must("W69", BODY, SERVER, BY_CONTRACT, """
                    Bytes pass unchanged: no charset is added to `Content-Type`, no line ending is converted, nothing is
                    compressed.""", """
                    Checksums, signatures and ranges are over the bytes that the application sent."""),
            must("W70", AROUND, SERVER, BY_CONTRACT, """
                    PEP 3333's reconstruction of the URL from the environ gives the client's URL back, under any context path.
                    In Java, `environ.url()` does it.""", """
                    Every absolute link and every redirect is made this way."""),
            must("W71", AROUND, SERVER, BY_CONTRACT, """
                    Forwarded headers are trusted only from configured proxies. They set the client's address, scheme, host and
                    port, each only from a well-formed field: a malformed one is ignored alone, and logged. A client that a
                    malformed field should name is not known, and has no `REMOTE_ADDR`; the proxy's address does not take its
                    place. All that is believed comes from one proxy. From anyone else they have no effect.""", """
                    Anyone can send them. A client that could spoil one field would otherwise get the address of the proxy,
                    which applications may trust."""),
            must("W72", AROUND, SERVER, Set.of(TYPES), """
                    What a server offers beyond these rules reaches the application through the environ. In Java the two
                    arguments are all that an application gets; servlets find `jakarta.servlet.request` among the keys.""", """
                    So a middleware can intercept it; a way around the environ is a way around the middleware."""),
            must("W73", AROUND, SERVER, BY_CONTRACT, """
                    Python only: `wsgiref.validate` around any application stays silent. In Java, `Lint` has its place.""", """
                    It is Python's own idea of these rules, and an independent one."""));

    private ResponseRules() {}

    private static WsgiRule must(String id, Section section, Side side, Set<Check> checks, String text, String why) {
        return new WsgiRule(id, section, side, MUST, checks, text, why);
    }
}
