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

/** Throws or logs the violations in one request, depending on the mode. If a method returns, the request goes on. */
final class Findings {
    /** Maximum number of logged messages about repairs: an application has a few, unless it invents statuses. */
    private static final int MAX_REPAIRED = 100;

    private final Mode mode;
    private final Consumer<? super Finding> log;
    private final String request;
    /** Shared by all requests of an application. */
    private final Set<String> repaired;

    private final Set<String> logged = new HashSet<>();

    Findings(Mode mode, Consumer<? super Finding> log, Set<String> repaired, String request) {
        this.mode = mode;
        this.log = log;
        this.repaired = repaired;
        this.request = request;
    }

    /** Describes the request in messages and logs, without the query, which may hold secrets. */
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

    /** Reports a violation that the server repairs: it is logged once for each application, not for each request. */
    void repaired(RuleViolation violation) {
        if (mode == Mode.STRICT) {
            throw violation;
        }
        if (repaired.size() < MAX_REPAIRED && repaired.add(String.valueOf(violation.getMessage()))) {
            log.accept(new Finding(request, violation));
        }
    }

    /** The name of a request, whose keys have not been checked yet. */
    static String name(Environ environ) {
        return name(
                text(environ, Environ.REQUEST_METHOD),
                text(environ, Environ.SCRIPT_NAME) + text(environ, Environ.PATH_INFO),
                text(environ, Environ.REQUEST_ID));
    }

    static String name(String method, String path, String requestId) {
        return RuleViolation.quote(method) + ' ' + RuleViolation.quote(path) + ", id " + RuleViolation.quote(requestId);
    }

    private static String text(Environ environ, String key) {
        return String.valueOf(environ.get(key));
    }
}
