package io.gangway.log;

import java.lang.System.Logger;

/**
 * Gives loggers whose entries show the logger's name.
 *
 * <p>They write to the JVM's platform log, {@link System.Logger}. Where java.util.logging is behind it, as in Tomcat, most formatters show the class that
 * called the logger instead of the logger's name, which is the name that an operator can configure. So entries name the logger in the place of the class.
 */
public final class Logs {
    private static final boolean IS_JUL = "java.logging"
            .equals(System.LoggerFinder.getLoggerFinder().getClass().getModule().getName());

    private Logs() {}

    /**
     * A logger.
     *
     * @param name of the logger, for example {@code io.gangway.servlet}
     * @return it; for all threads
     */
    public static Logger named(String name) {
        return IS_JUL ? new JulLogger(name) : System.getLogger(name);
    }
}
