package io.gangway.cli;

import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What several commands have. */
final class CommandParts {
    private CommandParts() {}

    /** The application's name; a command says itself if it needs one. */
    static PositionalParamSpec application() {
        return PositionalParamSpec.builder()
                .paramLabel("APP")
                .index("0")
                .arity("0..1")
                .type(String.class)
                .hidden(true)
                .build();
    }

    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this.")
                .build();
    }
}
