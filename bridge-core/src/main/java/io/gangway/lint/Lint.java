package io.gangway.lint;

import static java.util.Objects.requireNonNull;

import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import io.gangway.wsgi.RuleViolation;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * A middleware that holds both sides to the rules: the server that calls it and the application that it calls.
 *
 * <p>It checks every {@link WsgiRule} that names {@link WsgiRule.Check#LINTER}: the environ and the streams as the server
 * gave them, start_response in both directions, each block of the body, and what the server does with the body. What is
 * wrong becomes an {@link io.gangway.wsgi.ApplicationViolation} or an {@link io.gangway.wsgi.ServerViolation}, whose message
 * has the rule, the place, what was expected, what came, and the fix.
 *
 * <p><b>What it changes.</b> Environ and body are the same to whoever looks at them as the rules allow, with
 * {@code wsgi.input} and {@code wsgi.errors} replaced by checking ones, and the body by a checking one that is always
 * {@link AutoCloseable}. A {@link java.util.Collection} stays one, so that the server can still supply Content-Length
 * (W62). A {@link io.gangway.wsgi.FileWrapper} is checked against the head and then returned as it is, so that the server can
 * still send it its fastest way (W67); what happens to it afterwards is the server's, and is not watched.
 *
 * <p><b>What servers repair</b> is logged once for each application, rule and name, unless the mode is {@link Mode#STRICT}: a
 * status that only servers take (W50), and hop-by-hop headers (W52). The linter drops these headers itself then, so that the
 * server does not warn of them again.
 *
 * <p><b>Bodies that nobody closes</b> (W65) can be seen only once they are garbage. They are reported with a later call of the
 * same application, and the message names the request that they answered.
 *
 * <p>Immutable and thread-safe; one may wrap many applications.
 */
public final class Lint implements Middleware {
    private static final System.Logger LOGGER = System.getLogger("io.gangway.lint");

    private final Mode mode;
    private final Consumer<? super Finding> log;

    /** What to do about a broken rule. */
    public enum Mode {
        /** Nothing, at no cost: the application is not even wrapped. */
        OFF,
        /** Log it, once for each rule and place in a request, and let the request go on as it would have without. */
        LOG,
        /**
         * Throw it where it happens, so that the request fails; for development. What any server repairs (a status without a
         * reason or above 599, hop-by-hop headers) is only logged.
         */
        FAIL,
        /** Throw everything; for tests. */
        STRICT
    }

    /**
     * A broken rule in a request that went on, or in an earlier one.
     *
     * @param request the method, the path and the request's id, fit for a log
     * @param violation what is wrong; its stack trace tells where
     */
    public record Finding(String request, RuleViolation violation) {}

    /**
     * A linter that logs, where it logs, to the system logger {@code io.gangway.lint} at level WARNING.
     *
     * @param mode what to do about a broken rule
     */
    public Lint(Mode mode) {
        this(
                mode,
                finding -> LOGGER.log(
                        Level.WARNING, finding.violation().getMessage() + " (request: " + finding.request() + ")"));
    }

    /**
     * A linter with a log of its own.
     *
     * @param mode what to do about a broken rule
     * @param log called for what the mode does not throw, on the thread of the request; what it throws makes the request fail
     */
    public Lint(Mode mode, Consumer<? super Finding> log) {
        this.mode = requireNonNull(mode, "mode");
        this.log = requireNonNull(log, "log");
    }

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        requireNonNull(application, "application");
        return mode == Mode.OFF ? application : new LintedApplication(application, mode, log);
    }
}
