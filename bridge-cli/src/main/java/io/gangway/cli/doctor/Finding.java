package io.gangway.cli.doctor;

import io.gangway.wsgi.Escapes;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One result.
 *
 * @param status how serious it is
 * @param check what was looked at, in one word
 * @param message what was found
 * @param fix what to do; empty if there is nothing to do
 */
public record Finding(Status status, String check, String message, String fix) {
    /** How serious a finding is. */
    public enum Status {
        /** As it should be. */
        OK,
        /** Good to know: a behaviour of the container. */
        NOTE,
        /** It runs, but slower, less safe, or not always. */
        WARNING,
        /** It does not run. */
        PROBLEM
    }

    static Finding ok(String check, String message) {
        return new Finding(Status.OK, check, message, "");
    }

    static Finding note(String check, String message, String fix) {
        return new Finding(Status.NOTE, check, message, fix);
    }

    static Finding warning(String check, String message, String fix) {
        return new Finding(Status.WARNING, check, message, fix);
    }

    static Finding problem(String check, String message, String fix) {
        return new Finding(Status.PROBLEM, check, message, fix);
    }

    private String name() {
        return status.name().toLowerCase(Locale.ROOT);
    }

    /**
     * As lines for people.
     *
     * @return one line, and another one for the fix
     */
    public String text() {
        String indent = "\n" + " ".repeat(22);
        return String.format("%-8s %-12s ", name(), check)
                + message.replace("\n", indent)
                + (fix.isEmpty() ? "" : indent + "Fix: " + fix.replace("\n", indent));
    }

    /**
     * As JSON.
     *
     * @param findings all findings
     * @return an array of objects with {@code status}, {@code check}, {@code message} and {@code fix}
     */
    public static String json(List<Finding> findings) {
        return findings.stream()
                .map(it -> "{\"status\":" + Escapes.json(it.name()) + ",\"check\":" + Escapes.json(it.check())
                        + ",\"message\":" + Escapes.json(it.message()) + ",\"fix\":" + Escapes.json(it.fix()) + "}")
                .collect(Collectors.joining(",\n", "[", "]"));
    }
}
