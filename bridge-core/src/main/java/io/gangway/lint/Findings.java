package io.gangway.lint;

import io.gangway.lint.Lint.Finding;
import io.gangway.lint.Lint.Mode;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.RuleViolation;
import io.gangway.wsgi.ServerViolation;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** What is wrong in one request: thrown or logged, as the mode asks. After a call that returns, the request goes on. */
final class Findings {
    /** Messages: an application has a few, unless it makes up statuses; a log needs no more of them. */
    private static final int MAX_REPAIRED = 100;

    private final Mode mode;
    private final Consumer<? super Finding> log;
    private final String request;
    /** Shared by all requests of an application. */
    private final Set<String> repaired;

    private final Set<String> logged = new HashSet<>();

    Findings(Mode mode, Consumer<? super Finding> log, Set<String> repaired, Environ environ) {
        this.mode = mode;
        this.log = log;
        this.repaired = repaired;
        this.request = name(environ);
    }

    /** The request for messages and logs; the query may hold secrets and is left out. */
    String request() {
        return request;
    }

    void application(String rule, String where, String expected, String found, String fix) {
        report(new ApplicationViolation(rule, where, expected, found, fix), where);
    }

    void server(String rule, String where, String expected, String found, String fix) {
        report(new ServerViolation(rule, where, expected, found, fix), where);
    }

    void report(RuleViolation violation, String where) {
        if (mode == Mode.FAIL || mode == Mode.STRICT) {
            throw violation;
        }
        if (logged.add(violation.rule() + ' ' + where)) {
            log.accept(new Finding(request, violation));
        }
    }

    /** Something that the server repairs: it is logged once for an application, however many requests it has. */
    void repaired(RuleViolation violation) {
        if (mode == Mode.STRICT) {
            throw violation;
        }
        if (repaired.size() < MAX_REPAIRED && repaired.add(String.valueOf(violation.getMessage()))) {
            log.accept(new Finding(request, violation));
        }
    }

    private static String name(Environ environ) {
        return RuleViolation.quote(text(environ, Environ.REQUEST_METHOD)) + ' '
                + RuleViolation.quote(text(environ, Environ.SCRIPT_NAME) + text(environ, Environ.PATH_INFO)) + ", id "
                + RuleViolation.quote(text(environ, Environ.REQUEST_ID));
    }

    /** Whatever is there: that it is right has not been checked yet. */
    private static String text(Environ environ, String key) {
        return String.valueOf(environ.get(key));
    }
}
