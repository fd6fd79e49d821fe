package io.gangway.asgi;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What events refuse when they are made; the rest is checked where they are sent. */
final class EventRules {
    private static final int MIN_STATUS = 200;
    private static final int MAX_STATUS = 999;

    private EventRules() {}

    static <T> T present(@Nullable T value, String event, String part) {
        if (value == null) {
            throw new ApplicationViolation(
                    "A15", event, "a value for " + part, "null", "pass an empty value where there is nothing to say");
        }
        return value;
    }

    static void checkStatus(int status, String event) {
        if (status < MIN_STATUS || status > MAX_STATUS) {
            throw new ApplicationViolation(
                    "A16",
                    event,
                    "a final status, 200 to 599 (the server itself sends those below)",
                    Integer.toString(status),
                    "pass the status that answers the request");
        }
    }

    /** A copy; {@link List#copyOf} would say nothing about the rule. */
    static List<Header> checkedHeaders(@Nullable List<Header> headers, String event) {
        for (Header header : present(headers, event, "headers")) {
            present(header, event, "each header");
            checkName(header.name(), event);
            if (hasControlOrWideChar(header.value())) {
                throw new ApplicationViolation(
                        "A16",
                        event,
                        "a value of ISO-8859-1 characters without controls for header " + quote(header.name()),
                        quote(header.value()),
                        "encode what is not plain text, and never pass on line breaks from a request");
            }
        }
        return List.copyOf(headers);
    }

    /** RFC 9110, section 5.6.2: tokens. */
    private static void checkName(String name, String event) {
        boolean isToken = !name.isEmpty();
        for (int i = 0; isToken && i < name.length(); i++) {
            char c = name.charAt(i);
            isToken = c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
        if (!isToken) {
            throw new ApplicationViolation(
                    "A16",
                    event,
                    "a header name of letters, digits and !#$%&'*+-.^_`|~",
                    quote(name),
                    "name the header as RFC 9110, section 5.1, allows");
        }
    }

    private static boolean hasControlOrWideChar(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7f || c > 0xff) {
                return true;
            }
        }
        return false;
    }

    /** A33. */
    static void checkOneOf(@Nullable String text, byte @Nullable [] bytes, String event) {
        if ((text == null) == (bytes == null)) {
            throw new ApplicationViolation(
                    "A33",
                    event,
                    "either text or bytes",
                    text == null ? "neither" : "both",
                    "pass the one, and null for the other");
        }
    }
}
