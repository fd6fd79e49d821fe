package io.gangway.lint;

import static io.gangway.lint.WsgiRule.Check.CONTRACT;
import static io.gangway.lint.WsgiRule.Check.LINTER;
import static io.gangway.lint.WsgiRule.Check.TYPES;
import static io.gangway.lint.WsgiRule.Level.MUST;
import static io.gangway.lint.WsgiRule.Level.SHOULD;
import static io.gangway.lint.WsgiRule.Section.CALL;
import static io.gangway.lint.WsgiRule.Section.CGI;
import static io.gangway.lint.WsgiRule.Section.ERRORS;
import static io.gangway.lint.WsgiRule.Section.INPUT;
import static io.gangway.lint.WsgiRule.Section.WSGI_KEYS;
import static io.gangway.lint.WsgiRule.Side.APPLICATION;
import static io.gangway.lint.WsgiRule.Side.BOTH;
import static io.gangway.lint.WsgiRule.Side.SERVER;

import io.gangway.lint.WsgiRule.Check;
import io.gangway.lint.WsgiRule.Section;
import io.gangway.lint.WsgiRule.Side;
import java.util.List;
import java.util.Set;

/** The rules W01 to W47: how the application is called, and what it is told of the request. */
final class RequestRules {
    private static final Set<Check> BY_BOTH = Set.of(LINTER, CONTRACT);

    static final List<WsgiRule> ALL = List.of(
            must("W01", CALL, SERVER, Set.of(TYPES, CONTRACT), """
                    The application is called with two positional arguments, the environ and `start_response`. The environ
                    is a plain mutable dictionary that the application may change as it likes, and the server survives
                    that. In Java it is an `Environ`, a mutable `Map`.""", """
                    Middleware talks to the application by changing the environ. So a server reads what it needs for itself
                    before the call."""),
            must("W02", CALL, APPLICATION, BY_BOTH, """
                    `start_response` is called before the body's first non-empty block is produced. It may be called as late
                    as in the iterator's first step. A call that never comes, or a `null` in place of the body, is
                    answered 500.""", """
                    The head goes out with the first byte; without a status there is nothing to send it under."""),
            must("W03", CALL, SERVER, Set.of(LINTER), """
                    The same application object serves all requests, and it is never called by two threads at once unless
                    `wsgi.multithread` is true. In a servlet container it always is true.""", """
                    An application that is not thread-safe can look at the key and refuse to start."""),
            must("W10", CGI, SERVER, BY_BOTH, """
                    `REQUEST_METHOD` is present and not empty. Any token is passed on, methods that nobody knows too.""", """
                    Which methods exist is the application's business; WebDAV and its like live from that."""),
            must("W11", CGI, SERVER, BY_BOTH, """
                    `SCRIPT_NAME` and `PATH_INFO` split the request's path where the application is mounted. `SCRIPT_NAME`
                    is empty, or starts with `/` and does not end with one. `PATH_INFO` is empty or starts with `/`. Not
                    both are empty. On a servlet, context path and mapping make up `SCRIPT_NAME`.""", """
                    Joined, they are the path that the client asked for; so links work under any mount point (W70)."""),
            must("W12", CGI, SERVER, BY_BOTH, """
                    Both are percent-decoded *bytes*, each carried as one ISO-8859-1 character: `/caf%C3%A9` arrives with five
                    characters after the slash. `%2F` becomes `/` where the container lets it through. Path parameters
                    (`;v=1`) stay; only the container's own session id parameter is removed.""", """
                    Only the application knows its charset. So the raw request URI is the source here: the
                    `getPathInfo()` of servlets has lost parameters and, on some containers, double slashes."""),
            must("W13", CGI, SERVER, BY_BOTH, """
                    `QUERY_STRING` is the query as sent, undecoded, and the empty string if there is none. Raw bytes above 0x7F
                    arrive as those bytes. Where the container has lost them, because they are not UTF-8, the request is
                    refused with 400.""", """
                    Decoding before splitting at `&` would turn data into syntax; and a byte that became U+FFFD can be
                    given back by nobody."""),
            must("W14", CGI, SERVER, BY_BOTH, """
                    `CONTENT_TYPE` and `CONTENT_LENGTH` stand there without `HTTP_`, only if sent, and without a twin such as
                    `HTTP_CONTENT_TYPE`. `CONTENT_LENGTH` is decimal text and may be any length that fits into 64 bits.""", """
                    Two places for one fact invite code that checks one and uses the other."""),
            must("W15", CGI, SERVER, BY_BOTH, """
                    `SERVER_NAME`, `SERVER_PORT` (as text) and `SERVER_PROTOCOL` are always present and never empty. The
                    protocol is the client's: `HTTP/1.0`, `HTTP/1.1`, `HTTP/2`.""", """
                    They complete the URL where a request has no `Host` (W70)."""),
            must("W16", CGI, SERVER, BY_BOTH, """
                    Each request header becomes a key: `HTTP_` and its name in upper case with `-` as `_`. Repeated
                    ones are joined by a comma, `Cookie` by a semicolon and a space. An absent header is an absent key,
                    an empty one an empty string. A value is this request's own, byte for byte: nothing changes its case
                    or spelling.""", """
                    The application finds a header under one name, however the client wrote it; a cookie joined by
                    a comma would be another cookie; and a session id that a cache took from another request would be
                    another user's."""),
            must("W17", CGI, SERVER, BY_BOTH, """
                    A request header with `_` in its name is dropped, and so is `Proxy`.""", """
                    `X_User` would arrive under the same key as the `X-User` that a proxy vouches for; `HTTP_PROXY` sends the
                    outgoing requests of many libraries to the attacker's proxy (httpoxy)."""),
            must("W18", CGI, SERVER, BY_BOTH, """
                    `REMOTE_ADDR` and `REMOTE_PORT` are the client's, and never empty. An IPv6 address has no brackets and no
                    zone, and the form of RFC 5952: `::1`. `REMOTE_HOST` is there only if it is
                    known without a lookup; `REMOTE_USER` and `AUTH_TYPE` only when the container authenticated the
                    request. `AUTH_TYPE` is the scheme's name as RFC 3875 writes it (`Basic`, `Digest`), or the container's
                    own word where it is no HTTP scheme (`FORM`, `CLIENT_CERT`).""", """
                    An application trusts `REMOTE_USER` without asking: an empty or guessed one is a way in. And it
                    compares addresses as text."""),
            new WsgiRule("W19", CGI, SERVER, SHOULD, BY_BOTH, """
                    On TLS, `wsgi.url_scheme` is `https`, and `HTTPS` (`on`), `SSL_PROTOCOL`, `SSL_CIPHER`,
                    `SSL_CIPHER_USEKEYSIZE`, `SSL_SESSION_ID`, `SSL_CLIENT_CERT` (PEM) and `SSL_CLIENT_S_DN` are there as far
                    as the container knows them.""", """
                    These are mod_ssl's names; applications that ask for client certificates know them."""),
            must("W20", CGI, SERVER, Set.of(TYPES, LINTER, CONTRACT), """
                    All of these values are strings, never null and never numbers, and each character stands for one byte.
                    Text that the container gives as Unicode (the user's name, a certificate's subject) becomes its UTF-8 bytes.
                    In Java, an `Environ` refuses null; what else is a CGI variable is told by its name, which holds no dot.""", """
                    `environ["SERVER_PORT"] == "80"` has to mean the same everywhere, and a user named Łukasz has to be
                    able to log in."""),
            must("W21", CGI, SERVER, Set.of(CONTRACT), """
                    A request in which a header that may come once comes twice (`Host`, `Content-Type`, `Content-Length`,
                    `Authorization`) is refused with 400.""", """
                    What stands in front of the application may have looked at the one, and the application looks at the
                    other."""),
            new WsgiRule("W22", CGI, SERVER, SHOULD, BY_BOTH, """
                    `RAW_URI` and `REQUEST_URI` are the target's path and query as sent, nothing decoded and nothing resolved.
                    `SERVER_SOFTWARE` names the server: `Gangway/` and its version.""", """
                    `PATH_INFO` cannot tell `%2F` from `/`. These are the names that gunicorn, mod_wsgi and uWSGI use."""),
            must("W30", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.version` is (1, 0). In Java it is a `WsgiVersion`.""", """
                    PEP 3333 kept the number of PEP 333."""),
            must("W31", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.url_scheme` is `http` or `https`: the connection's scheme, or what a trusted proxy (W71) or the
                    container's own configuration says. The scheme of the request's target counts for nothing.""", """
                    Links and secure cookies depend on it, and a client can write any scheme into its request."""),
            must("W32", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.input` is the input stream below. In Java it is an `InputStream`.""", """
                    The request's body comes as a stream, so that its size is no concern of memory."""),
            must("W33", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.errors` is the error stream below. In Java it is a `PrintWriter`.""", """
                    An application can log before it has configured anything."""),
            must("W34", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.multithread` tells the truth about this deployment: whether several threads may call the application
                    at once. In Java it is a `Boolean`, as the next two are.""", """
                    What is true only on the developer's machine is worse than nothing."""),
            must("W35", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.multiprocess` tells whether another process may serve the same application. It is true for a web
                    application marked `<distributable/>`, and with more than one worker process.""", """
                    It decides whether state in memory can be relied on."""),
            must("W36", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.run_once` tells whether the application is called once in its life. Under Gangway it is false.""", """
                    It is true under CGI, where caching is in vain."""),
            must("W37", WSGI_KEYS, SERVER, BY_BOTH, """
                    Keys that the server defines are lower case and begin with `gangway.`; `gangway.request_id` is always
                    there. Deployers may add values of their own by configuration.""", """
                    A common prefix keeps them from meeting anybody else's keys."""),
            must("W38", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.input_terminated` is true: reading to the end is safe with or without a length.""", """
                    Without it, frameworks treat a chunked request as one without a body."""),
            must("W39", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.file_wrapper` is offered (W67). In Java it is a `FileWrapper.Factory`.""", """
                    With it, a file is sent the container's fastest way."""),
            must("W40", INPUT, BOTH, BY_BOTH, """
                    The stream has `read()`, `read(n)`, `readline()`, `readline(n)`, `readlines(hint)` and iteration by lines.
                    It gives bytes, and nothing else is promised. In Java it is an `InputStream` without mark and
                    reset. The application does not close it.""", """
                    What every server can offer is what portable code can use; the connection below is the server's."""),
            must("W41", INPUT, SERVER, BY_BOTH, """
                    The end of the body reads as an empty result (in Java: -1), again and again. Reading never goes past
                    Content-Length, and never into the next request.""", """
                    A library may probe for the end more than once; and the next request may be somebody else's."""),
            must("W42", INPUT, SERVER, BY_BOTH, """
                    A chunked request body arrives decoded, with no `CONTENT_LENGTH` and no rest of the framing.""", """
                    Two ideas of where a body ends are how requests are smuggled."""),
            must("W43", INPUT, SERVER, BY_BOTH, """
                    A client that stops in the middle of its body makes the read fail; the body never looks complete. In
                    Java that is a `ClientException`, in Python an `OSError`.""", """
                    Half an upload must not be stored as a whole one."""),
            must("W44", INPUT, SERVER, Set.of(CONTRACT), """
                    `Expect: 100-continue` is answered when the application first reads, not before. An application that
                    never reads sends its final status instead. A connector that answers sooner is declared, with the
                    setting that changes it.""", """
                    So an upload can be refused before it is sent."""),
            must("W45", INPUT, SERVER, Set.of(CONTRACT), """
                    A body that the application did not read never corrupts the next request on the connection.""", """
                    What is left over would be taken for a request of its own."""),
            must("W46", INPUT, SERVER, Set.of(CONTRACT), """
                    Where a servlet filter consumed a form body before us, the body is rebuilt, or the read fails with a
                    message that names the cause. It is never silently empty.""", """
                    `getParameter()` in a filter is enough to drain the stream; the application would see an empty form."""),
            must("W47", ERRORS, BOTH, BY_BOTH, """
                    The stream has `write`, `writelines` and `flush`, takes text, and accepts any Unicode. Its lines reach
                    the container's log with the request's id. In Java it is a `PrintWriter`. The application does not
                    close it.""", """
                    It is the one place to complain to that is always there, also for what comes after."""));

    private RequestRules() {}

    private static WsgiRule must(String id, Section section, Side side, Set<Check> checks, String text, String why) {
        return new WsgiRule(id, section, side, MUST, checks, text, why);
    }
}
