package io.gangway.middleware;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a {@code Forwarded} header (RFC 7239, section 4), last first.
 *
 * <p>They are split off from the right, because a client can write the left part: a quote that it leaves open there must not
 * hide the elements that the trusted proxy appended.
 */
final class ForwardedElements {
    /** Maximum characters in an element: four host names of 253 characters. */
    private static final int MAX_ELEMENT = 1024;

    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]+";
    /** {@code name=value}, the value a token or a quoted string (RFC 9110, section 5.6.4), then a semicolon or the end. */
    private static final Pattern PAIR = Pattern.compile("(" + TOKEN + ")=(?:(" + TOKEN
            + ")|\"((?:[^\"\\\\\\p{Cntrl}]|\\\\[^\\p{Cntrl}])*+)\")[ \\t]*(?:;[ \\t]*|$)");

    private final String header;
    private int end;

    ForwardedElements(String header) {
        this.header = header;
        this.end = header.length();
    }

    /** The next element to the left; null if there is none. */
    @Nullable
    String previous() {
        while (end > 0) {
            int comma = commaBefore(end);
            String element = header.substring(comma + 1, end).strip();
            end = comma;
            if (!element.isEmpty()) { // RFC 9110, section 5.6.1.2: empty elements are ignored
                return element;
            }
        }
        return null;
    }

    /**
     * Reads the pairs of an element.
     *
     * @return values by name in lower case; empty if the element is malformed, too long, or has a name twice
     */
    static Optional<Map<String, String>> pairs(String element) {
        if (element.length() > MAX_ELEMENT) {
            return Optional.empty();
        }
        Map<String, String> pairs = new HashMap<>();
        Matcher pair = PAIR.matcher(element);
        int position = 0;
        while (position < element.length()) {
            pair.region(position, element.length());
            if (!pair.lookingAt()) {
                return Optional.empty();
            }
            String value = pair.group(2) != null ? pair.group(2) : pair.group(3).replaceAll("\\\\(.)", "$1");
            if (pairs.put(pair.group(1).toLowerCase(Locale.ROOT), value) != null) {
                return Optional.empty();
            }
            position = pair.end();
        }
        return Optional.of(pairs);
    }

    private int commaBefore(int position) {
        boolean quoted = false;
        for (int i = position - 1; i >= 0; i--) {
            char c = header.charAt(i);
            if (c == '"' && (!quoted || !isEscaped(i))) {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                return i;
            }
        }
        return -1;
    }

    /** Whether an odd number of backslashes stands before a character. */
    private boolean isEscaped(int position) {
        int first = position;
        while (first > 0 && header.charAt(first - 1) == '\\') {
            first--;
        }
        return (position - first) % 2 == 1;
    }
}
