package io.gangway.cli;

import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.config.SettingOptions;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Setting;
import io.gangway.servlet.ServletSettings;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of {@code gangway run}, for the parser and for the help. */
final class RunHelp {
    /** The options that {@code --help} shows, so that it fits a screen; {@code --help-all} shows all. */
    private static final Set<String> COMMON = Set.of(
            "bind", "port", "config", "access-log", "workers", "threads", "reload", "venv", "env", "development");

    /** Characters of the help's left column: --graceful-timeout=TIME fits. */
    private static final int OPTION_COLUMN = 24;

    static final String HELP = "--help";
    static final String HELP_ALL = "--help-all";

    static final String CHECK = "--check";
    static final String PRINT_CONFIG = "--print-config";

    private RunHelp() {}

    /** The command's options, for the parser and the completion. */
    static CommandSpec spec(String name, Callable<Integer> command, SettingOptions options) {
        CommandSpec spec = outline(name, command);
        withoutApplication(options).forEach(setting -> {
            spec.addOption(options.bare(setting));
            options.former(setting).forEach(spec::addOption);
        });
        return spec;
    }

    /** The common options, each with one sentence. */
    static CommandSpec specOfMostUsed(String name, SettingOptions options) {
        CommandSpec spec = outline(name, () -> 0);
        withoutApplication(options)
                .filter(setting -> COMMON.contains(setting.name()))
                .forEach(setting -> spec.addOption(options.summed(setting)));
        spec.usageMessage().footer("", "Each option can also be an environment variable, such as GANGWAY_WORKERS=4.");
        return spec;
    }

    private static Stream<Setting<?>> withoutApplication(SettingOptions options) {
        return options.settings().stream().filter(setting -> setting != CoreSettings.APPLICATION);
    }

    /** All options with their full meaning, grouped by the module that defines them. */
    static CommandSpec specOfAll(String name, SettingOptions options) {
        CommandSpec spec = outline(name, () -> 0);
        Set<Setting<?>> server = Set.copyOf(ServerSettings.all());
        Set<Setting<?>> core = new HashSet<>(CoreSettings.all());
        core.addAll(ServletSettings.webSockets());
        group(spec, "%nThe server:%n", options, server::contains);
        group(spec, "%nAny application:%n", options, core::contains);
        group(spec, "%nPython applications:%n", options, it -> !server.contains(it) && !core.contains(it));
        return spec;
    }

    private static void group(CommandSpec spec, String heading, SettingOptions options, Predicate<Setting<?>> belongs) {
        ArgGroupSpec.Builder group =
                ArgGroupSpec.builder().heading(heading).exclusive(false).validate(false);
        withoutApplication(options).filter(belongs).forEach(setting -> group.addArg(options.explained(setting)));
        spec.addArgGroup(group.build());
    }

    private static CommandSpec outline(String name, Callable<Integer> command) {
        boolean isRun = name.equals("run");
        CommandSpec spec = CommandSpec.wrapWithoutInspection(command)
                .name(name)
                .addPositional(CommandParts.application())
                .addOption(CommandParts.help())
                .addOption(OptionSpec.builder(HELP_ALL)
                        .arity("0")
                        .type(boolean.class)
                        .description("Show all options, with their full meaning.")
                        .build())
                .addOption(OptionSpec.builder(CHECK)
                        .arity("0")
                        .type(boolean.class)
                        .description("Load everything, say what would run, and end.")
                        .build())
                .addOption(OptionSpec.builder(PRINT_CONFIG)
                        .arity("0")
                        .type(boolean.class)
                        .description("Show each setting and its source, and end.")
                        .build());
        spec.usageMessage()
                .customSynopsis("gangway " + name + " [OPTION]... APP")
                .synopsisHeading("Usage: ")
                .description(
                        isRun
                                ? "Serves an application until Ctrl-C."
                                : "As run, for development: reload, tracebacks, the next free port.",
                        "",
                        "APP is a Python application, such as shop:app (module, colon, callable),",
                        "'shop:create_app()', deploy/shop.wsgi or paste:production.ini, or a Java one,",
                        "such as class:com.acme.Hello.",
                        "")
                .sortOptions(false)
                .longOptionsMaxWidth(OPTION_COLUMN)
                .abbreviateSynopsis(true);
        return spec;
    }
}
