package io.gangway.cli;

import java.io.PrintStream;

/** The end for a reason that nobody foresaw. */
final class Failure {
    private Failure() {}

    /** Tells what is needed to report it. */
    static int internal(PrintStream err, Throwable problem) {
        err.println("gangway: an error in Gangway " + Version.gangway() + "; please report it with these lines:");
        problem.printStackTrace(err);
        return ExitCode.INTERNAL.number();
    }
}
