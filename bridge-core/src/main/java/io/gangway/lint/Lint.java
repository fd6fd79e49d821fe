package io.gangway.lint;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.Step;
import io.gangway.log.Logs;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import io.gangway.wsgi.RuleViolation;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/**
 * Checks both sides against the rules: the server that calls and the application that is called.
 *
 * <p>For applications that are functions, it is a middleware. An application that answers exchanges without a call, such as one in worker processes, is checked by
 * a {@link #step} of the server, on the same path as without the linter.
 *
 * <p>The middleware checks every {@link WsgiRule} that names {@link WsgiRule.Check#LINTER}: the environ and the streams as the server
 * gave them, start_response in both directions, each block of the body, and what the server does with the body. A violation
 * becomes an {@link io.gangway.wsgi.ApplicationViolation} or an {@link io.gangway.wsgi.ServerViolation}, whose message
 * has the rule, the place, the expected and the found value, and the fix.
 *
 * <p><b>What it changes.</b> {@code wsgi.input}, {@code wsgi.errors} and the body are replaced by objects that check them; the body
 * is always {@link AutoCloseable} then. Code that keeps the rules sees no difference. A {@link java.util.Collection} stays one, so that the server can still supply Content-Length
 * (W62). A {@link io.gangway.wsgi.FileWrapper} is checked against the head and then returned unchanged, so that the server can
 * still send it in its fastest way (W67). What the server does with it is not checked.
 *
 * <p><b>What servers repair</b> is logged once for each application, rule and name, unless the mode is {@link Mode#STRICT}: a
 * status without a reason or above 599 (W50), and hop-by-hop headers (W52). The linter drops these headers itself then, so that
 * the server does not log a second warning.
 *
 * <p><b>Bodies that are not closed</b> (W65) are detected when they have become garbage. They are reported during a later call of
 * the same application, and the message names the request that they answered.
 *
 * <p>Immutable and thread-safe; one object can wrap many applications.
 */
public final class Lint implements Middleware {
    private static final System.Logger LOGGER = Logs.named("io.gangway.lint");

    private final Mode mode;
    private final Consumer<? super Finding> log;

    /** What to do about a broken rule. */
    public enum Mode {
        /** Check nothing: the application is not wrapped, so the linter costs nothing. */
        OFF,
        /** Log it, once for each rule and place in a request, and let the request go on. */
        LOG,
        /**
         * Throw it where it happens, so that the request fails; for development. Violations that every server repairs (a status
         * without a reason or above 599, hop-by-hop headers) are only logged.
         */
        FAIL,
        /** Throw everything; for tests. */
        STRICT
    }

    /**
     * A broken rule in a request that went on, or in an earlier one.
     *
     * @param request the method, the path and the request's id, escaped for a log
     * @param violation the broken rule; its stack trace shows the place in the code
     */
    public record Finding(String request, RuleViolation violation) {}

    /**
     * Makes a linter that logs to the system logger {@code io.gangway.lint} at level WARNING.
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
     * Makes a linter with its own log.
     *
     * @param mode what to do about a broken rule
     * @param log called for each violation that the mode does not throw, on the thread of the request; if it throws, the request
     *     fails
     */
    public Lint(Mode mode, Consumer<? super Finding> log) {
        this.mode = requireNonNull(mode, "mode");
        this.log = requireNonNull(log, "log");
    }

    /**
     * The checks that need no call, for {@link io.gangway.exchange.ExchangeApplication}s: the texts of the environ (W10-W22, W31, W37), the head (W50,
     * W52), and the number of bytes (W63, W64). A violation of the server's side fails the exchange before the application is called; one of the
     * application's side reaches the application as if the exchange had refused its call. The last step of a deployment sees what the application
     * sees.
     *
     * @return a step of one deployment; it does nothing in mode {@link Mode#OFF}
     */
    public Step step() {
        return new LintStep(mode, log);
    }

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        requireNonNull(application, "application");
        return mode == Mode.OFF ? application : new LintedApplication(application, mode, log);
    }
}
