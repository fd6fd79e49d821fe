package io.gangway.it.contract;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves every case by the name in {@code X-Contract}, and also the journal.
 *
 * <p>A call is noted as {@code called} when it begins and {@code done} when nothing more of it can follow: on return for
 * a plain body, on {@code close()} for a noted one.
 */
public final class ContractApplication implements GatewayApplication {
    /** Names the case. */
    public static final String CASE = "X-Contract";
    /** Names the run of the case. */
    public static final String RUN = "X-Contract-Run";
    /** Says what the journal waits for, or which gate opens. */
    public static final String EVENT = "X-Contract-Event";
    /** Says how often. */
    public static final String TIMES = "X-Contract-Times";
    /** The pseudo-case that reads a journal. */
    public static final String JOURNAL = "journal";
    /** The pseudo-case that opens a gate. */
    public static final String RELEASE = "release";
    /** The run of requests that name none: no test should have sent them. */
    public static final String STRAY = "stray";

    private final Map<String, Run> runs = new ConcurrentHashMap<>();

    /** For {@code class:io.gangway.it.contract.ContractApplication}. */
    public ContractApplication() {}

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        String name = environ.header(CASE).orElse(STRAY);
        Run run = runs.computeIfAbsent(environ.header(RUN).orElse(STRAY), id -> new Run());
        if (name.equals(JOURNAL)) {
            String events = run.awaitEvents(
                    environ.header(EVENT).orElse(""),
                    Long.parseLong(environ.header(TIMES).orElse("0")));
            return Apps.text(startResponse, events);
        }
        if (name.equals(RELEASE)) {
            run.release(environ.header(EVENT).orElseThrow());
            return Apps.text(startResponse, "");
        }
        run.note("called", environ.method() + " " + environ.pathInfo());
        run.note("id", environ.requestId());
        Optional<Case> found = Cases.named(name);
        if (found.isEmpty()) {
            run.note("done");
            return Apps.text(startResponse, "no such case");
        }
        return serve(found.get(), environ, startResponse, run);
    }

    private static Iterable<byte[]> serve(Case found, Environ environ, StartResponse startResponse, Run run)
            throws Exception {
        try {
            return found.bound(run).call(environ, startResponse);
        } catch (Throwable e) {
            run.note("raised", e.toString());
            throw e;
        } finally {
            run.note("done");
        }
    }
}
