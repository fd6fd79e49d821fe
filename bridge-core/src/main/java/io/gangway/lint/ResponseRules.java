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

/** The rules W50 to W73: start_response, the body, and URLs, proxies and extensions. */
final class ResponseRules {
    private static final Set<Check> BY_BOTH = Set.of(LINTER, CONTRACT);
    private static final Set<Check> BY_CONTRACT = Set.of(CONTRACT);

    static final List<WsgiRule> ALL = List.of(
            must("W50", START_RESPONSE, APPLICATION, BY_BOTH, """
                    The status is three digits, a space and a reason, such as `404 Not Found`, without control
                    characters. It is a final status, 200 to 599. The reason is sent where the protocol and the
                    container support one: HTTP/2 has none, and servlets cannot set one. As other servers do, Gangway
                    also sends a status without a reason, and one from 600 to 999; the linter logs such a status, and
                    rejects it in mode `strict`.""", """
                    A status below 200 is not an answer, and containers fail on one; only the server itself sends it.
                    Real applications send `200` without a reason, and clients rarely show the reason."""),
            must("W51", START_RESPONSE, APPLICATION, BY_BOTH, """
                    The headers are a list of pairs of a name and a value. Names are tokens (RFC 9110). Values hold
                    ISO-8859-1 characters and no control characters: no CR, no LF, no NUL, no DEL. The call checks
                    this, in Java and in Python, with assertions on or off, and raises an exception if a header breaks
                    the rule.""", """
                    So response splitting is impossible. Containers do not check header names at all."""),
            must("W52", START_RESPONSE, APPLICATION, BY_BOTH, """
                    Hop-by-hop headers are not sent: `Connection`, `Keep-Alive`, `Proxy-Authenticate`,
                    `Proxy-Authorization`, `TE`, `Trailer`, `Transfer-Encoding`, `Upgrade`. The server drops them, and
                    logs one warning for each application and name; the linter logs them, and rejects them in mode
                    `strict`.""", """
                    The connection belongs to the server. A `Transfer-Encoding` that an application sets would frame
                    the body twice. But many tutorials send `Connection: keep-alive`, which does no harm once it is
                    dropped."""),
            must("W53", START_RESPONSE, BOTH, BY_BOTH, """
                    `start_response` returns `write`, a callable that takes bytes. The bytes that are written go before
                    the iterable's blocks: the application calls `write` before its iterable is iterated, and not
                    during the iteration.""", """
                    `write` is there for code that cannot return its body as an iterable. New code does not use it."""),
            must("W54", START_RESPONSE, APPLICATION, BY_BOTH, """
                    A second call without `exc_info` is an error, even if the first failed its checks.""", """
                    Two responses to one request are an error of the application that should be seen, not hidden."""),
            must("W55", START_RESPONSE, SERVER, BY_CONTRACT, """
                    With `exc_info` and before anything was sent, the new status and headers replace the old ones.
                    Headers that the container or its filters set, for example cookies, are kept. In Java `exc_info` is
                    the `Throwable`.""", """
                    An error that is found late can still become a proper error page."""),
            must("W56", START_RESPONSE, SERVER, BY_BOTH, """
                    With `exc_info` and after the headers were sent, the call raises the same exception that it was
                    given.""", """
                    So the application's error handler ends there, and the log shows the cause of the error, not its
                    consequence."""),
            must("W57", START_RESPONSE, SERVER, BY_BOTH, """
                    Headers are sent only with the first non-empty block, the first non-empty `write`, or the iterable's end.""", """
                    Until then the application can replace them (W55)."""),
            must("W58", START_RESPONSE, SERVER, BY_CONTRACT, """
                    `Date` and `Server` are added if they are missing, and never sent twice. Repeated `Set-Cookie`
                    headers are not joined. Headers of the same name keep their order.""", """
                    A browser cannot read cookies that are joined in one header."""),
            must("W60", BODY, APPLICATION, Set.of(TYPES, LINTER, CONTRACT), """
                    Blocks are bytes. An empty block is allowed and sends nothing. In Java, a null block is an error.""", """
                    A middleware that has nothing to pass on yet yields an empty block, so that it still yields one
                    block for each inner block."""),
            must("W61", BODY, SERVER, BY_CONTRACT, """
                    Each block is sent to the client before the next one is asked for, or in the background meanwhile.
                    It is never held back until there is more.""", """
                    The next block may take minutes, and the client is waiting for this one."""),
            must("W62", BODY, SERVER, BY_CONTRACT, """
                    Where the iterable has a known length of one block and `write` was not used, the server may supply
                    Content-Length. Otherwise the body is chunked, or on HTTP/1.0 ends with the connection. In Java a
                    `Collection` has a known length.""", """
                    Most responses are one block. With a length, the client can show progress, and the connection can
                    be used again."""),
            must("W63", BODY, BOTH, BY_BOTH, """
                    The body has as many bytes as Content-Length declares. The server never sends more: it cuts the
                    surplus off, stops the iteration and logs the error. If the body is too short, the server breaks
                    the connection off and logs the error.""", """
                    The client would read a surplus as the next response, and it must be able to detect a body that is
                    too short."""),
            must("W64", BODY, BOTH, BY_BOTH, """
                    HEAD, 204 and 304 send no body, even if the application yields one. Content-Length is kept on HEAD
                    and 304, and removed on 204. An application may answer HEAD as it answers GET, but yields nothing
                    with a 204, a 205 or a 304.""", """
                    The client does not expect these bytes, and would read them as the next response."""),
            must("W65", BODY, SERVER, BY_BOTH, """
                    If the iterable has a `close()`, it is called exactly once, on the thread that iterated: after
                    success, after an error of the application or of the server, and after the client left. The
                    iterable is not used after that. In Java it has a `close()` if it is `AutoCloseable`.""", """
                    Applications release database connections and locks in `close()`. A server that does not call it
                    leaks one for each client that leaves."""),
            must("W66", BODY, SERVER, BY_BOTH, """
                    The server does nothing with the iterable except iterate it once, ask for its length, and call
                    `close()`.""", """
                    It is often a generator, which can be iterated only once and offers nothing else."""),
            must("W67", BODY, SERVER, BY_CONTRACT, """
                    A file wrapper that is returned unchanged is sent from its current position in the container's
                    fastest way. Content-Length is honoured, objects without a file descriptor work, and the file is
                    closed. A wrapper that is wrapped or iterated works as any iterable does.""", """
                    So a range request is a position and a length, and middleware needs no code for files."""),
            must("W68", BODY, SERVER, BY_CONTRACT, """
                    A failure before the first byte is answered with 500. A failure after it breaks the connection off.""", """
                    With a normal end, a truncated response would look complete to the client and to every cache."""),
            must("W69", BODY, SERVER, BY_CONTRACT, """
                    Bytes pass unchanged: no charset is added to `Content-Type`, no line ending is converted, nothing is
                    compressed.""", """
                    Checksums, signatures and ranges are over the bytes that the application sent."""),
            must("W70", AROUND, SERVER, BY_CONTRACT, """
                    PEP 3333's reconstruction of the URL from the environ gives the URL that the client asked for,
                    under any context path. In Java, `environ.url()` does it.""", """
                    Every absolute link and every redirect is made this way."""),
            must("W71", AROUND, SERVER, BY_CONTRACT, """
                    Forwarded headers are trusted only from configured proxies; from any other peer they have no
                    effect. They set the client's address, scheme, host and port, each only from a well-formed field:
                    only the malformed field is ignored, and logged. If a malformed field should name the client, the
                    client is not known, and there is no `REMOTE_ADDR`; the proxy's address does not take its place.
                    All values that are used come from one proxy.""", """
                    Every client can send these headers. A client that could spoil one field would otherwise get the
                    address of the proxy, which applications may trust."""),
            must("W72", AROUND, SERVER, Set.of(TYPES), """
                    Features of a server beyond these rules reach the application through the environ. In Java, the two
                    arguments are all that an application gets; in a servlet container, `jakarta.servlet.request` is
                    one of the keys.""", """
                    So a middleware can intercept them; a feature that bypassed the environ would bypass the
                    middleware."""),
            must("W73", AROUND, SERVER, BY_CONTRACT, """
                    Python only: `wsgiref.validate` around any application reports nothing. In Java, `Lint` takes its
                    place.""", """
                    It is Python's own implementation of these rules, and an independent one."""));

    private ResponseRules() {}

    private static WsgiRule must(String id, Section section, Side side, Set<Check> checks, String text, String why) {
        return new WsgiRule(id, section, side, MUST, checks, text, why);
    }
}
