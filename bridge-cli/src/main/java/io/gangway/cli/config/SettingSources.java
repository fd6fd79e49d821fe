package io.gangway.cli.config;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.NativeText;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.SettingSource.Kind;
import io.gangway.deploy.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the settings of one run come from: the command line, properties and variables, and the files that these name.
 *
 * @param environment the process's variables
 * @param directory the working directory, with {@code pyproject.toml}
 */
public record SettingSources(Map<String, String> environment, Path directory) {
    private static final String PORT = "PORT";

    /** This process's variables, and its working directory. */
    public static SettingSources ofThisProcess() {
        return new SettingSources(System.getenv(), Path.of(""));
    }

    /**
     * All sources.
     *
     * @throws DeploymentException if a file cannot be read; the message names it, and the line if that is wrong
     */
    public List<SettingSource> with(SettingSource commandLine) {
        List<SettingSource> sources = new ArrayList<>(List.of(
                commandLine, SettingSource.systemProperties(), new SettingSource(Kind.ENVIRONMENT, environment)));
        find(ServerSettings.CONFIG, sources)
                .ifPresent(file -> sources.add(
                        refusing(ServerSettings.CONFIG, ConfigFile.named(directory.resolve(NativeText.path(file))))));
        ConfigFile.ofProject(directory).ifPresent(source -> sources.add(refusing(ServerSettings.CONFIG, source)));
        List<EnvFile> files = envFiles(sources);
        for (EnvFile file : files) {
            sources.add(refusing(ServerSettings.CONFIG, refusing(ServerSettings.ENV_FILE, file.source(environment))));
        }
        port().or(() -> files.stream()
                        .flatMap(file -> file.variable(PORT).stream())
                        .findFirst())
                .map(SettingSources::onAllAddresses)
                .ifPresent(sources::add);
        return sources;
    }

    /** The port that the environment names. */
    public Optional<String> port() {
        return Optional.ofNullable(environment.get(PORT)).filter(port -> !port.isBlank());
    }

    /** The last file first: of two files with one variable, the last one counts, as in a shell that reads both. */
    private List<EnvFile> envFiles(List<SettingSource> sources) {
        List<EnvFile> files = new ArrayList<>();
        find(ServerSettings.ENV_FILE, sources)
                .orElse(List.of())
                .forEach(file -> files.add(0, EnvFile.read(directory.resolve(NativeText.path(file)))));
        return files;
    }

    /** Platforms say with PORT where they expect the server, and connect from outside: so it is a port of all addresses, as in gunicorn. */
    private static SettingSource onAllAddresses(String port) {
        String name = ServerSettings.BIND.key();
        return new SettingSource(
                Kind.PORT, Map.of(name, Bind.EVERYWHERE + ":" + port.strip()), Map.of(name, Kind.PORT.description()));
    }

    private static <T> Optional<T> find(Setting<T> setting, List<SettingSource> sources) {
        return one(setting, sources).find(setting);
    }

    /** Resolves one setting, whatever others there are. */
    public static Settings one(Setting<?> setting, List<SettingSource> sources) {
        return Settings.resolve(
                List.of(setting),
                sources.stream().map(source -> source.only(setting)).toList());
    }

    /** A source is read when its place is known: it cannot name a place itself. */
    private static SettingSource refusing(Setting<?> setting, SettingSource source) {
        String name = source.kind().spell(setting.key());
        if (source.values().containsKey(name)) {
            throw new DeploymentException(name + " cannot be set in a file that is read after it ("
                    + source.places().get(name) + "). Fix: give it as " + SettingOptions.name(setting) + ", or as "
                    + Kind.ENVIRONMENT.spell(setting.key()) + " in the environment");
        }
        return source;
    }
}
