package io.gangway.cli;

import io.gangway.cli.config.SettingOptions;
import io.gangway.cli.config.SettingSources;
import io.gangway.cli.doctor.Finding;
import io.gangway.cli.doctor.Finding.Status;
import io.gangway.cli.doctor.Machine;
import io.gangway.cli.doctor.PackageCheck;
import io.gangway.cli.doctor.WarCheck;
import io.gangway.cli.log.ConsoleLog;
import io.gangway.cli.log.LogFormat;
import io.gangway.cli.log.LogLevel;
import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Deployment;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.log.FileProblem;
import io.gangway.python.PythonSettings;
import io.gangway.python.bundle.Bundle;
import io.gangway.servlet.ServletSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code gangway doctor}: says what keeps a machine, an application or a WAR from running. */
final class DoctorCommand implements Callable<Integer> {
    private final PrintStream out;
    private final CommandSpec spec;
    private final List<Finding> findings = new ArrayList<>();

    DoctorCommand(PrintStream out) {
        this.out = out;
        spec = CommandSpec.wrapWithoutInspection(this)
                .name("doctor")
                .addPositional(CommandParts.application())
                .addOption(CommandParts.help())
                .addOption(OptionSpec.builder("--json")
                        .type(boolean.class)
                        .arity("0")
                        .description("Print the findings as JSON.")
                        .build());
        SettingOptions options = new SettingOptions(known(RunCommand.builtIn()));
        options.settings().stream()
                .filter(setting -> setting != CoreSettings.APPLICATION)
                .forEach(setting -> spec.addOption(
                        options.bare(setting).toBuilder().hidden(true).build()));
        spec.usageMessage()
                .customSynopsis("gangway doctor [OPTION]... [APP | FILE.war]")
                .synopsisHeading("Usage: ")
                .description(
                        "Says what keeps an application or a WAR from running, and the fix.",
                        "",
                        "It looks at this machine, starts the application once, and stops it. The options",
                        "of gangway run set its settings.",
                        "")
                .sortOptions(false)
                .abbreviateSynopsis(true);
    }

    CommandSpec spec() {
        return spec;
    }

    private static List<Setting<?>> known(ApplicationLoaders loaders) {
        return Stream.concat(RunCommand.settings(loaders).stream(), ServletSettings.all().stream())
                .<Setting<?>>map(setting -> setting)
                .distinct() // those of WebSockets are in both
                .toList();
    }

    @Override
    public Integer call() throws InterruptedException {
        ParseResult parsed = spec.commandLine().getParseResult();
        ConsoleLog.configure(LogLevel.WARNING, LogFormat.TEXT);
        String subject = parsed.matchedPositionalValue(0, "");
        if (subject.endsWith(".war")) {
            war(parsed, Path.of(subject));
        } else {
            examine(parsed, RunCommand.builtIn(), Optional.empty(), subject, Map.of());
        }
        if (parsed.matchedOptionValue("--json", false)) {
            out.println(Finding.json(findings));
        } else {
            findings.forEach(finding -> out.println(finding.text()));
        }
        boolean isWell = findings.stream().noneMatch(finding -> finding.status() == Status.PROBLEM);
        return (isWell ? ExitCode.STOPPED : ExitCode.PROBLEMS).number();
    }

    private void war(ParseResult parsed, Path file) throws InterruptedException {
        try {
            WarCheck check = WarCheck.of(file);
            URL[] place = {file.toUri().toURL()};
            try (URLClassLoader classes = new URLClassLoader(place, DoctorCommand.class.getClassLoader())) {
                examine(parsed, ApplicationLoaders.visibleTo(classes), Bundle.find(classes), "", check.settings());
            }
            findings.addAll(check.findings());
        } catch (IOException e) {
            findings.add(new Finding(
                    Status.PROBLEM,
                    "war",
                    file + " cannot be read: " + FileProblem.inWords(e),
                    "name a WAR, or build it with gangway war"));
        }
    }

    private void examine(
            ParseResult parsed,
            ApplicationLoaders loaders,
            Optional<Bundle> carried,
            String application,
            Map<String, String> inWar)
            throws InterruptedException {
        SettingOptions options = new SettingOptions(known(loaders));
        Settings settings;
        try {
            List<SettingSource> sources =
                    new ArrayList<>(SettingSources.ofThisProcess().with(options.source(parsed, application)));
            sources.add(SettingSource.contextParams(inWar));
            settings = Settings.resolve(known(loaders), sources);
            findings.addAll(Machine.findings(
                    carried.isPresent()
                            ? interpreter(options, settings, carried.get())
                            : Machine.interpreter(settings.get(PythonSettings.PYTHON))));
            if (inWar.isEmpty()) { // a WAR carries its own packages
                PackageCheck.of(settings.get(PythonSettings.PYTHON)).ifPresent(findings::add);
            }
        } catch (DeploymentException e) {
            findings.add(problem(options, "settings", e));
            return;
        }
        String set = settings.definitions().stream()
                .filter(setting -> settings.kind(setting).isPresent())
                .map(setting -> setting.key() + " (" + settings.origin(setting) + ")")
                .collect(Collectors.joining(", "));
        findings.add(new Finding(Status.OK, "settings", set.isEmpty() ? "all have their defaults" : set, ""));
        if (settings.find(CoreSettings.APPLICATION).isPresent()) {
            start(options, settings, loaders);
        }
    }

    private static Finding interpreter(SettingOptions options, Settings settings, Bundle carried)
            throws InterruptedException {
        try {
            return Machine.interpreter(carried.description(), PythonSettings.namedInterpreter(settings));
        } catch (DeploymentException e) {
            return problem(options, "interpreter", e);
        }
    }

    private void start(SettingOptions options, Settings settings, ApplicationLoaders loaders) {
        String name = settings.get(CoreSettings.APPLICATION);
        long began = System.nanoTime();
        try {
            boolean isAsgi;
            try (Deployment started = Deployment.start(settings, loaders)) {
                isAsgi = started.application() instanceof ExchangeApplication exchanges
                        && exchanges.webSockets().isPresent();
            }
            String time = (System.nanoTime() - began) / 1_000_000 + " ms";
            findings.add(new Finding(Status.OK, "application", name + " was loaded and stopped in " + time, ""));
            if (isAsgi && !name.startsWith("class:")) { // a Java function has no workers
                int workers = settings.get(PythonSettings.WORKERS);
                int concurrency = settings.get(PythonSettings.ASGI_CONCURRENCY);
                Machine.filesOfAsgi(workers, concurrency).ifPresent(findings::add);
                Machine.heapOfAsgi(workers, concurrency).ifPresent(findings::add);
            }
        } catch (DeploymentException e) {
            findings.add(problem(options, "application", e));
        }
    }

    private static Finding problem(SettingOptions options, String check, DeploymentException e) {
        String message = options.asOptions(String.valueOf(e.getMessage()));
        int fix = message.lastIndexOf(". Fix: ");
        return fix < 0
                ? new Finding(Status.PROBLEM, check, message, "")
                : new Finding(
                        Status.PROBLEM, check, message.substring(0, fix), message.substring(fix + ". Fix: ".length()));
    }
}
