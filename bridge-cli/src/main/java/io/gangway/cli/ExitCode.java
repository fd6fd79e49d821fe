package io.gangway.cli;

/** The exit codes of the command. */
enum ExitCode {
    STOPPED(0, "stopped by a signal, after the requests in progress had their time"),
    INTERNAL(1, "an error in Gangway"),
    USAGE(2, "a wrong option or setting"),
    NOT_LOADED(3, "the application could not be loaded; or the heap is exhausted"),
    NOT_LISTENING(4, "the server cannot listen on the address"),
    NOT_BUILT(5, "`gangway war` could not build the file"),
    PROBLEMS(6, "`gangway doctor` found a problem"),
    INTERRUPTED(130, "stopped at once, by a second Ctrl-C (143: TERM)");

    private final int number;
    private final String meaning;

    ExitCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    int number() {
        return number;
    }

    String meaning() {
        return meaning;
    }
}
