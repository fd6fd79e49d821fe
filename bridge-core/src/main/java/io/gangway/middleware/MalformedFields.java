package io.gangway.middleware;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.log.Logs;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Logs malformed fields of trusted proxies, which are ignored: each field the first time at level WARNING, then at DEBUG. A client
 * that can write the field must not be able to fill the log.
 *
 * <p>Thread-safe.
 */
final class MalformedFields {
    private static final Logger LOG = Logs.named("io.gangway.middleware");

    /** Names of fields and parameters; they come from the code, so there are only a few. */
    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    /**
     * Reads a field.
     *
     * @param field its name for the log, for example {@code X-Forwarded-Proto}
     * @param text its text; null if the proxy did not send it
     * @param parser returns an empty Optional for a malformed text
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
                            + " trust it (gangway.trusted-headers). Further ones are logged at level DEBUG");
        }
    }
}
