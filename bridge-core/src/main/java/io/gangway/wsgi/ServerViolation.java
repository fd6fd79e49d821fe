package io.gangway.wsgi;

/** A rule broken by the server, or by a middleware in its place; found by the linter. */
public final class ServerViolation extends RuleViolation {
    private static final long serialVersionUID = 1L;

    /**
     * Says what the server did wrong.
     *
     * @param rule the rule's number, such as {@code W12}
     * @param where the place, such as {@code environ}
     * @param expected what the rule asks for
     * @param found what came instead; values quoted with {@link #quote}
     * @param fix what the server's or the middleware's author should do
     */
    public ServerViolation(String rule, String where, String expected, String found, String fix) {
        super(rule, where, expected, found, fix);
    }
}
