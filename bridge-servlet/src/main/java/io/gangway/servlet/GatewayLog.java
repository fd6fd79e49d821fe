package io.gangway.servlet;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.deploy.DeploymentException;
import io.gangway.server.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

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
        Level level = outcome.isClientsFault() ? Level.DEBUG : Level.ERROR;
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
