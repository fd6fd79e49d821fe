package io.gangway.server;

/** Checked exceptions that pass through methods that do not declare them: an application's own exception reaches the log, and no wrapper of it. */
public final class Rethrown {
    private Rethrown() {}

    /**
     * Throws any exception undeclared.
     *
     * @param throwable thrown as it is
     * @return never; for {@code throw Rethrown.unchecked(e)}, by which the compiler knows that the code ends there
     */
    public static RuntimeException unchecked(Throwable throwable) {
        throw Rethrown.<RuntimeException>as(throwable);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T as(Throwable throwable) throws T {
        throw (T) throwable;
    }
}
