package io.gangway.python.supervisor;

import java.util.Locale;

/** Escapes text of an application for a log or a message, so that no part of it can look like another entry. */
public final class Printable {
    private static final String CONTINUATION = "\n    ";

    private Printable() {}

    /**
     * Escapes control characters, and indents all lines but the first.
     *
     * @param text anything
     * @return printable text with the same number of lines
     */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                printable.append(CONTINUATION);
            } else if (c == '\t' || !isControl(c)) {
                printable.append(c);
            } else {
                printable.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return printable.toString();
    }

    /** Line and paragraph separators end lines in some viewers; the bidirectional controls reorder what is shown. */
    private static boolean isControl(char c) {
        return Character.isISOControl(c) || (c >= '\u2028' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
    }
}
