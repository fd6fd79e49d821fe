package io.gangway.lint;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.server.IpAddress;
import io.gangway.wsgi.Environ;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Checks the CGI variables of an environ as the server gave it: W10-W22 and, where framing is concerned, W42. */
final class EnvironCheck {
    private static final Set<String> PATHS = Set.of(Environ.SCRIPT_NAME, Environ.PATH_INFO);
    private static final int MAX_PORT = 65_535;
    private static final String LONGEST = Long.toString(Long.MAX_VALUE);

    private final Environ environ;
    private final Findings findings;

    EnvironCheck(Environ environ, Findings findings) {
        this.environ = environ;
        this.findings = findings;
    }

    void run() {
        runTexts();
        new GatewayKeysCheck(environ, findings).run();
    }

    /** The checks of the keys that are texts: a worker's process makes the others itself. */
    void runTexts() {
        environ.forEach(this::checkEntry);
        checkMethod();
        checkPaths();
        checkQuery();
        checkTarget();
        checkContent();
        checkServer();
        checkClient();
        checkTls();
        new GatewayKeysCheck(environ, findings).runTexts();
    }

    /** The body's length, if the environ has one that keeps W14. */
    static OptionalLong contentLength(Environ environ) {
        return environ.get(Environ.CONTENT_LENGTH) instanceof String text && isLength(text)
                ? OptionalLong.of(Long.parseLong(text))
                : OptionalLong.empty();
    }

    private void checkEntry(String key, Object value) {
        if (key.indexOf('.') >= 0) {
            return; // not a CGI variable
        }
        if (key.startsWith("HTTP_")) {
            checkHeaderKey(key);
        }
        if (!(value instanceof String text)) {
            wrong(
                    "W20",
                    key,
                    "a string",
                    value.getClass().getName(),
                    "convert it to a string, or use a key with a dot");
        } else if (!all(text, c -> c <= 0xff)) {
            String rule = PATHS.contains(key) ? "W12" : "W20";
            wrong(
                    rule,
                    key,
                    "one ISO-8859-1 char for each byte",
                    quote(text),
                    "decode bytes as ISO-8859-1, not as UTF-8");
        }
    }

    private void checkHeaderKey(String key) {
        if (!all(key, c -> c > ' ' && c < 0x7f && c != '-' && (c < 'a' || c > 'z'))) {
            findings.server(
                    "W16",
                    "environ",
                    "headers under HTTP_ and their name in upper case with _ for -",
                    "the key " + quote(key),
                    "make the key with Environ.headerKey");
        }
        switch (key) {
            case "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH" ->
                wrong("W14", key, "no such key", "one", "use " + key.substring(5) + " alone");
            case "HTTP_PROXY" -> wrong("W17", key, "no such key", "one", "drop the request header Proxy (httpoxy)");
            default -> {}
        }
    }

    private void checkMethod() {
        String method = required("W10", Environ.REQUEST_METHOD);
        if (method != null && !all(method, c -> c > ' ' && c < 0x7f)) {
            wrong("W10", Environ.REQUEST_METHOD, "a token", quote(method), "pass on the method as sent");
        }
    }

    private void checkPaths() {
        String script = present("W11", Environ.SCRIPT_NAME);
        String path = present("W11", Environ.PATH_INFO);
        if (script != null && !script.isEmpty() && (script.charAt(0) != '/' || script.endsWith("/"))) {
            wrong(
                    "W11",
                    Environ.SCRIPT_NAME,
                    "an empty string, or one that starts with a slash and does not end with one",
                    quote(script),
                    "put the slash between the two in PATH_INFO");
        }
        if (path != null && !path.isEmpty() && path.charAt(0) != '/') {
            wrong(
                    "W11",
                    Environ.PATH_INFO,
                    "an empty string, or one that starts with a slash",
                    quote(path),
                    "split the path before a slash");
        }
        if ("".equals(script) && "".equals(path)) {
            wrong(
                    "W11",
                    Environ.PATH_INFO,
                    "a slash where SCRIPT_NAME is empty",
                    "both empty",
                    "set it to / for the root");
        }
    }

    private void checkQuery() {
        String query = present("W13", Environ.QUERY_STRING);
        if (query != null && !all(query, c -> c > ' ' && c != 0x7f)) {
            wrong("W13", Environ.QUERY_STRING, "the query as sent", quote(query), "pass it on without decoding it");
        }
    }

    /** W22 is a rule with SHOULD: a server may leave these keys out. */
    private void checkTarget() {
        for (String key : new String[] {Environ.RAW_URI, Environ.REQUEST_URI}) {
            String target = text(key);
            if (target != null && (target.isEmpty() || !all(target, c -> c > ' ' && c != 0x7f))) {
                wrong(
                        "W22",
                        key,
                        "the target's path and query as sent",
                        quote(target),
                        "pass them on without decoding them, or leave out the key");
            }
        }
        if ("".equals(environ.get(Environ.SERVER_SOFTWARE))) {
            wrong("W22", Environ.SERVER_SOFTWARE, "a name", "an empty string", "name the server, or leave out the key");
        }
    }

    private void checkContent() {
        String length = text(Environ.CONTENT_LENGTH);
        if (length == null) {
            return;
        }
        if (!isLength(length)) {
            wrong(
                    "W14",
                    Environ.CONTENT_LENGTH,
                    "decimal digits",
                    quote(length),
                    "leave the key out if no length was sent");
        }
        if (environ.containsKey("HTTP_TRANSFER_ENCODING")) {
            wrong(
                    "W42",
                    Environ.CONTENT_LENGTH,
                    "no length beside Transfer-Encoding",
                    quote(length),
                    "drop the length of a chunked body (RFC 9112, section 6.3)");
        }
    }

    private void checkServer() {
        required("W15", Environ.SERVER_NAME);
        String port = required("W15", Environ.SERVER_PORT);
        if (port != null && !isPort(port)) {
            wrong("W15", Environ.SERVER_PORT, "a port in digits", quote(port), "convert the number to text");
        }
        String protocol = required("W15", Environ.SERVER_PROTOCOL);
        if (protocol != null && !protocol.matches("HTTP/\\d(\\.\\d)?")) {
            wrong(
                    "W15",
                    Environ.SERVER_PROTOCOL,
                    "a protocol such as HTTP/1.1 or HTTP/2",
                    quote(protocol),
                    "name the protocol that the client speaks");
        }
    }

    private void checkClient() {
        for (String key : new String[] {
            Environ.REMOTE_ADDR, Environ.REMOTE_PORT, "REMOTE_HOST", Environ.REMOTE_USER, Environ.AUTH_TYPE
        }) {
            if ("".equals(environ.get(key))) {
                wrong("W18", key, "a value, or no such key", "an empty string", "leave out what is not known");
            }
        }
        String address = text(Environ.REMOTE_ADDR);
        if (address != null && !address.equals(IpAddress.normalized(address))) {
            wrong(
                    "W18",
                    Environ.REMOTE_ADDR,
                    "the address without brackets in the form of RFC 5952, " + IpAddress.normalized(address),
                    quote(address),
                    "normalize the container's address with IpAddress.normalized");
        }
        String port = text(Environ.REMOTE_PORT);
        if (port != null && !port.isEmpty() && !isPort(port)) {
            wrong("W18", Environ.REMOTE_PORT, "a port in digits", quote(port), "convert the number to text");
        }
    }

    private void checkTls() {
        String https = text("HTTPS");
        if (https != null && !(https.equals("on") && "https".equals(environ.get(Environ.WSGI_URL_SCHEME)))) {
            wrong(
                    "W19",
                    "HTTPS",
                    "on, where wsgi.url_scheme is https, or no such key",
                    quote(https),
                    "set both by the scheme that the client used");
        }
        String certificate = text("SSL_CLIENT_CERT");
        if (certificate != null && !certificate.startsWith("-----BEGIN CERTIFICATE-----")) {
            wrong("W19", "SSL_CLIENT_CERT", "a certificate in PEM", quote(certificate), "encode it as mod_ssl does");
        }
    }

    /** Requires a key; returns its value if that is text. Any other value has been reported under W20. */
    private @Nullable String present(String rule, String key) {
        if (!environ.containsKey(key)) {
            wrong(rule, key, "a string", "no such key", "set it for every request, to an empty string if necessary");
        }
        return text(key);
    }

    private @Nullable String required(String rule, String key) {
        Object value = environ.get(key);
        if (value == null || value.equals("")) {
            wrong(
                    rule,
                    key,
                    "a string that is not empty",
                    value == null ? "no such key" : "an empty string",
                    "always set it");
            return null;
        }
        return text(key);
    }

    private @Nullable String text(String key) {
        return environ.get(key) instanceof String text ? text : null;
    }

    private void wrong(String rule, String key, String expected, String found, String fix) {
        findings.server(rule, "environ[" + quote(key) + "]", expected, found, fix);
    }

    private static boolean isPort(String text) {
        return isLength(text) && Long.parseLong(text) <= MAX_PORT;
    }

    private static boolean isLength(String text) {
        boolean fits =
                text.length() < LONGEST.length() || (text.length() == LONGEST.length() && text.compareTo(LONGEST) <= 0);
        return !text.isEmpty() && fits && all(text, c -> c >= '0' && c <= '9');
    }

    private static boolean all(String text, IntPredicate allowed) {
        return text.chars().allMatch(allowed);
    }
}
