package io.gangway.cli;

import io.gangway.wsgi.Escapes;
import java.util.Arrays;
import java.util.Optional;

/**
 * Detects arguments that the JVM could not read: it decodes them, and all paths, in the charset of the locale, and no option of the JVM changes that. The
 * gangway script sets a UTF-8 locale; {@code java -jar} does not.
 */
final class Locales {
    private static final char REPLACEMENT = '\ufffd';

    private Locales() {}

    /** A message that names the first argument that was not read correctly. */
    static Optional<String> garbled(String[] arguments) {
        return garbled(arguments, System.getProperty("sun.jnu.encoding", "UTF-8"));
    }

    static Optional<String> garbled(String[] arguments, String charset) {
        if (charset.equalsIgnoreCase("UTF-8")) {
            return Optional.empty();
        }
        return Arrays.stream(arguments)
                .filter(argument -> argument.indexOf(REPLACEMENT) >= 0)
                .findFirst()
                .map(
                        argument -> "the argument " + Escapes.quoted(argument, 200)
                                + " has characters that Java cannot read: the locale's charset is " + charset
                                + ". Fix: set the environment variable LC_ALL to C.UTF-8, or start the gangway script, which does");
    }
}
