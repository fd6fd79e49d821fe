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
 * Tells the log, {@code io.gangway.server} at level WARNING, which headers of an application are dropped because they belong to
 * the connection (W52): each name once, for an application sends them with every response.
 *
 * <p>One for each application. Thread-safe.
 */
public final class Repairs {
    private static final Logger LOG = System.getLogger("io.gangway.server");

    /** In lower case: there are nine names. */
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** Nothing has been told yet. */
    public Repairs() {}

    /** Looks at a head that an application gave. */
    void tell(ResponseHead head, Environ environ) {
        for (ApplicationViolation violation : head.repaired()) {
            String message = String.valueOf(violation.getMessage());
            if (violation.rule().equals("W52") && told.add(message.toLowerCase(Locale.ROOT))) {
                LOG.log(
                        Level.WARNING,
                        "a header is dropped, from the response to " + request(environ) + " and from later ones: "
                                + message);
            }
        }
    }

    /** Method and path; the query may hold secrets, and the application may have put anything there (W01). */
    private static String request(Environ environ) {
        return quote(environ.get(Environ.REQUEST_METHOD) + " " + environ.get(Environ.SCRIPT_NAME)
                + environ.get(Environ.PATH_INFO));
    }
}
