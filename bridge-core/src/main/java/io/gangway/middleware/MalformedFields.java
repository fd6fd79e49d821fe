package io.gangway.middleware;

import static io.gangway.wsgi.RuleViolation.quote;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Logs the fields of trusted proxies that are malformed, and so ignored: each field once as a warning, later ones at debug. A
 * client that can write the field decides how often that is, and must not be able to fill the log.
 *
 * <p>Thread-safe.
 */
final class MalformedFields {
    private static final Logger LOG = System.getLogger("io.gangway.middleware");

    /** Names of fields and parameters in the code, so there are a few. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /**
     * Reads a field.
     *
     * @param field its name for the log, such as {@code X-Forwarded-Proto}
     * @param text its text; null if the proxy did not send it
     * @param parser finds nothing in a malformed text
     * @param expected what the text should be, as the object of "expected"
     * @param peer the proxy's address
     * @return null if there is no such field, or it is malformed
     */
    <T> @Nullable T read(
            String field, @Nullable String text, Function<String, Optional<T>> parser, String expected, String peer) {
        if (text == null) {
            return null;
        }
        Optional<T> value = parser.apply(text);
        if (value.isEmpty()) {
            report(field, text, expected, peer);
        }
        return value.orElse(null);
    }

    private void report(String field, String text, String expected, String peer) {
        Level level = warned.add(field) ? Level.WARNING : Level.DEBUG;
        if (LOG.isLoggable(level)) {
            LOG.log(
                    level,
                    field + " in a request from the trusted proxy " + peer + " is ignored: expected " + expected
                            + "; found "
                            + quote(text)
                            + ". Fix: let the proxy set or overwrite the field on every request, or do not"
                            + " trust it (gangway.trusted-headers). More of them are logged at level DEBUG");
        }
    }
}
