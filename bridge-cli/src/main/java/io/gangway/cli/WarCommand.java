package io.gangway.cli;

import io.gangway.cli.config.StaticDirectory;
import io.gangway.cli.war.WarBuilder;
import io.gangway.cli.war.WarException;
import io.gangway.cli.war.WarRequest;
import io.gangway.cli.war.WebXml;
import io.gangway.deploy.ApplicationLoaders;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.servlet.ServletSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** {@code gangway war}: builds a web application that carries a Python application and its packages. */
final class WarCommand implements Callable<Integer> {
    private final PrintStream out;
    private final PrintStream err;
    private final CommandSpec spec;

    WarCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        spec = CommandSpec.wrapWithoutInspection(this)
                .name("war")
                .addPositional(CommandParts.application())
                .addOption(CommandParts.help())
                .addOption(text("-o", "--output", "FILE", "The file to write."))
                .addOption(
                        text("-r", "--requirements", "FILE", "Install the packages of a requirements file, with pip."))
                .addOption(text(null, "--venv", "DIR", "Copy the packages of a virtual environment."))
                .addOption(list(
                        "--static",
                        "PATH=DIR",
                        "Static files that the server sends itself, as in /static=public; repeatable."))
                .addOption(list(
                        "--include",
                        "PATH",
                        "A file or directory with code of the application; repeatable. Default: its package; name it too if"
                                + " you name others."))
                .addOption(
                        list("--setting", "NAME=VALUE", "A setting of the deployment, such as workers=4; repeatable."))
                .addOption(text(null, "--python", "PROGRAM", "The interpreter that installs. Default: python3."))
                .addOption(text(null, "--python-version", "X.Y", "Install for this version of Python."))
                .addOption(list(
                        "--platform", "TAG", "Install for this platform, such as manylinux_2_28_x86_64; repeatable."));
        spec.usageMessage()
                .customSynopsis("gangway war [OPTION]... APP -o FILE")
                .synopsisHeading("Usage: ")
                .description(
                        "Builds a WAR with a Python application and its packages.",
                        "",
                        "It has Gangway in it, and runs in Tomcat 10.1 and 11, in Jetty 12.1, and with",
                        "java -jar FILE [OPTION OF gangway run]...",
                        "",
                        "Files that are named .env, hidden files, databases and virtual environments are left out.",
                        "")
                .sortOptions(false)
                .abbreviateSynopsis(true);
    }

    private static OptionSpec text(@Nullable String letter, String name, String label, String meaning) {
        OptionSpec.Builder option = letter == null ? OptionSpec.builder(name) : OptionSpec.builder(letter, name);
        return option.paramLabel(label)
                .type(String.class)
                .arity("1")
                .description(meaning)
                .build();
    }

    private static OptionSpec list(String name, String label, String meaning) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(String[].class)
                .arity("1")
                .description(meaning)
                .build();
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws InterruptedException {
        ParseResult parsed = spec.commandLine().getParseResult();
        WarRequest request;
        try {
            request = request(parsed);
        } catch (DeploymentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        try {
            new WarBuilder(request, out).build(Version.gangway());
            return ExitCode.STOPPED.number();
        } catch (WarException e) {
            err.println("gangway war: " + e.getMessage());
            return ExitCode.NOT_BUILT.number();
        }
    }

    private WarRequest request(ParseResult parsed) {
        String written = parsed.matchedPositionalValue(0, "");
        if (written.isEmpty()) {
            throw wrong("expected an application. Fix: name one, as in: gangway war shop:app -o shop.war");
        }
        String output = value(parsed, "--output")
                .orElseThrow(() -> wrong(
                        "expected the file to write. Fix: name it, as in: gangway war " + written + " -o shop.war"));
        if (parsed.hasMatchedOption("--requirements") && parsed.hasMatchedOption("--venv")) {
            throw wrong("--requirements and --venv exclude each other. Fix: name one of them");
        }
        return new WarRequest(
                application(written),
                Path.of("").toAbsolutePath(),
                Path.of(output),
                values(parsed, "--include"),
                value(parsed, "--requirements").map(file -> Path.of(file).toAbsolutePath()),
                value(parsed, "--venv").map(Path::of),
                value(parsed, "--python").orElse("python3"),
                value(parsed, "--python-version"),
                values(parsed, "--platform"),
                statics(values(parsed, "--static")),
                settings(values(parsed, "--setting")));
    }

    private SortedMap<String, Path> statics(List<String> written) {
        SortedMap<String, Path> statics = new TreeMap<>();
        for (String each : written) {
            try {
                StaticDirectory parsed = StaticDirectory.parse(each);
                statics.put(parsed.prefix(), Path.of(parsed.directory()));
            } catch (IllegalArgumentException e) {
                throw wrong("--static " + each
                        + ": expected a path and its directory. Fix: write it as in --static /static=public");
            }
        }
        return statics;
    }

    private String application(String written) {
        String application = RunCommand.builtIn().wholeName(written);
        if (application.startsWith("class:")) {
            throw wrong(
                    "gangway war is for Python applications. Fix: build the WAR of a Java application with Maven or Gradle");
        }
        return inXml("the application's name", application);
    }

    /** Checks them as the deployment will. */
    private Map<String, String> settings(List<String> written) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String each : written) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw wrong("--setting " + each
                        + ": expected a name, an equals sign and a value. Fix: write it as in --setting workers=4");
            }
            String name = each.substring(0, equals);
            settings.put(
                    name.startsWith(Setting.PREFIX) ? name : Setting.PREFIX + name,
                    inXml("--setting " + name, each.substring(equals + 1)));
        }
        ApplicationLoaders loaders = RunCommand.builtIn();
        List<Setting<?>> known = new ArrayList<>(loaders.settings());
        known.addAll(ServletSettings.all());
        Settings.resolve(known, List.of(SettingSource.contextParams(settings)));
        return settings;
    }

    private String inXml(String what, String text) {
        Optional<String> foreign = WebXml.foreign(text);
        if (foreign.isPresent()) {
            throw wrong(what + ": it has the character " + foreign.get()
                    + ", which web.xml cannot hold. Fix: remove it, or set it where the WAR is deployed");
        }
        return text;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static Optional<String> value(ParseResult parsed, String option) {
        return Optional.ofNullable(parsed.matchedOptionValue(option, (String) null));
    }

    private static List<String> values(ParseResult parsed, String option) {
        return List.of(parsed.matchedOptionValue(option, new String[0]));
    }
}
