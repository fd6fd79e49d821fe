package io.gangway.exchange;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.log.Logs;
import io.gangway.wsgi.ApplicationViolation;
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
    private static final Logger LOG = Logs.named("io.gangway.server");

    private final boolean isLogging;

    /** Messages in lower case; there are at most nine, one for each header name. */
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** Makes an object for one application, with nothing logged yet. */
    public Repairs() {
        this(true);
    }

    private Repairs(boolean isLogging) {
        this.isLogging = isLogging;
    }

    /**
     * Makes an object that logs nothing, because a linter does.
     *
     * @return for one application
     */
    public static Repairs silent() {
        return new Repairs(false);
    }

    /** Logs the headers that were dropped from a head, if their names are new. */
    void log(ResponseHead head, RequestFacts facts) {
        for (ApplicationViolation violation : head.repaired()) {
            String message = String.valueOf(violation.getMessage());
            if (isLogging && violation.rule().equals("W52") && logged.add(message.toLowerCase(Locale.ROOT))) {
                LOG.log(
                        Level.WARNING,
                        "a header is dropped, from the response to " + request(facts) + " and from later ones: "
                                + message);
            }
        }
    }

    /** Method and path; the query may hold secrets. */
    private static String request(RequestFacts facts) {
        return quote(facts.method() + " " + facts.mount() + facts.path());
    }
}
