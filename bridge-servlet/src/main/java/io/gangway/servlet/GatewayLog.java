package io.gangway.servlet;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.LoggedException;
import io.gangway.exchange.Outcome;
import io.gangway.exchange.Outcome.Ending;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.UnansweredException;
import io.gangway.log.Logs;
import io.gangway.wsgi.Escapes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Writes the bridge's entries to the container's log, through {@link System.Logger}: one entry for each failure, with the request id.
 *
 * <p>The logger {@code io.gangway.servlet} has these entries; {@code io.gangway.application} has the lines that applications
 * write to {@code wsgi.errors} ({@link io.gangway.server.ErrorStream}).
 */
final class GatewayLog {
    private static final Logger GATEWAY = Logs.named("io.gangway.servlet");

    /** The max number of links that we follow in a chain of causes, which may be a circle. */
    private static final int DEEPEST_CAUSE = 32;

    private final String prefix;

    /** A log for a deployment; its name is empty if it has none. */
    GatewayLog(String deployment) {
        prefix = Escapes.label(deployment);
    }

    /** Logs the problem of an exchange, if it has one: at debug level if the client caused it (W65, W68), or if the log has it already. */
    void ended(EndedExchange ended) {
        if (ended.outcome().problem() != null) {
            problem(ended, ended.outcome().problem());
        }
    }

    private void problem(EndedExchange ended, Throwable problem) {
        Outcome outcome = ended.outcome();
        RequestFacts facts = ended.facts();
        String requestId = facts.requestId();
        String target = facts.target();
        int query = target.indexOf('?'); // which may hold secrets
        String uri = query < 0 ? target : target.substring(0, query);
        String method = facts.method();
        if (problem instanceof UnansweredException) {
            GATEWAY.log(
                    Level.WARNING,
                    () -> prefix + "[" + requestId + "] " + quote(method + " " + uri) + " was answered 504: "
                            + problem.getMessage());
            return;
        }
        Optional<EndedByServerException> byServer = cause(problem, EndedByServerException.class);
        if (byServer.isPresent()) {
            GATEWAY.log(
                    Level.WARNING,
                    () -> prefix + "[" + requestId + "] " + quote(method + " " + uri)
                            + " was given up before its response was complete: "
                            + byServer.get().getMessage());
            return;
        }
        boolean isIdle = outcome.isClientsFault() && isTimeout(problem);
        boolean isNoError = outcome.isClientsFault() || isLogged(problem);
        Level level = isIdle ? Level.INFO : isNoError ? Level.DEBUG : Level.ERROR;
        if (isIdle) {
            GATEWAY.log(
                    level,
                    () -> prefix + "[" + requestId + "] " + quote(method + " " + uri)
                            + " was given up: the client neither sent nor took anything for the server's idle timeout"
                            + (outcome.ending() == Ending.REPLACED ? "" : ", and the connection is closed"));
            return;
        }
        String what = switch (outcome.ending()) {
            case COMPLETE -> "answered, but failed afterwards";
            case REPLACED -> "failed; the client got an error page";
            case BROKEN ->
                ended.isWebSocket()
                        ? "failed; its WebSocket is closed"
                        : "failed in the middle of the response; the connection is broken off";
            case CLIENT_LEFT -> "the client left";
        };
        GATEWAY.log(level, () -> prefix + "[" + requestId + "] " + quote(method + " " + uri) + " " + what, problem);
    }

    /** Whether nothing is to be added: what failed later is. */
    private static boolean isLogged(Throwable problem) {
        return problem instanceof LoggedException && problem.getSuppressed().length == 0;
    }

    /** Logs why an application did not start; no other place tells it. */
    static void failedStart(String contextPath, String name, DeploymentException problem) {
        GATEWAY.log(
                Level.ERROR,
                () -> quote(name) + " of the web application " + quote(contextPath) + " cannot start: "
                        + problem.getMessage(),
                problem.getCause());
    }

    /** Warns once that a thread waits for each request. */
    void asyncIsMissing() {
        GATEWAY.log(
                Level.WARNING,
                prefix
                        + "a thread of the container waits for each request, because the servlet, or a filter in front of it, is declared without"
                        + " asynchronous support. Fix: add <async-supported>true</async-supported> to the <servlet> and to each <filter> in"
                        + " web.xml, or asyncSupported = true to their annotations");
    }

    /** Logs a refusal, at debug level because the client caused it. */
    void refused(Refusal refusal, String method, String uri) {
        GATEWAY.log(Level.DEBUG, () -> prefix + quote(method + " " + uri) + " was refused: " + refusal.reason());
    }

    /** Whether a read or a write failed because the connection was idle for too long; each container has its own exception for it. */
    private static boolean isTimeout(Throwable problem) {
        return cause(problem, TimeoutException.class).isPresent()
                || cause(problem, SocketTimeoutException.class).isPresent();
    }

    /** The first of its kind among a throwable and its causes. */
    private static <T extends Throwable> Optional<T> cause(Throwable problem, Class<T> type) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    void failedWait(Throwable problem) {
        GATEWAY.log(
                Level.ERROR,
                prefix + "the stop does not wait for requests in progress, because waiting failed",
                problem);
    }

    void failedStop(DeploymentException problem) {
        GATEWAY.log(Level.ERROR, prefix + problem.getMessage(), problem.getCause());
    }
}
