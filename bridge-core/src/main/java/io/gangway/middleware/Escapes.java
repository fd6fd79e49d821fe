package io.gangway.middleware;

import java.util.Locale;

/** Makes text that came from outside harmless where it is put. */
final class Escapes {
    private Escapes() {}

    /**
     * For a line of an access log, as Apache httpd writes it: quotes and backslashes behind a backslash, all that is not
     * printable ASCII as {@code \xhh}.
     *
     * @param quoted whether the text will stand in double quotes; where not, a space would begin a new field
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

    /** A JSON string with its quotes (RFC 8259, section 7); ASCII alone, so that no reader's charset matters. */
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

    /** Text for HTML, in elements and in quoted attributes. */
    static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
