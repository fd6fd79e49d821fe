package io.gangway.cli.config;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.SettingSource.Kind;
import io.gangway.python.PythonSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of environment variables, as {@code --env-file} of other servers and of Docker reads it: {@code NAME=value} in each line, with {@code export}
 * before it if a shell is to read it too, quotes around the value, and comments. Nothing in it is expanded.
 */
final class EnvFile {
    private static final String OPTION = SettingOptions.name(ServerSettings.ENV_FILE);

    private static final String OWN = Kind.ENV_FILE.spell("gangway.");

    private static final Pattern IGNORED = Pattern.compile("\\s*(#.*)?");

    /** In double quotes, the loops are possessive and without a choice: otherwise Java's matcher recurses for each character of a long value. */
    private static final Pattern LINE = Pattern.compile("\\s*(?:export\\s+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)\\s*="
            + "\\s*(?:'(?<single>[^']*+)'|\"(?<double>[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|(?<bare>[^'\"\\s](?:.*?))?)"
            + "\\s*(?:(?<=\\s)#.*)?");

    /** What may follow a backslash in double quotes. */
    private static final Map<Character, String> ESCAPES = Map.of('n', "\n", 'r', "\r", 't', "\t");

    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Map<String, String> places = new LinkedHashMap<>();

    private EnvFile() {}

    /**
     * Reads a file.
     *
     * @throws DeploymentException if there is no such file, or a line is wrong
     */
    static EnvFile read(Path file) {
        EnvFile read = new EnvFile();
        List<String> lines = TextFile.read(file, OPTION).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            read.add(lines.get(i), file + ", line " + (i + 1));
        }
        return read;
    }

    /** The message does not show the line, which may have a password in it. */
    private void add(String line, String place) {
        if (IGNORED.matcher(line).matches()) {
            return;
        }
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new DeploymentException(place + ": expected NAME=value, NAME='value' or NAME=\"value\""
                    + ", or a comment after #. Fix: correct the line");
        }
        String name = matcher.group("name");
        variables.put(name, value(matcher));
        places.put(name, place);
    }

    private static String value(Matcher matcher) {
        String single = matcher.group("single");
        String doubled = matcher.group("double");
        if (single != null) {
            return single;
        }
        if (doubled != null) {
            return unescaped(doubled);
        }
        return Optional.ofNullable(matcher.group("bare")).orElse("").strip();
    }

    private static String unescaped(String text) {
        StringBuilder result = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            result.append(
                    c == '\\'
                            ? ESCAPES.getOrDefault(text.charAt(++i), String.valueOf(text.charAt(i)))
                            : String.valueOf(c));
        }
        return result.toString();
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    /** The settings in it; each variable that is no setting, and that the process does not have itself, is one of the workers. */
    SettingSource source(Map<String, String> environment) {
        Map<String, String> settings = new LinkedHashMap<>();
        Map<String, String> from = new LinkedHashMap<>();
        variables.forEach((name, value) -> {
            String setting = name.startsWith(OWN)
                    ? name
                    : OWN + PythonSettings.ENV.name().toUpperCase(Locale.ROOT) + "_" + name;
            if (name.startsWith(OWN) || !environment.containsKey(name)) {
                settings.put(setting, value);
                from.put(setting, places.getOrDefault(name, ""));
            }
        });
        return new SettingSource(Kind.ENV_FILE, settings, from);
    }
}
