package io.gangway.lint;

import io.gangway.lint.Lint.Finding;
import io.gangway.lint.Lint.Mode;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.RuleViolation;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An application between the checks of {@link Lint}. */
final class LintedApplication implements GatewayApplication {
    private final GatewayApplication application;
    private final Mode mode;
    private final Consumer<? super Finding> log;
    private final AtomicInteger running = new AtomicInteger();
    private final UnclosedBodies unclosed = new UnclosedBodies();
    private final Set<String> repaired = ConcurrentHashMap.newKeySet();

    LintedApplication(GatewayApplication application, Mode mode, Consumer<? super Finding> log) {
        this.application = application;
        this.mode = mode;
        this.log = log;
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        Findings findings = new Findings(mode, log, repaired, Findings.name(environ));
        int concurrent = running.incrementAndGet();
        try {
            unclosed.report(findings);
            if (concurrent > 1 && Boolean.FALSE.equals(environ.get(Environ.WSGI_MULTITHREAD))) {
                findings.server(
                        "W03",
                        "the call",
                        "one call at a time, because wsgi.multithread is false",
                        concurrent + " at once",
                        "set wsgi.multithread to true, or make one call after the other");
            }
            new EnvironCheck(environ, findings).run();
            LintedResponse state = new LintedResponse(findings, "HEAD".equals(environ.get(Environ.REQUEST_METHOD)));
            replaceStreams(environ, findings);
            return checked(
                    application.call(environ, new LintedStartResponse(startResponse, state, findings)),
                    state,
                    findings);
        } finally {
            running.decrementAndGet();
        }
    }

    /** Changes the environ in place, because the middleware outside must see the keys that the application sets (W01). */
    private static void replaceStreams(Environ environ, Findings findings) {
        if (environ.get(Environ.WSGI_INPUT) instanceof InputStream input) {
            environ.put(Environ.WSGI_INPUT, new LintedInput(input, EnvironCheck.contentLength(environ), findings));
        }
        if (environ.get(Environ.WSGI_ERRORS) instanceof PrintWriter errors) {
            environ.put(Environ.WSGI_ERRORS, new LintedErrors(errors, findings));
        }
    }

    private Iterable<byte[]> checked(Iterable<byte[]> body, LintedResponse state, Findings findings) {
        if (body == null) {
            findings.application(
                    "W02",
                    "the application's return",
                    "an iterable of blocks",
                    "null",
                    "return List.of() where there is no body");
            return body; // the server answers
        }
        if (body instanceof FileWrapper file) {
            try {
                state.file(remaining(file));
            } catch (RuleViolation e) {
                close(file, e); // the server never gets it
                throw e;
            }
            return file;
        }
        LintedBody linted = new LintedBody(body, state, findings);
        linted.closedBy(unclosed.watch(linted, findings.request()));
        return body instanceof Collection<?> collection ? new LintedCollection(collection, linted) : linted;
    }

    private static long remaining(FileWrapper file) {
        try {
            return file.remaining();
        } catch (IOException e) {
            return -1; // the server gets the same exception, and reports it
        }
    }

    private static void close(FileWrapper file, RuleViolation violation) {
        try {
            file.close();
        } catch (IOException e) {
            violation.addSuppressed(e);
        }
    }
}
