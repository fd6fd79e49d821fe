package io.gangway.wsgi;

import static java.util.Objects.requireNonNull;

/**
 * A response header: one name and one value, as sent.
 *
 * <p>Both are native strings: each char stands for one byte (ISO-8859-1). {@link StartResponse#start} checks the content,
 * because every response passes it.
 *
 * @param name a token (RFC 9110, section 5.6.2), in any case
 * @param value field content without control characters (RFC 9110, section 5.5); may be empty
 */
public record Header(String name, String value) {
    /** Checks that neither part is null. */
    public Header {
        requireNonNull(name, "name");
        requireNonNull(value, "value");
    }

    /**
     * Tells whether this header has the given name; case does not matter (RFC 9110, section 5.1).
     *
     * @param other a header name
     * @return whether the names are equal
     */
    public boolean is(String other) {
        return name.equalsIgnoreCase(other);
    }
}
