package io.gangway.deploy;

import static io.gangway.wsgi.RuleViolation.quote;

import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Texts that a JVM gives to the system: paths, arguments and environment variables. It encodes them in the charset of the locale that it was started in, often ASCII
 * in a service; no option of the JVM changes that for all of them.
 */
public final class NativeText {
    /** The first release that encodes arguments and variables in the same charset as paths, whatever the default charset (JEP 400). */
    private static final int ONE_CHARSET = 18;

    private NativeText() {}

    /**
     * Makes a path of a text.
     *
     * @param text not empty
     * @return the path
     * @throws DeploymentException if the locale has not all of its characters
     */
    public static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw refused(quote(text) + " cannot be used as a path", paths());
        }
    }

    /**
     * Checks that a text can be given to a process.
     *
     * @param what the text, for the message: the text itself may be a password
     * @param text an argument, or the text of a variable
     * @throws DeploymentException if the locale has not all of its characters
     */
    public static void check(String what, String text) {
        Charset charset =
                Runtime.version().feature() < ONE_CHARSET ? Charset.defaultCharset() : Charset.forName(paths());
        if (!charset.newEncoder().canEncode(text)) {
            throw refused(what + " cannot be given to the workers", charset.name());
        }
    }

    private static String paths() {
        return System.getProperty("sun.jnu.encoding", "UTF-8");
    }

    private static DeploymentException refused(String what, String charset) {
        return DeploymentException.ofSetting(what + ": the JVM was started in a locale whose charset is " + charset
                + ". Fix: start it with the environment variable LC_ALL=C.UTF-8");
    }
}
