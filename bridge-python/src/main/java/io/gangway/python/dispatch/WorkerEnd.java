package io.gangway.python.dispatch;

import java.util.Locale;

/**
 * How a worker's process ended.
 *
 * @param isSignal whether a signal ended it
 * @param number the signal's number, or the exit status; negative if it is not known
 */
public record WorkerEnd(boolean isSignal, int number) {
    /** The process is gone, and the launcher, which alone could tell how it ended, did not tell or is gone too. */
    public static final WorkerEnd UNKNOWN = new WorkerEnd(false, -1);

    private static final int SIGABRT = 6;
    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;

    /**
     * The end in words.
     *
     * @return for example {@code was killed by signal 9 (SIGKILL: …)} or {@code exited with status 3}
     */
    public String inWords() {
        if (number < 0) {
            return "ended in an unknown way";
        }
        if (!isSignal) {
            return "exited with status " + number;
        }
        return String.format(
                Locale.ROOT,
                "was killed by signal %d%s",
                number,
                switch (number) {
                    case SIGKILL ->
                        " (SIGKILL: a person or program killed it, or the kernel, because memory was short)";
                    case SIGSEGV -> " (SIGSEGV: a crash in native code; its stacks are in the log above)";
                    case SIGABRT -> " (SIGABRT; its stacks are in the log above)";
                    default -> "";
                });
    }
}
