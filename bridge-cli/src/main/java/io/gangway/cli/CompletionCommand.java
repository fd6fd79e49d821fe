package io.gangway.cli;

import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** {@code gangway completion}: prints a script for the tab key. */
final class CompletionCommand implements Runnable {
    /** The shells that the script works in: in zsh it turns the emulation of bash's completion on. */
    private static final List<String> SHELLS = List.of("bash", "zsh");

    private final PrintStream out;
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    CompletionCommand(PrintStream out) {
        this.out = out;
        spec.name("completion")
                .addPositional(PositionalParamSpec.builder()
                        .paramLabel("bash|zsh")
                        .index("0")
                        .arity("0..1")
                        .type(String.class)
                        .completionCandidates(SHELLS)
                        .description("The shell.")
                        .build())
                .addOption(CommandParts.help());
        spec.usageMessage()
                .customSynopsis("gangway completion bash|zsh")
                .description(
                        "Prints a script that completes words with the tab key.",
                        "",
                        "For this shell:  source <(gangway completion bash)",
                        "For new ones:    add that line to ~/.bashrc or ~/.zshrc",
                        "");
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public void run() {
        CommandLine self = spec.commandLine();
        if (!SHELLS.contains(self.getParseResult().matchedPositionalValue(0, ""))) {
            throw new ParameterException(self, "expected a shell. Fix: write bash or zsh");
        }
        out.print(CompletionScript.of(self.getParent()));
        out.flush();
    }
}
