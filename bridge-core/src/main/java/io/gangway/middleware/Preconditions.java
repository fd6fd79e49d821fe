package io.gangway.middleware;

import io.gangway.wsgi.Environ;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request's conditions on the file that it gets (RFC 9110, section 13).
 *
 * @param etag the file's entity tag, strong, with its quotes
 * @param lastModified to the second, not in the future
 */
record Preconditions(String etag, Instant lastModified) {
    /** The result of the conditions for a GET or HEAD that would succeed without them. */
    enum Result {
        PROCEED,
        NOT_MODIFIED,
        FAILED
    }

    private static final Pattern ENTITY_TAG = Pattern.compile("(W/)?(\"[!#-~\\x80-\\xff]*+\")");

    /** A file may change again within the second that its date names (RFC 9110, section 8.8.2.2). */
    private static final Duration SETTLED = Duration.ofSeconds(1);

    /** Evaluates the conditions in the order of RFC 9110, section 13.2.2, steps 1 to 4. */
    Result evaluate(Environ environ) {
        Optional<String> ifMatch = environ.header("If-Match");
        if (ifMatch.isPresent()) {
            if (!isListed(ifMatch.get(), true)) {
                return Result.FAILED;
            }
        } else if (date(environ, "If-Unmodified-Since")
                .filter(lastModified::isAfter)
                .isPresent()) {
            return Result.FAILED;
        }
        Optional<String> ifNoneMatch = environ.header("If-None-Match");
        boolean known = ifNoneMatch.isPresent()
                ? isListed(ifNoneMatch.get(), false)
                : date(environ, "If-Modified-Since")
                        .filter(date -> !lastModified.isAfter(date))
                        .isPresent();
        return known ? Result.NOT_MODIFIED : Result.PROCEED;
    }

    /** Step 5: whether a Range applies, because there is no If-Range or it matches this version of the file (section 13.1.5). */
    boolean allowsRange(Environ environ, Instant now) {
        Optional<String> ifRange = environ.header("If-Range");
        if (ifRange.isEmpty()) {
            return true;
        }
        if (ifRange.get().indexOf('"') >= 0) {
            return ifRange.get().equals(etag);
        }
        boolean settled = !lastModified.plus(SETTLED).isAfter(now);
        return settled
                && HttpDates.parse(ifRange.get()).filter(lastModified::equals).isPresent();
    }

    private boolean isListed(String header, boolean strongly) {
        if (header.strip().equals("*")) {
            return true;
        }
        for (Matcher tag = ENTITY_TAG.matcher(header); tag.find(); ) {
            boolean weak = tag.group(1) != null;
            if (tag.group(2).equals(etag) && !(strongly && weak)) {
                return true;
            }
        }
        return false;
    }

    private static Optional<Instant> date(Environ environ, String name) {
        return environ.header(name).flatMap(HttpDates::parse);
    }
}
