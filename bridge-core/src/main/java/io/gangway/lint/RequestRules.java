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

/** The rules W01 to W47: how the application is called, the environ, and the input and error streams. */
final class RequestRules {
    private static final Set<Check> BY_BOTH = Set.of(LINTER, CONTRACT);

    static final List<WsgiRule> ALL = List.of(
            must("W01", CALL, SERVER, Set.of(TYPES, CONTRACT), """
                    The application is called with two positional arguments, the environ and `start_response`. The
                    environ is a plain mutable dictionary that the application may change as it likes, and the server
                    must work correctly after any change. In Java it is an `Environ`, a mutable `Map`.""", """
                    Middleware passes information to the application by changing the environ. So a server reads the
                    keys that it needs before the call."""),
            must("W02", CALL, APPLICATION, BY_BOTH, """
                    `start_response` is called before the body's first non-empty block is produced. It may be called as
                    late as in the iterator's first step. If it is never called, or the application returns `null` in
                    place of a body, the answer is 500.""", """
                    The head is sent with the first byte, and it needs a status."""),
            must("W03", CALL, SERVER, Set.of(LINTER), """
                    The same application object serves all requests. Two threads never call it at the same time unless
                    `wsgi.multithread` is true. In a servlet container it is always true.""", """
                    An application that is not thread-safe can read the key and refuse to start."""),
            must("W10", CGI, SERVER, BY_BOTH, """
                    `REQUEST_METHOD` is present and not empty. Any token is passed on, also an unknown method.""", """
                    The application decides which methods it supports; WebDAV, for example, needs methods of its own."""),
            must("W11", CGI, SERVER, BY_BOTH, """
                    `SCRIPT_NAME` and `PATH_INFO` split the request's path where the application is mounted.
                    `SCRIPT_NAME` is empty, or starts with `/` and does not end with one. `PATH_INFO` is empty or
                    starts with `/`. They are not both empty. In a servlet, `SCRIPT_NAME` is the context path and the
                    mapping.""", """
                    Joined, they are the path that the client asked for, so links work under any mount point (W70)."""),
            must("W12", CGI, SERVER, BY_BOTH, """
                    Both are percent-decoded *bytes*, each carried as one ISO-8859-1 character: `/caf%C3%A9` arrives
                    with five characters after the slash. `%2F` becomes `/` where the container accepts it. Path
                    parameters (`;v=1`) are kept; only the container's own session id parameter is removed.""", """
                    Only the application knows its charset. The raw request URI is the source, because in the
                    `getPathInfo()` of servlets the parameters are removed and, in some containers, double slashes."""),
            must("W13", CGI, SERVER, BY_BOTH, """
                    `QUERY_STRING` is the query as sent, undecoded, and the empty string if there is none. Raw bytes
                    above 0x7F arrive as those bytes. If the container has lost them, because they are not UTF-8, the
                    request is refused with 400.""", """
                    Decoding before splitting at `&` would turn data into syntax. A byte that the container replaced by
                    U+FFFD cannot be recovered."""),
            must("W14", CGI, SERVER, BY_BOTH, """
                    `CONTENT_TYPE` and `CONTENT_LENGTH` are named without `HTTP_`, are present only if the client sent
                    them, and have no second key such as `HTTP_CONTENT_TYPE`. `CONTENT_LENGTH` is decimal text, for any
                    length that fits into 64 bits.""", """
                    If there were two keys for one value, code could check one and use the other."""),
            must("W15", CGI, SERVER, BY_BOTH, """
                    `SERVER_NAME`, `SERVER_PORT` (as text) and `SERVER_PROTOCOL` are always present and never empty. The
                    protocol is the client's: `HTTP/1.0`, `HTTP/1.1`, `HTTP/2`.""", """
                    They complete the URL if a request has no `Host` (W70)."""),
            must("W16", CGI, SERVER, BY_BOTH, """
                    Each request header becomes a key: `HTTP_` and its name in upper case with `-` as `_`. Repeated
                    headers are joined by a comma, `Cookie` by a semicolon and a space. An absent header has no key; an
                    empty header is an empty string. The value is that of this request, byte for byte: its case and
                    spelling are not changed.""", """
                    The application finds a header under one name, independent of the client's spelling. A cookie
                    joined by a comma would be another cookie. A session id that a cache took from another request
                    would be another user's."""),
            must("W17", CGI, SERVER, BY_BOTH, """
                    A request header with `_` in its name is dropped, and so is `Proxy`.""", """
                    `X_User` would have the same key as `X-User`, which a proxy sets after it has authenticated the
                    user. `HTTP_PROXY` would make many libraries send the application's outgoing requests to the
                    attacker's proxy (httpoxy)."""),
            must("W18", CGI, SERVER, BY_BOTH, """
                    `REMOTE_ADDR` and `REMOTE_PORT` are the client's, and never empty. An IPv6 address has the form of
                    RFC 5952, without brackets and zone: `::1`. `REMOTE_HOST` is present only if it is known without a
                    lookup; `REMOTE_USER` and `AUTH_TYPE` only if the container authenticated the request. `AUTH_TYPE`
                    is the scheme's name as in RFC 3875 (`Basic`, `Digest`), or the container's own name if it is not
                    an HTTP scheme (`FORM`, `CLIENT_CERT`).""", """
                    Applications trust `REMOTE_USER` without a check: an empty or guessed value would let an attacker
                    in. And they compare addresses as text."""),
            new WsgiRule("W19", CGI, SERVER, SHOULD, BY_BOTH, """
                    With TLS, `wsgi.url_scheme` is `https`, and `HTTPS` (`on`), `SSL_PROTOCOL`, `SSL_CIPHER`,
                    `SSL_CIPHER_USEKEYSIZE`, `SSL_SESSION_ID`, `SSL_CLIENT_CERT` (PEM) and `SSL_CLIENT_S_DN` are
                    present as far as the container knows their values.""", """
                    These are mod_ssl's names, which applications that use client certificates know."""),
            must("W20", CGI, SERVER, Set.of(TYPES, LINTER, CONTRACT), """
                    The values of all CGI variables are strings, never null and never numbers, and each character
                    stands for one byte. Text that the container gives as Unicode (the user's name, a certificate's
                    subject) becomes its UTF-8 bytes. In Java, an `Environ` refuses null. A key without a dot in its
                    name is a CGI variable.""", """
                    `environ["SERVER_PORT"] == "80"` must mean the same on every server, and a user named Łukasz must
                    be able to log in."""),
            must("W21", CGI, SERVER, Set.of(CONTRACT), """
                    A request is refused with 400 if a header that may occur only once (`Host`, `Content-Type`,
                    `Content-Length`, `Authorization`) occurs twice.""", """
                    A proxy in front of the application may have checked one of the two, and the application would use
                    the other."""),
            new WsgiRule("W22", CGI, SERVER, SHOULD, BY_BOTH, """
                    `RAW_URI` and `REQUEST_URI` are the target's path and query as sent, not decoded and not resolved.
                    `SERVER_SOFTWARE` names the server: `Gangway/` and its version.""", """
                    `PATH_INFO` does not distinguish `%2F` from `/`. gunicorn, mod_wsgi and uWSGI use these names."""),
            must("W30", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.version` is (1, 0). In Java it is a `WsgiVersion`.""", """
                    PEP 3333 kept the number of PEP 333."""),
            must("W31", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.url_scheme` is `http` or `https`: the connection's scheme, or the scheme that a trusted proxy
                    (W71) or the container's own configuration sets. The scheme in the request's target is ignored.""", """
                    Links and secure cookies depend on it, and a client can write any scheme into its request."""),
            must("W32", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.input` is the input stream described below. In Java it is an `InputStream`.""", """
                    The request's body is a stream, so it need not fit in memory."""),
            must("W33", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.errors` is the error stream described below. In Java it is a `PrintWriter`.""", """
                    An application can log before it has configured anything."""),
            must("W34", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.multithread` is true if several threads may call the application at the same time in this
                    deployment. In Java it is a `Boolean`, as the next two are.""", """
                    A wrong value would be noticed only in production, under load."""),
            must("W35", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.multiprocess` is true if another process may serve the same application. That is so for a web
                    application marked `<distributable/>`, and with more than one worker process.""", """
                    The application needs to know whether other processes see its state in memory."""),
            must("W36", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.run_once` is true if the application is called only once. Under Gangway it is false.""", """
                    It is true under CGI, where a cache in memory is useless."""),
            must("W37", WSGI_KEYS, SERVER, BY_BOTH, """
                    Keys that the server defines are lower case and begin with `gangway.`; `gangway.request_id` is
                    always present. Deployers may add keys of their own by configuration.""", """
                    With a common prefix, they do not collide with other keys."""),
            must("W38", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.input_terminated` is true: an application may read to the end, with or without a length.""", """
                    Without this key, frameworks treat a chunked request as a request without a body."""),
            must("W39", WSGI_KEYS, SERVER, BY_BOTH, """
                    `wsgi.file_wrapper` is present (W67). In Java it is a `FileWrapper.Factory`.""", """
                    With it, a file is sent in the container's fastest way."""),
            must("W40", INPUT, BOTH, BY_BOTH, """
                    The stream has `read()`, `read(n)`, `readline()`, `readline(n)`, `readlines(hint)` and iteration by
                    lines, and returns bytes. Other methods are not guaranteed. In Java it is an `InputStream` without
                    mark and reset. The application does not close it.""", """
                    Portable code uses only the methods that every server has. The stream belongs to the connection,
                    and so to the server."""),
            must("W41", INPUT, SERVER, BY_BOTH, """
                    After the end of the body, every read returns an empty result (in Java: -1). Reading never goes
                    past Content-Length, and never into the next request.""", """
                    A library may read again after the end, and the next request may be another user's."""),
            must("W42", INPUT, SERVER, BY_BOTH, """
                    A chunked request body arrives decoded, with no rest of the framing. Where the server collected it before the
                    call, which is the default for applications in workers, `CONTENT_LENGTH` is its length; where it streams,
                    there is no `CONTENT_LENGTH`. An application in a worker gets no `HTTP_TRANSFER_ENCODING`.""", """
                    Two ideas of where a body ends are how requests are smuggled; and many frameworks read nothing without a
                    length."""),
            must("W43", INPUT, SERVER, BY_BOTH, """
                    If a client stops in the middle of its body, the read fails; an incomplete body never looks
                    complete. In Java the error is a `ClientException`, in Python an `OSError`.""", """
                    Half an upload must not be stored as a complete one."""),
            must("W44", INPUT, SERVER, Set.of(CONTRACT), """
                    `Expect: 100-continue` is answered when the body is wanted, not before: when the application first reads, or
                    when the server collects the body, after the checks that need none of it. An application that never reads
                    a streamed body sends its final status instead. A connector that answers sooner is declared, with the
                    setting that changes it.""", """
                    So an upload can be refused before it is sent."""),
            must("W45", INPUT, SERVER, Set.of(CONTRACT), """
                    A request body that the application did not read never corrupts the next request on the connection.""", """
                    The unread bytes would be parsed as a request."""),
            must("W46", INPUT, SERVER, Set.of(CONTRACT), """
                    If a servlet filter consumed a form body before the application, the body is rebuilt, or the read
                    fails with a message that names the cause. It is never silently empty.""", """
                    One call of `getParameter()` in a filter drains the stream; the application would see an empty
                    form."""),
            must("W47", ERRORS, BOTH, BY_BOTH, """
                    The stream has `write`, `writelines` and `flush`, takes text, and accepts any Unicode. Its lines
                    are written to the container's log with the request's id. In Java it is a `PrintWriter`. The
                    application does not close it.""", """
                    It always works, also before the application has configured its own logging."""));

    private RequestRules() {}

    private static WsgiRule must(String id, Section section, Side side, Set<Check> checks, String text, String why) {
        return new WsgiRule(id, section, side, MUST, checks, text, why);
    }
}
