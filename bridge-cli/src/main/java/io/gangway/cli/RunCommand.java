package io.gangway.cli;

import io.gangway.cli.config.ClassPath;
import io.gangway.cli.config.PrintedConfig;
import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.config.SettingOptions;
import io.gangway.cli.config.SettingSources;
import io.gangway.cli.log.ConsoleLog;
import io.gangway.cli.server.AccessLogTarget;
import io.gangway.cli.server.Activation;
import io.gangway.cli.server.Addresses;
import io.gangway.cli.server.Signals;
import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.DeploymentException.Reason;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.ServletSettings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code gangway run} and {@code gangway dev}: resolves the settings, and starts the server and the application. */
final class RunCommand implements Callable<Integer> {
    /** The two commands: dev is run with other defaults. */
    enum Mode {
        RUN,
        DEV;

        String command() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Mode mode;
    private final PrintStream out;
    private final PrintStream err;
    private final CommandSpec spec;

    RunCommand(Mode mode, PrintStream out, PrintStream err) {
        this.mode = mode;
        this.out = out;
        this.err = err;
        this.spec = RunHelp.spec(mode.command(), this, options());
    }

    /** The command's options, with its defaults. */
    SettingOptions options() {
        return new SettingOptions(settings(builtIn()), mode == Mode.DEV ? DevDefaults.all() : RunDefaults.all());
    }

    CommandSpec spec() {
        return spec;
    }

    static ApplicationLoaders builtIn() {
        return ApplicationLoaders.visibleTo(RunCommand.class.getClassLoader());
    }

    /** The server's settings, then the application's; its name is no option. */
    static List<Setting<?>> settings(ApplicationLoaders loaders) {
        List<Setting<?>> settings = new ArrayList<>(ServerSettings.all());
        settings.addAll(loaders.settings());
        settings.addAll(ServletSettings.webSockets());
        return settings;
    }

    @Override
    public Integer call() {
        ParseResult parsed = spec.commandLine().getParseResult();
        ApplicationLoaders known = builtIn();
        SettingOptions options = new SettingOptions(settings(known));
        SettingSource commandLine = options.source(parsed, parsed.matchedPositionalValue(0, ""));
        Plan plan;
        AccessLogTarget accessLog;
        try {
            plan = plan(commandLine);
            if (parsed.hasMatchedOption(RunHelp.PRINT_CONFIG)) {
                out.print(PrintedConfig.of(plan.settings()));
                out.flush();
                return ExitCode.STOPPED.number();
            }
            if (plan.settings().find(CoreSettings.APPLICATION).isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "expected an application. Fix: name one, as in: gangway " + mode.command()
                                + " shop.wsgi:application");
            }
            accessLog = AccessLogTarget.open(plan.settings(), out);
        } catch (DeploymentException e) {
            return fail(options, e, ExitCode.USAGE);
        }
        ConsoleLog.configure(
                plan.settings().get(ServerSettings.LOG_LEVEL), plan.settings().get(ServerSettings.LOG_FORMAT));
        return serve(options, plan, accessLog, parsed.hasMatchedOption(RunHelp.CHECK));
    }

    /** Finds all sources first, then the class path, then the settings: each names what the next one needs. */
    private Plan plan(SettingSource commandLine) {
        SettingSources places = SettingSources.ofThisProcess();
        boolean isDev = mode == Mode.DEV;
        List<SettingSource> sources =
                new ArrayList<>(places.with(isDev ? DevDefaults.addTo(commandLine, places.port()) : commandLine));
        sources.add(ExecutableWar.settings(settings(builtIn())));
        if (!isDev) {
            sources.add(RunDefaults.source());
        }
        ApplicationLoaders loaders = ApplicationLoaders.visibleTo(ClassPath.of(sources));
        Settings settings = Settings.resolve(settings(loaders), sources);
        boolean isAnyPort =
                isDev && !DevDefaults.namesAddress(commandLine) && places.port().isEmpty();
        Addresses addresses = Activation.bind(
                        places.environment(), ProcessHandle.current().pid())
                .map(Addresses::inherited)
                .orElseGet(() -> Addresses.of(settings));
        return new Plan(settings, loaders, isAnyPort ? addresses.orNext(DevDefaults.FURTHER_PORTS) : addresses);
    }

    private int serve(SettingOptions options, Plan plan, AccessLogTarget accessLog, boolean isCheck) {
        Signals signals = Signals.install();
        try {
            return isCheck
                    ? new Check(plan, accessLog, out).run()
                    : new Serving(plan, accessLog, signals, out, err).run();
        } catch (DeploymentException e) {
            ExitCode code = e.reason() == Reason.SETTING ? ExitCode.USAGE : ExitCode.NOT_LOADED;
            return signals.exitCode().orElseGet(() -> fail(options, e, code));
        }
    }

    private int fail(SettingOptions options, DeploymentException problem, ExitCode code) {
        err.println("gangway: " + options.asOptions(String.valueOf(problem.getMessage())));
        if (problem.getCause() != null) {
            problem.getCause().printStackTrace(err);
        }
        return code.number();
    }
}
