package io.gangway.wsgi;

/** A rule broken by the application, or by a middleware in its place; the server answers 500 or breaks the response off (W68). */
public final class ApplicationViolation extends RuleViolation {
    private static final long serialVersionUID = 1L;

    /**
     * Says what the application did wrong.
     *
     * @param rule the rule's number, such as {@code W51}
     * @param where the place, such as {@code start_response}
     * @param expected what the rule asks for
     * @param found what came instead; values quoted with {@link #quote}
     * @param fix what the application's author should do
     */
    public ApplicationViolation(String rule, String where, String expected, String found, String fix) {
        super(rule, where, expected, found, fix);
    }
}
