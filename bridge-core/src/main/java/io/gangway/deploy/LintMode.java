package io.gangway.deploy;

/** What is done about broken rules between server and application: the values of {@code gangway.lint}. */
public enum LintMode {
    /** Nothing beyond what the server has to check to be safe. */
    OFF,
    /** They are logged, and the request goes on. */
    LOG,
    /** The request fails where the rule was broken. */
    FAIL
}
