package io.gangway.wsgi;

/**
 * A broken rule of the gateway interface. The message has the rule, the place, the expected and the found value, and the fix.
 *
 * <p>The subtype says whose fault it is: {@link ApplicationViolation} or {@link ServerViolation}. Values from
 * outside are quoted, their control characters are escaped, and they are cut to 120 characters, so the message can be logged as
 * it is.
 */
public abstract sealed class RuleViolation extends RuntimeException permits ApplicationViolation, ServerViolation {
    private static final long serialVersionUID = 1L;

    /** Characters of a quoted value that a message shows: enough to recognise it, too few to flood a log. */
    private static final int QUOTE_LIMIT = 120;

    private final String rule;

    RuleViolation(String rule, String where, String expected, String found, String fix) {
        super(rule + ", " + where + ": expected " + expected + "; found " + found + ". Fix: " + fix);
        this.rule = rule;
    }

    /**
     * The rule's number in {@code docs/wsgi.md}.
     *
     * @return for example {@code W51}
     */
    public final String rule() {
        return rule;
    }

    /**
     * Quotes a value for a message: in double quotes, control and non-ASCII characters escaped, cut after 120 characters.
     *
     * @param value any text; it may be hostile
     * @return printable ASCII
     */
    public static String quote(CharSequence value) {
        return Escapes.quoted(value, QUOTE_LIMIT);
    }
}
