package io.gangway.middleware;

import java.util.Locale;

/** Escapes text from outside for logs, JSON and HTML. */
final class Escapes {
    private Escapes() {}

    /**
     * For a line of an access log, as Apache httpd writes it: a backslash before quotes and backslashes, and {@code \xhh} for
     * each character that is not printable ASCII.
     *
     * @param quoted whether the text is put in double quotes; if not, spaces are escaped too, because a space begins a new field
     */
    static String logField(String text, boolean quoted) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if ((c > ' ' && c < 0x7f) || (c == ' ' && quoted)) {
                escaped.append(c);
            } else {
                escaped.append(String.format(Locale.ROOT, c <= 0xff ? "\\x%02x" : "\\u%04x", (int) c));
            }
        }
        return escaped.toString();
    }

    /** A JSON string with its quotes (RFC 8259, section 7); ASCII only, so that it reads the same in any charset. */
    static String json(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 8).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                escaped.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                escaped.append(c);
            } else {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return escaped.append('"').toString();
    }

    /** Text for HTML elements and quoted attributes. */
    static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
