package io.gangway.cli;

import static io.gangway.wsgi.RuleViolation.quote;

import java.util.Collection;
import java.util.regex.Pattern;

/** The application's name after {@code gangway run}; for a Python application, the loader may be left out. */
final class ApplicationName {
    private static final String DOTTED = "[\\p{L}_][\\p{L}\\p{N}_]*(\\.[\\p{L}_][\\p{L}\\p{N}_]*)*";
    private static final Pattern PYTHON = Pattern.compile(DOTTED + "(:" + DOTTED + ")?");

    /** The name of a file. A module may be named py, but a name that ends with .py is taken for a file. */
    private static final Pattern FILE = Pattern.compile("\\.py(:|$)");

    private ApplicationName() {}

    /**
     * The value of {@code gangway.application}: a name without a loader is a Python application.
     *
     * @param written the name as it was typed, for example {@code shop.wsgi:application}, {@code shop.wsgi} or {@code class:com.acme.Hello}
     * @param loaders the names of the loaders
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
                                ? "write the application's name after the colon"
                                : fix(written, colon)));
    }

    /** The fix for the common mistake, a path instead of a module. */
    private static String fix(String written, int colon) {
        String file = colon < 0 ? written : written.substring(0, colon);
        String callable = colon < 0 || colon == written.length() - 1 ? "" : written.substring(colon);
        String module =
                file.replaceFirst("^\\./", "").replaceFirst("\\.py$", "").replace('/', '.') + callable;
        return PYTHON.matcher(module).matches() ? "write " + module : "write the module as Python imports it";
    }

    /** The name as messages show it: without the loader if that is Python's. */
    static String shown(String setting) {
        return setting.startsWith("python:") ? setting.substring("python:".length()) : setting;
    }
}
