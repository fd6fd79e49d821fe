package io.gangway.testing;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One {@code Set-Cookie} header, read as a browser reads it (RFC 6265, section 5.2).
 *
 * <p>{@link java.net.HttpCookie} is not used: it drops {@code SameSite}, removes quotes from values and refuses names that
 * browsers accept.
 *
 * @param name not empty
 * @param value as sent, quotes included
 * @param attributes by their names in lower case; of repeated attributes, the last one is kept. The value of a flag such as
 *     {@code HttpOnly} is empty
 */
public record ResponseCookie(String name, String value, Map<String, String> attributes) {
    /** Copies the attributes. */
    public ResponseCookie {
        attributes = Map.copyOf(attributes);
    }

    /** Empty if a browser would ignore the header. */
    static Optional<ResponseCookie> parse(String header) {
        String[] parts = header.split(";", -1);
        int equals = parts[0].indexOf('=');
        String name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            attributes.put(pair[0].strip().toLowerCase(Locale.ROOT), pair.length == 1 ? "" : pair[1].strip());
        }
        return Optional.of(
                new ResponseCookie(name, parts[0].substring(equals + 1).strip(), attributes));
    }

    /**
     * An attribute such as {@code Path}, {@code SameSite} or {@code HttpOnly}.
     *
     * @param attribute in any case
     * @return its value, which is an empty string for a flag; an empty Optional if the attribute is absent
     */
    public Optional<String> attribute(String attribute) {
        return Optional.ofNullable(attributes.get(attribute.toLowerCase(Locale.ROOT)));
    }
}
