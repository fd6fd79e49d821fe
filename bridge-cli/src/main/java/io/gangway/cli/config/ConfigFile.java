package io.gangway.cli.config;

import static java.util.stream.Collectors.joining;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.SettingSource.Form;
import io.gangway.deploy.SettingSource.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.Temporal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * Settings in TOML 1.0: the file that {@code --config} names, and the table {@code [tool.gangway]} of {@code pyproject.toml}. Keys are the
 * settings' names without a prefix; a list is an array, a map (env, environ) a table.
 */
final class ConfigFile {
    private static final String OPTION = SettingOptions.name(ServerSettings.CONFIG);

    static final String PYPROJECT = "pyproject.toml";

    private static final List<String> TABLE_OF_PYPROJECT = List.of("tool", "gangway");

    private final Path file;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> places = new LinkedHashMap<>();
    private final Map<String, Form> forms = new LinkedHashMap<>();

    private ConfigFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the file that {@code --config} names. If it is a {@code pyproject.toml}, its table {@code [tool.gangway]} counts.
     *
     * @throws DeploymentException if there is no such file, or it is not TOML
     */
    static SettingSource named(Path file) {
        boolean isPyproject = file.endsWith(PYPROJECT);
        return new ConfigFile(file)
                .source(Kind.CONFIG_FILE, TextFile.read(file, OPTION), isPyproject ? TABLE_OF_PYPROJECT : List.of());
    }

    /**
     * Reads the {@code pyproject.toml} of a directory, if there is one. Most of these files say nothing about Gangway: they are not even
     * parsed, because that takes a good part of the time of a start.
     *
     * @throws DeploymentException if it names Gangway, and is not TOML
     */
    static Optional<SettingSource> ofProject(Path directory) {
        Path file = directory.resolve(PYPROJECT);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        String text = TextFile.read(file, OPTION);
        return text.contains("gangway")
                ? Optional.of(new ConfigFile(file).source(Kind.PYPROJECT, text, TABLE_OF_PYPROJECT))
                : Optional.empty();
    }

    private SettingSource source(Kind kind, String text, List<String> table) {
        TomlParseResult parsed = Toml.parse(text);
        for (TomlParseError error : parsed.errors()) {
            throw new DeploymentException(file + ", line " + error.position().line() + ", column "
                    + error.position().column() + ": " + error.getMessage()
                    + ". Fix: correct the TOML there, for example: workers = 4");
        }
        if (table.isEmpty()) {
            addAll("", parsed);
        } else if (parsed.contains(table)) {
            if (!(parsed.get(table) instanceof TomlTable found)) {
                throw new DeploymentException("tool.gangway: expected a table; found a value (" + file
                        + "). Fix: write [tool.gangway], and settings below it");
            }
            addAll("", found);
        }
        return new SettingSource(kind, values, places, forms);
    }

    private void addAll(String prefix, TomlTable table) {
        for (String key : table.keySet()) {
            List<String> path = List.of(key);
            String name = prefix + key;
            Object value = table.get(path);
            places.put(name, file + ", line " + table.inputPositionOf(path).line());
            forms.put(name, form(value));
            values.put(name, text(value));
            if (value instanceof TomlTable inner && prefix.isEmpty()) {
                addAll(name + ".", inner);
            }
        }
    }

    private static Form form(@Nullable Object value) {
        if (value instanceof TomlArray array) {
            return faultyElement(array).isPresent() ? Form.FAULTY_LIST : Form.LIST;
        }
        return value instanceof TomlTable
                ? Form.TABLE
                : value instanceof Number
                        ? Form.NUMBER
                        : value instanceof Boolean ? Form.BOOLEAN : value instanceof Temporal ? Form.DATE : Form.TEXT;
    }

    private static String text(@Nullable Object value) {
        if (value instanceof TomlArray array) {
            return faultyElement(array)
                    .map(ConfigFile::shown)
                    .orElseGet(
                            () -> array.toList().stream().map(String::valueOf).collect(joining(",")));
        }
        return value instanceof TomlTable ? "" : String.valueOf(value);
    }

    private static Optional<Object> faultyElement(TomlArray array) {
        return array.toList().stream()
                .filter(element -> !(element instanceof String text) || text.isBlank() || text.contains(","))
                .findFirst();
    }

    private static String shown(Object element) {
        return element instanceof TomlArray
                ? "[...]"
                : element instanceof TomlTable ? "{...}" : String.valueOf(element);
    }
}
