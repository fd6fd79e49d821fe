package io.gangway.cli;

import static io.gangway.wsgi.RuleViolation.quote;

import java.util.Collection;
import java.util.regex.Pattern;

/** What follows {@code gangway run}: an application, short as its user thinks of it. */
final class ApplicationName {
    private static final String DOTTED = "[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)*";
    private static final Pattern PYTHON = Pattern.compile(DOTTED + "(:" + DOTTED + ")?");

    /** A module may be named py, but who ends with it means a file. */
    private static final Pattern FILE = Pattern.compile("\\.py(:|$)");

    private ApplicationName() {}

    /**
     * The value of {@code gangway.application}: what names no loader is a Python application.
     *
     * @param written such as {@code shop.wsgi:application}, {@code shop.wsgi} or {@code class:com.acme.Hello}
     * @param loaders the names of those that there are
     * @throws IllegalArgumentException if it is neither; the message says what to write
     */
    static String toSetting(String written, Collection<String> loaders) {
        int colon = written.indexOf(':');
        if (colon > 0 && colon < written.length() - 1 && loaders.contains(written.substring(0, colon))) {
            return written;
        }
        if (PYTHON.matcher(written).matches() && !FILE.matcher(written).find()) {
            return "python:" + written;
        }
        throw new IllegalArgumentException(
                "expected an application such as shop.wsgi:application (module, colon, callable)"
                        + " or class:com.acme.Hello; found " + quote(written) + ". Fix: "
                        + (loaders.contains(written.replace(":", ""))
                                ? "write what to load behind the colon"
                                : fix(written, colon)));
    }

    /** The usual slip: a path instead of a module. */
    private static String fix(String written, int colon) {
        String file = colon < 0 ? written : written.substring(0, colon);
        String callable = colon < 0 || colon == written.length() - 1 ? "" : written.substring(colon);
        String module =
                file.replaceFirst("^\\./", "").replaceFirst("\\.py$", "").replace('/', '.') + callable;
        return PYTHON.matcher(module).matches() ? "write " + module : "write the module as Python imports it";
    }

    /** As it is shown: without the loader that everybody expects. */
    static String shown(String setting) {
        return setting.startsWith("python:") ? setting.substring("python:".length()) : setting;
    }
}
