package io.gangway.cli;

import java.io.PrintStream;

/** The end of the command because of an unexpected exception. */
final class Failure {
    private Failure() {}

    /** Prints the lines that a bug report needs. */
    static int internal(PrintStream err, Throwable problem) {
        err.println("gangway: an error in Gangway " + Version.gangway() + "; please report it with these lines:");
        problem.printStackTrace(err);
        return ExitCode.INTERNAL.number();
    }
}
