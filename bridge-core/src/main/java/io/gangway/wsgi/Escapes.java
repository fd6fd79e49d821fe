package io.gangway.wsgi;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Escapes text from outside for logs, messages, JSON and HTML: all text that a client or an application can choose passes through here on its way
 * to a person's screen.
 *
 * <p>Text that needs no escape is returned as it is.
 */
public final class Escapes {
    private static final HexFormat HEX = HexFormat.of();

    /** Tells entries of a log from the further lines of one. */
    private static final String CONTINUATION = "\n    ";

    private Escapes() {}

    /** Gives what takes the place of a character; null if it stays. */
    @FunctionalInterface
    private interface Escape {
        @Nullable
        String of(char c);
    }

    /**
     * For an entry of a log: no part of it can begin another entry, move a terminal's cursor or reorder what is shown.
     *
     * @param text anything
     * @return one line, with control characters but tabs as {@code \\uhhhh}
     */
    public static String line(String text) {
        return escape(text, c -> c == '\t' || !isControl(c) ? null : unicode(c));
    }

    /**
     * As {@link #line}, for text of several lines: all but the first are indented.
     *
     * @param text anything
     * @return the same number of lines
     */
    public static String lines(String text) {
        return escape(text, c -> c == '\n' ? CONTINUATION : c == '\t' || !isControl(c) ? null : unicode(c));
    }

    /**
     * What an entry of a log about something begins with, for example about a deployment, because the applications of a container share its log.
     *
     * @param name of what it is about; may be empty
     * @return for example {@code [/shop] }; empty without a name
     */
    public static String label(String name) {
        return name.isEmpty() ? "" : "[" + line(name) + "] ";
    }

    /**
     * For a terminal or a file that one looks at there, of text whose lines are wanted: its other control characters are as in {@link #line}.
     *
     * @param text anything
     * @return the same number of lines
     */
    public static String shown(String text) {
        return escape(text, c -> c == '\n' || c == '\t' || !isControl(c) ? null : unicode(c));
    }

    /** Line and paragraph separators end lines in some viewers; the bidirectional controls reorder what is shown. */
    private static boolean isControl(char c) {
        return Character.isISOControl(c) || (c >= '\u2028' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
    }

    /**
     * For a message: in double quotes, printable ASCII.
     *
     * @param text anything
     * @param limit characters that are shown; the number of the others is told
     * @return a text of at most six times as many characters
     */
    public static String quoted(CharSequence text, int limit) {
        int shown = Math.min(text.length(), limit);
        String quoted = '"'
                + escape(text.subSequence(0, shown).toString(), c -> switch (c) {
                    case '\r' -> "\\r";
                    case '\n' -> "\\n";
                    case '\t' -> "\\t";
                    default -> asciiString(c);
                })
                + '"';
        return shown == text.length() ? quoted : quoted + " and " + (text.length() - shown) + " more characters";
    }

    /**
     * For a line of an access log, as Apache httpd writes it: a backslash before quotes and backslashes, and {@code \xhh} for
     * each character that is not printable ASCII.
     *
     * @param text anything
     * @param isQuoted whether the text is put in double quotes; if not, spaces are escaped too, because a space begins a new field
     * @return printable ASCII
     */
    public static String logField(String text, boolean isQuoted) {
        return escape(text, c -> {
            if (c == ' ' && !isQuoted) {
                return "\\x20";
            }
            boolean isByte = c <= 0xff && (c < ' ' || c >= 0x7f);
            return isByte ? "\\x" + HEX.toHexDigits((byte) c) : asciiString(c);
        });
    }

    /**
     * A JSON string with its quotes (RFC 8259, section 7); ASCII only, so that it reads the same in any charset.
     *
     * @param text anything
     * @return a JSON value
     */
    public static String json(String text) {
        return '"' + escape(text, Escapes::asciiString) + '"';
    }

    /**
     * For HTML's elements and quoted attributes.
     *
     * @param text anything
     * @return text without markup
     */
    public static String html(String text) {
        return escape(text, c -> switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            default -> null;
        });
    }

    /** Within double quotes. */
    private static @Nullable String asciiString(char c) {
        if (c == '"' || c == '\\') {
            return "\\" + c;
        }
        return c >= ' ' && c < 0x7f ? null : unicode(c);
    }

    private static String unicode(char c) {
        return "\\u" + HEX.toHexDigits(c);
    }

    private static String escape(String text, Escape escape) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String replaced = escape.of(c);
            if (replaced != null) {
                if (escaped == null) {
                    escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
                }
                escaped.append(replaced);
            } else if (escaped != null) {
                escaped.append(c);
            }
        }
        return escaped == null ? text : escaped.toString();
    }
}
