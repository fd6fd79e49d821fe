package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.cli.RunCommand.Mode;
import io.gangway.cli.config.SettingOptions;
import io.gangway.deploy.Nearest;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code gangway} command. */
public final class Gangway {
    private final PrintStream out;
    private final PrintStream err;
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection((Runnable) this::nothingSaid);
    private final CommandLine commandLine;

    /** What was written, for messages. */
    private List<String> arguments = List.of();

    Gangway(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        spec.name("gangway")
                .versionProvider(new Version())
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .description("Show this.")
                        .build())
                .addOption(OptionSpec.builder("-V", "--version")
                        .versionHelp(true)
                        .description("Show the version.")
                        .build())
                .addSubcommand("run", new RunCommand(Mode.RUN, out, err).spec())
                .addSubcommand("dev", new RunCommand(Mode.DEV, out, err).spec())
                .addSubcommand("war", new WarCommand(out, err).spec())
                .addSubcommand("doctor", new DoctorCommand(out).spec())
                .addSubcommand("completion", new CompletionCommand(out).spec());
        spec.usageMessage()
                .customSynopsis("gangway COMMAND [OPTION]...")
                .description("WSGI and ASGI applications, Python's and Java's, in an embedded Jetty.", "")
                .commandListHeading("%nCommands:%n")
                .footer(footer());
        commandLine = new CommandLine(spec)
                .setOut(new PrintWriter(out, true, UTF_8))
                .setErr(new PrintWriter(err, true, UTF_8))
                .setExecutionStrategy(this::execute)
                .setParameterExceptionHandler((problem, arguments) -> wrong(problem))
                .setExecutionExceptionHandler((problem, command, parsed) -> Failure.internal(err, problem));
    }

    /**
     * Runs the command of the arguments, and ends the JVM with its exit code.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
        int code = ExitCode.INTERNAL.number();
        try {
            Gangway gangway = new Gangway(System.out, System.err);
            code = gangway.run(ExecutableWar.arguments(
                    args, gangway.commandLine.getSubcommands().keySet()));
        } catch (LinkageError e) {
            System.err.println(
                    "gangway: the stop is not clean, because a class is missing: " + e.getMessage()
                            + ". Was the jar overwritten while it ran? Fix: rename a new jar to its name (mv), which leaves the running one as it is");
        }
        System.exit(code); // whatever threads there still are
    }

    /** Output is UTF-8 whatever the locale is: applications write any text, and a service has often no locale. */
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, UTF_8);
    }

    int run(String... args) {
        Optional<String> garbled = Locales.garbled(args);
        if (garbled.isPresent()) {
            err.println("gangway: " + garbled.get());
            return ExitCode.USAGE.number();
        }
        arguments = List.of(args);
        return commandLine.execute(args);
    }

    CommandLine commandLine() {
        return commandLine;
    }

    private static String[] footer() {
        List<String> footer = new ArrayList<>(List.of(
                "",
                "Examples:",
                "  gangway dev shop.wsgi:application",
                "  gangway run shop.wsgi:application --bind :8000 --workers 4 --venv .venv",
                "  gangway run class:com.acme.Hello --class-path target/classes",
                "  gangway war shop.wsgi:application -o shop.war --requirements requirements.txt",
                "",
                "Exit codes:"));
        Arrays.stream(ExitCode.values())
                .map(code -> String.format("  %-4d %s", code.number(), code.meaning()))
                .forEach(footer::add);
        return footer.toArray(String[]::new);
    }

    private void nothingSaid() {
        throw new ParameterException(
                spec.commandLine(), "expected a command. Fix: name one, as in: gangway run shop.wsgi:application");
    }

    private int execute(ParseResult parsed) {
        ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
        if (command.commandSpec().userObject() instanceof RunCommand serving) {
            if (command.hasMatchedOption(RunHelp.HELP)) {
                return help(command, serving, RunHelp::specOfMostUsed);
            }
            if (command.hasMatchedOption(RunHelp.HELP_ALL)) {
                return help(command, serving, RunHelp::specOfAll);
            }
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private int help(ParseResult command, RunCommand serving, BiFunction<String, SettingOptions, CommandSpec> spec) {
        new CommandLine(spec.apply(command.commandSpec().name(), serving.options())).usage(out);
        return ExitCode.STOPPED.number();
    }

    /** Prints a line with the problem, and a line with the help's command. */
    private int wrong(ParameterException problem) {
        String command = problem.getCommandLine().getCommandSpec().qualifiedName();
        err.println(command + ": " + message(problem));
        err.println("See " + command + " --help");
        return ExitCode.USAGE.number();
    }

    private String message(ParameterException problem) {
        if (!(problem instanceof UnmatchedArgumentException unmatched)) {
            return String.valueOf(problem.getMessage());
        }
        String found = unmatched.getUnmatched().get(0);
        CommandSpec command = problem.getCommandLine().getCommandSpec();
        if (unmatched.isUnknownOption() && command.findOption("-" + found) != null) {
            return "there is no option " + found + "; did you mean -" + found + "?"; // and not -p with the value ort
        }
        if (unmatched.isUnknownOption() && command != spec && spec.findOption(found) != null) {
            return "there is no option " + found + ". Fix: write " + spec.name() + " " + found;
        }
        Optional<String> hint = unmatched.isUnknownOption() ? OtherServers.hint(found) : Optional.empty();
        if (hint.isPresent()) {
            return "there is no option " + found + ". Fix: " + hint.get();
        }
        if (unmatched.isUnknownOption()) {
            return "there is no option " + found
                    + nearestOption(found, command)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("");
        }
        Set<String> commands = command.subcommands().keySet();
        return commands.isEmpty()
                ? "expected one argument; found also '" + found + "'. Fix: "
                        + detached(command).orElse("remove it")
                : "there is no command '" + found + "'"
                        + Nearest.to(found, commands)
                                .map(near -> "; did you mean " + near + "?")
                                .orElseGet(() -> ". Fix: write " + String.join(" or ", commands));
    }

    /** Compares without dashes, because all names share them. A single letter is no misspelt one. */
    private static Optional<String> nearestOption(String written, CommandSpec command) {
        Map<String, String> names = new HashMap<>();
        command.options().stream()
                .filter(option -> !option.hidden())
                .map(OptionSpec::longestName)
                .forEach(name -> names.put(withoutDashes(name), name));
        String name = withoutDashes(written.split("=", 2)[0]);
        return name.length() == 1
                ? Optional.empty()
                : Nearest.to(name, names.keySet()).map(names::get);
    }

    private static String withoutDashes(String option) {
        return option.replaceFirst("^-+", "");
    }

    /** What to do if a word was meant as the value of the option before it, which takes one only after an equals sign. */
    private Optional<String> detached(CommandSpec command) {
        for (int i = 1; i < arguments.size(); i++) {
            OptionSpec before = command.findOption(arguments.get(i - 1));
            if (before != null
                    && before.arity().max() == 1
                    && before.arity().min() == 0
                    && !arguments.get(i).startsWith("-")) {
                return Optional.of(
                        "write " + arguments.get(i - 1) + "=" + arguments.get(i) + " if that was meant, or remove it");
            }
        }
        return Optional.empty();
    }
}
