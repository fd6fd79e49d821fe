package io.gangway.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.UnsupportedEncodingException;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** The log on standard error, in UTF-8 whatever the locale is. */
public final class ConsoleLog {
    private static final String OWN = "io.gangway";

    /** The records and the output of Python applications, whose own configuration of {@code logging} decides on levels. */
    private static final String WORKERS = "io.gangway.python.worker";

    /** Libraries whose INFO and DEBUG entries are left out: the start's own lines tell more. */
    private static final String JETTY = "org.eclipse.jetty";

    /** Classes of Jetty's that warn of each malformed request, with what the client has sent: anybody could fill the log. The access log has the request. */
    private static final List<String> MALFORMED =
            List.of("org.eclipse.jetty.http.HttpParser", "org.eclipse.jetty.util.HostPort");

    /** The loggers that are configured. Kept in a field, because java.util.logging holds them weakly. */
    private static final List<Logger> CONFIGURED = Stream.concat(Stream.of(OWN, WORKERS, JETTY), MALFORMED.stream())
            .map(Logger::getLogger)
            .toList();

    private ConsoleLog() {}

    /**
     * Configures the log, unless {@code java.util.logging.config.file} configures it. The level is about Gangway and the application: below INFO, libraries would
     * write more than can be read.
     */
    public static void configure(LogLevel level, LogFormat format) {
        if (System.getProperty("java.util.logging.config.file") != null) {
            return;
        }
        LogManager.getLogManager().reset();
        ConsoleHandler handler = new ConsoleHandler();
        handler.setFormatter(format.formatter());
        handler.setLevel(Level.ALL);
        try {
            handler.setEncoding(UTF_8.name());
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException(e); // every JVM has UTF-8
        }
        Logger root = Logger.getLogger("");
        root.addHandler(handler);
        root.setLevel(atLeast(Level.INFO, level));
        for (Logger logger : CONFIGURED) {
            logger.setLevel(
                    switch (logger.getName()) {
                        case JETTY -> atLeast(Level.WARNING, level);
                        case WORKERS -> level == LogLevel.INFO ? Level.ALL : level.level();
                        case OWN -> level.level();
                        default -> Level.SEVERE;
                    });
        }
    }

    private static Level atLeast(Level floor, LogLevel level) {
        return level.level().intValue() < floor.intValue() ? floor : level.level();
    }
}
