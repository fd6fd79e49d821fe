package io.gangway.cli;

/** What the command ends with. */
enum ExitCode {
    STOPPED(0, "stopped as asked, after requests under way had their time"),
    INTERNAL(1, "an error in Gangway"),
    USAGE(2, "a wrong option or setting"),
    NOT_LOADED(3, "the application could not be loaded"),
    NOT_LISTENING(4, "the address cannot be listened on"),
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
