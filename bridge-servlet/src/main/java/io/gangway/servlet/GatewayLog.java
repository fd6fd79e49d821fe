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
 * What the bridge tells the container's log, through {@link System.Logger}: one entry for each thing that went wrong, with
 * the request id.
 *
 * <p>Logger {@code io.gangway.servlet} has the gateway's own entries, {@code io.gangway.application} what applications
 * wrote to {@code wsgi.errors}.
 */
final class GatewayLog {
    private static final Logger GATEWAY = System.getLogger("io.gangway.servlet");
    private static final Logger APPLICATION = System.getLogger("io.gangway.application");

    /** Links in a chain of causes, which may be a circle. */
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

    /** The one place that tells why an application did not start. */
    static void failedStart(String contextPath, String name, DeploymentException problem) {
        GATEWAY.log(
                Level.ERROR,
                () -> quote(name) + " of the web application " + quote(contextPath) + " cannot start: "
                        + problem.getMessage(),
                problem.getCause());
    }

    /** At debug level, for the client caused it. */
    static void refused(Refusal refusal, String method, String uri) {
        GATEWAY.log(Level.DEBUG, () -> quote(method + " " + uri) + " was refused: " + refusal.reason());
    }

    /** What containers fail a read or a write with, when the connection was idle for too long. */
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

    /** An application may log what a client sent: no control character of it begins a new entry or moves a cursor. */
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
