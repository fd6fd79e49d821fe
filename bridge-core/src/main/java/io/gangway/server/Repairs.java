package io.gangway.server;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Environ;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Logs which headers of an application are dropped because they belong to the connection (W52): to {@code io.gangway.server}, at
 * level WARNING, each name once, because an application usually sends them with every response.
 *
 * <p>One for each application. Thread-safe.
 */
public final class Repairs {
    private static final Logger LOG = System.getLogger("io.gangway.server");

    /** Messages in lower case; there are at most nine, one for each header name. */
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Makes an object for one application, with nothing logged yet. */
    public Repairs() {}

    /** Logs the headers that were dropped from a head, if their names are new. */
    void log(ResponseHead head, Environ environ) {
        for (ApplicationViolation violation : head.repaired()) {
            String message = String.valueOf(violation.getMessage());
            if (violation.rule().equals("W52") && logged.add(message.toLowerCase(Locale.ROOT))) {
                LOG.log(
                        Level.WARNING,
                        "a header is dropped, from the response to " + request(environ) + " and from later ones: "
                                + message);
            }
        }
    }

    /** Method and path; the query may hold secrets, and the application may have changed the environ (W01). */
    private static String request(Environ environ) {
        return quote(environ.get(Environ.REQUEST_METHOD) + " " + environ.get(Environ.SCRIPT_NAME)
                + environ.get(Environ.PATH_INFO));
    }
}
