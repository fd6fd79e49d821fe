package io.gangway.cli;

import static java.util.stream.Collectors.toSet;

import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.DeploymentException.Reason;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import java.io.PrintStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code gangway run}: resolves the settings, and starts the server and the application. */
final class RunCommand implements Callable<Integer> {
    private static final String EXAMPLE = "gangway run shop.wsgi:application";

    private final PrintStream out;
    private final PrintStream err;
    private final CommandSpec spec;

    RunCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        this.spec = RunHelp.spec(this, new SettingOptions(settings(builtIn())));
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
        return settings;
    }

    @Override
    public Integer call() {
        ParseResult parsed = spec.commandLine().getParseResult();
        ApplicationLoaders known = builtIn();
        SettingOptions options = new SettingOptions(settings(known));
        List<SettingSource> sources = List.of(
                options.source(parsed, application(parsed)),
                SettingSource.systemProperties(),
                SettingSource.environment());
        ApplicationLoaders loaders;
        Settings settings;
        AccessLogTarget accessLog;
        try {
            loaders = ApplicationLoaders.visibleTo(classLoader(sources));
            settings = Settings.resolve(settings(loaders), sources);
            if (settings.find(CoreSettings.APPLICATION).isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "expected an application. Fix: name one, as in: " + EXAMPLE);
            }
            accessLog = AccessLogTarget.open(settings, out);
        } catch (DeploymentException e) {
            return fail(options, e, ExitCode.USAGE);
        }
        ConsoleLog.configure(settings.get(ServerSettings.LOG_LEVEL));
        return serve(options, settings, loaders, accessLog);
    }

    private int serve(
            SettingOptions options, Settings settings, ApplicationLoaders loaders, AccessLogTarget accessLog) {
        Signals signals = Signals.install();
        try {
            return new Serving(settings, loaders, accessLog, signals, out, err).run();
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

    private static Map<String, String> application(ParseResult parsed) {
        String written = parsed.matchedPositionalValue(0, "");
        return written.isEmpty() ? Map.of() : Map.of(SettingOptions.name(CoreSettings.APPLICATION), written);
    }

    /** Resolves the class path first: its loaders, and their settings, can be found only when it is known. */
    private static ClassLoader classLoader(List<SettingSource> sources) {
        List<Setting<?>> only = List.of(ServerSettings.CLASS_PATH);
        List<SettingSource> reduced = sources.stream()
                .map(source -> new SettingSource(source.kind(), entry(source)))
                .toList();
        List<String> places = Settings.resolve(only, reduced).get(ServerSettings.CLASS_PATH);
        ClassLoader own = RunCommand.class.getClassLoader();
        if (places.isEmpty()) {
            return own;
        }
        URL[] urls = places.stream().map(RunCommand::url).toArray(URL[]::new);
        URLClassLoader classes = new URLClassLoader("class-path", urls, own);
        Thread.currentThread().setContextClassLoader(classes);
        return classes;
    }

    private static Map<String, String> entry(SettingSource source) {
        Map<String, String> entries = new HashMap<>(source.values());
        Set<String> names = Stream.concat(
                        Stream.of(ServerSettings.CLASS_PATH.name()), ServerSettings.CLASS_PATH.formerNames().stream())
                .map(name -> source.kind().spell(Setting.PREFIX + name))
                .collect(toSet());
        entries.keySet().retainAll(names);
        return entries;
    }

    private static URL url(String place) {
        Path path = Path.of(place);
        if (!Files.exists(path)) {
            throw new DeploymentException("--class-path: there is no " + path.toAbsolutePath()
                    + ". Fix: name jars, or directories of classes");
        }
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new DeploymentException("--class-path: " + path + " cannot be used: " + e.getMessage(), e);
        }
    }
}
