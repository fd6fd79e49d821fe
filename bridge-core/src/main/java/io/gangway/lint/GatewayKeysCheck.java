package io.gangway.lint;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Environ.WsgiVersion;
import io.gangway.wsgi.FileWrapper;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks the gateway's own keys of an environ as the server gave it: W30-W39. */
final class GatewayKeysCheck {
    private static final String OWN_PREFIX = "gangway.";

    private final Environ environ;
    private final Findings findings;

    GatewayKeysCheck(Environ environ, Findings findings) {
        this.environ = environ;
        this.findings = findings;
    }

    void run() {
        if (!WsgiVersion.CURRENT.equals(environ.get(Environ.WSGI_VERSION))) {
            wrong("W30", Environ.WSGI_VERSION, "WsgiVersion.CURRENT, (1, 0)");
        }
        expect("W32", Environ.WSGI_INPUT, InputStream.class);
        expect("W33", Environ.WSGI_ERRORS, PrintWriter.class);
        expect("W34", Environ.WSGI_MULTITHREAD, Boolean.class);
        expect("W35", Environ.WSGI_MULTIPROCESS, Boolean.class);
        if (!Boolean.FALSE.equals(environ.get(Environ.WSGI_RUN_ONCE))) {
            wrong("W36", Environ.WSGI_RUN_ONCE, "false, because the application is called again");
        }
        if (!Boolean.TRUE.equals(environ.get(Environ.WSGI_INPUT_TERMINATED))) {
            wrong("W38", Environ.WSGI_INPUT_TERMINATED, "true, because the input ends where the body does");
        }
        expect("W39", Environ.WSGI_FILE_WRAPPER, FileWrapper.Factory.class);
    }

    /** Those that are texts. */
    void runTexts() {
        Object scheme = environ.get(Environ.WSGI_URL_SCHEME);
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            wrong("W31", Environ.WSGI_URL_SCHEME, "http or https");
        }
        environ.keySet().forEach(this::checkOwnKey);
        expect("W37", Environ.REQUEST_ID, String.class);
    }

    private void checkOwnKey(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        if (lower.startsWith(OWN_PREFIX) && !key.equals(lower)) {
            findings.server(
                    "W37",
                    "environ",
                    "keys under gangway. in lower case",
                    "the key " + quote(key),
                    "name it " + quote(lower) + ", or choose a prefix of your own");
        }
    }

    private void expect(String rule, String key, Class<?> type) {
        if (!type.isInstance(environ.get(key))) {
            wrong(rule, key, "a value of type " + type.getSimpleName());
        }
    }

    private void wrong(String rule, String key, String expected) {
        findings.server(
                rule, "environ[" + quote(key) + "]", expected, found(environ.get(key)), "set it for every request");
    }

    private static String found(@Nullable Object value) {
        if (value == null) {
            return "no such key";
        }
        return value instanceof String text ? quote(text) : value.getClass().getName() + ' ' + quote(value.toString());
    }
}
