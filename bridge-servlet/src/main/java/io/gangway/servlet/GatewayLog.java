package io.gangway.servlet;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.server.Outcome;
import io.gangway.server.Outcome.Ending;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeoutException;

/**
 * Writes the bridge's entries to the container's log, through {@link System.Logger}: one entry for each failure, with the request id.
 *
 * <p>The logger {@code io.gangway.servlet} has the gateway's own entries; {@code io.gangway.application} has the lines that applications
 * write to {@code wsgi.errors}.
 */
final class GatewayLog {
    private static final Logger GATEWAY = System.getLogger("io.gangway.servlet");
    private static final Logger APPLICATION = System.getLogger("io.gangway.application");

    /** The max number of links that we follow in a chain of causes, which may be a circle. */
    private static final int DEEPEST_CAUSE = 32;

    private GatewayLog() {}

    static void applicationLine(String requestId, String line) {
        APPLICATION.log(Level.WARNING, () -> "[" + requestId + "] " + escaped(line));
    }

    /** Logs an outcome's problem, if it has one: at debug level if the client caused it (W65, W68). */
    static void outcome(Outcome outcome, String requestId, String method, String uri) {
        Throwable problem = outcome.problem();
        if (problem == null) {
            return;
        }
        boolean isIdle = outcome.isClientsFault() && isTimeout(problem);
        Level level = isIdle ? Level.INFO : outcome.isClientsFault() ? Level.DEBUG : Level.ERROR;
        if (isIdle) {
            GATEWAY.log(
                    level,
                    () -> "[" + requestId + "] " + quote(method + " " + uri)
                            + " was given up: the client neither sent nor took anything for the server's idle timeout"
                            + (outcome.ending() == Ending.REPLACED ? "" : ", and the connection is closed"));
            return;
        }
        String what = switch (outcome.ending()) {
            case COMPLETE -> "answered, but failed afterwards";
            case REPLACED -> "failed; the client got an error page";
            case BROKEN -> "failed in the middle of the response; the connection is broken off";
            case CLIENT_LEFT -> "the client left";
        };
        GATEWAY.log(level, () -> "[" + requestId + "] " + quote(method + " " + uri) + " " + what, problem);
    }

    /** Logs why an application did not start; no other place tells it. */
    static void failedStart(String contextPath, String name, DeploymentException problem) {
        GATEWAY.log(
                Level.ERROR,
                () -> quote(name) + " of the web application " + quote(contextPath) + " cannot start: "
                        + problem.getMessage(),
                problem.getCause());
    }

    /** Logs a refusal, at debug level because the client caused it. */
    static void refused(Refusal refusal, String method, String uri) {
        GATEWAY.log(Level.DEBUG, () -> quote(method + " " + uri) + " was refused: " + refusal.reason());
    }

    /** Whether a read or a write failed because the connection was idle for too long; each container has its own exception for it. */
    private static boolean isTimeout(Throwable problem) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++, cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    static void failedStop(DeploymentException problem) {
        GATEWAY.log(Level.ERROR, problem.getMessage(), problem.getCause());
    }

    /** Escapes control characters: a line may contain a client's text, which must not begin a new entry or move the terminal's cursor. */
    private static String escaped(String line) {
        if (line.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t')) {
            return line;
        }
        StringBuilder escaped = new StringBuilder(line.length() + 16);
        line.chars().forEach(c -> {
            if (Character.isISOControl(c) && c != '\t') {
                escaped.append(String.format("\\u%04x", c));
            } else {
                escaped.append((char) c);
            }
        });
        return escaped.toString();
    }
}
