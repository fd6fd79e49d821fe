package io.gangway.deploy;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.gangway.deploy.SettingSource.Form;
import io.gangway.deploy.SettingSource.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The values of a deployment's settings, with the source of each.
 *
 * <p>Strongest first: command line, system property, environment, env file, config file, pyproject.toml, {@code PORT}, servlet
 * init-param, context-param, default (the order of {@link Kind}). Only the value that is used is parsed, so an operator can override a wrong one. Unknown names are
 * errors in every source, because they are mostly typing errors.
 *
 * <p>Immutable.
 */
public final class Settings {
    /**
     * The value that is used for a setting, and its source.
     *
     * @param origin describes the source
     * @param kind the kind of source; for a map, of the strongest one
     * @param origins for a map, the description of each entry's source
     */
    private record Value(Object value, String origin, Kind kind, Map<String, String> origins) {}

    private final Map<String, Setting<?>> definitions;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private Settings(Collection<? extends Setting<?>> definitions) {
        this.definitions = new LinkedHashMap<>();
        Set<String> spellings = new HashSet<>();
        for (Setting<?> setting : definitions) {
            for (String key : setting.lookupKeys()) {
                if (!spellings.add(Kind.ENVIRONMENT.spell(key))) {
                    throw new IllegalArgumentException("two settings are named " + key + ". Fix: rename one of them");
                }
            }
            this.definitions.put(setting.name(), setting);
        }
    }

    /**
     * Finds the values.
     *
     * @param definitions all settings that this deployment knows
     * @param sources the sources of values, in any order: their kinds decide the precedence
     * @return the values, each parsed and checked
     * @throws DeploymentException if a name is unknown or a value is wrong; the message lists all of them
     * @throws IllegalArgumentException if two definitions have the same name
     */
    public static Settings resolve(Collection<? extends Setting<?>> definitions, Collection<SettingSource> sources) {
        Settings settings = new Settings(definitions);
        List<SettingSource> strongestFirst = sources.stream()
                .sorted(Comparator.comparing(SettingSource::kind))
                .toList();
        strongestFirst.forEach(settings::checkNames);
        settings.definitions.values().forEach(setting -> settings.resolve(setting, strongestFirst));
        settings.throwIfWrong();
        return settings;
    }

    /**
     * A setting's value, or its default.
     *
     * @param <T> the type of the value
     * @param setting one of those that were resolved
     * @return the value
     * @throws DeploymentException if no source has the setting and there is no default
     * @throws IllegalArgumentException if the setting was not among those resolved
     */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new DeploymentException(setting.key() + ": expected " + setting.expected()
                        + "; found nothing. Fix: " + howToSet(setting)));
    }

    /**
     * A setting's value or its default, if there is one.
     *
     * @param <T> the type of the value
     * @param setting one of those that were resolved
     * @return empty if no source has the setting and there is no default
     * @throws IllegalArgumentException if the setting was not among those resolved
     */
    @SuppressWarnings("unchecked") // resolve put the setting's own type under its name
    public <T> Optional<T> find(Setting<T> setting) {
        Value value = values.get(known(setting).name());
        return value == null ? setting.defaultValue(this) : Optional.of((T) value.value());
    }

    /**
     * The source of a setting's value, for messages.
     *
     * @param setting one of those that were resolved
     * @return for example {@code servlet init-param}, {@code environment variable GANGWAY_LINT} or {@code default}
     */
    public String origin(Setting<?> setting) {
        Value value = values.get(known(setting).name());
        return value == null ? "default" : value.origin();
    }

    /**
     * The kind of the source of a setting's value.
     *
     * @param setting one of those that were resolved
     * @return empty if the value is the default; for a map, the strongest of its entries' kinds
     */
    public Optional<Kind> kind(Setting<?> setting) {
        return Optional.ofNullable(values.get(known(setting).name())).map(Value::kind);
    }

    /**
     * The sources of a map's entries, for messages.
     *
     * @param setting one of those that were resolved
     * @return descriptions as {@link #origin} gives them, by the entries' names; empty if no source has an entry
     */
    public Map<String, String> origins(Setting<Map<String, String>> setting) {
        Value value = values.get(known(setting).name());
        return value == null ? Map.of() : value.origins();
    }

    /**
     * A setting's value or its default, as the text that a source would have.
     *
     * @param <T> the type of the value
     * @param setting one of those that were resolved, and no map
     * @return empty if no source has the setting and there is no default
     */
    public <T> Optional<String> text(Setting<T> setting) {
        return find(setting).map(setting::format);
    }

    /**
     * Warnings about former names of settings, which are accepted in this release only.
     *
     * @return an unmodifiable list of messages; {@link Deployment} logs them
     */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * The settings that were resolved, set or not.
     *
     * @return an unmodifiable collection
     */
    public Collection<Setting<?>> definitions() {
        return List.copyOf(definitions.values());
    }

    private Setting<?> known(Setting<?> setting) {
        if (definitions.get(setting.name()) != setting) {
            throw new IllegalArgumentException(
                    setting.key() + " was not among the settings that were resolved. Fix: pass the"
                            + " same object to Settings.resolve");
        }
        return setting;
    }

    private void checkNames(SettingSource source) {
        Kind kind = source.kind();
        Set<String> names = definitions.values().stream()
                .filter(setting -> !setting.isMap())
                .flatMap(setting -> setting.lookupKeys().stream())
                .map(kind::spell)
                .collect(toCollection(TreeSet::new));
        for (String name : new TreeSet<>(source.values().keySet())) {
            if (!names.contains(name) && !isEntry(name, kind) && !isToldOtherwise(name, source, names)) {
                problems.add(name + ": there is no such setting ("
                        + source.places().getOrDefault(name, kind.description()) + "). Fix: "
                        + nearest(name, kind)
                                .map(near -> "write " + near + " if that was meant, or remove it")
                                .orElseGet(() -> "remove it, or add the module that knows it. The nearest names are "
                                        + String.join(", ", Nearest.few(name, spellings(kind)))));
            }
        }
    }

    /** A table is known by its entries, or because it is the table of a map; entries of a setting that is no map are told with the setting. */
    private boolean isToldOtherwise(String name, SettingSource source, Set<String> names) {
        String head = name.split("\\.", 2)[0];
        if (names.contains(head) && source.form(head) == Form.TABLE) {
            return true;
        }
        return source.form(name) == Form.TABLE
                && (isEntry(name + ".NAME", source.kind())
                        || source.values().keySet().stream().anyMatch(other -> other.startsWith(name + ".")));
    }

    /** Compares without the prefix, because all names share it. */
    private Optional<String> nearest(String name, Kind kind) {
        int shared = kind.spell(Setting.PREFIX).length();
        String written = name.substring(shared);
        Set<String> candidates = definitions.values().stream()
                .filter(setting -> !setting.isMap())
                .map(setting -> kind.spell(setting.lookupKey()).substring(shared))
                .collect(toCollection(TreeSet::new));
        return nearestEntry(written, kind, shared, true)
                .or(() -> Nearest.to(written, candidates))
                .or(() -> nearestEntry(written, kind, shared, false))
                .map(near -> name.substring(0, shared) + near);
    }

    /** Compares the part before the first separator with the names of the maps; or all, if a map was written without an entry's name. */
    private Optional<String> nearestEntry(String written, Kind kind, int shared, boolean isExact) {
        String separator = kind.spell(Setting.PREFIX + ".").substring(shared);
        int end = written.indexOf(separator);
        String head = end < 0 ? written : written.substring(0, end);
        String tail = end < 0 || end == written.length() - 1 ? "NAME" : written.substring(end + 1);
        Set<String> heads = definitions.values().stream()
                .filter(Setting::isMap)
                .map(setting -> kind.spell(Setting.PREFIX + setting.name()).substring(shared))
                .collect(toCollection(TreeSet::new));
        Optional<String> near = isExact ? Optional.of(head).filter(heads::contains) : Nearest.to(head, heads);
        return near.map(found -> found + separator + tail);
    }

    private boolean isEntry(String name, Kind kind) {
        return definitions.values().stream()
                .filter(Setting::isMap)
                .flatMap(setting -> setting.lookupKeys().stream())
                .map(kind::spell)
                .anyMatch(prefix -> name.startsWith(prefix) && name.length() > prefix.length());
    }

    private Set<String> spellings(Kind kind) {
        return definitions.values().stream()
                .map(setting -> kind.spell(setting.key()))
                .collect(toCollection(TreeSet::new));
    }

    private void resolve(Setting<?> setting, List<SettingSource> strongestFirst) {
        if (setting.isMap()) {
            resolveMap(setting, strongestFirst);
            return;
        }
        for (SettingSource source : strongestFirst) {
            List<String> written = setting.lookupKeys().stream()
                    .map(source.kind()::spell)
                    .filter(source.values()::containsKey)
                    .toList();
            if (!written.isEmpty()) {
                warnOfFormerNames(setting, source.kind(), written);
                resolve(setting, source, written.get(0));
                return;
            }
        }
    }

    private void resolve(Setting<?> setting, SettingSource source, String written) {
        String text = source.values().getOrDefault(written, "");
        String origin = source.origin(setting.key(), written);
        Form form = source.form(written);
        if (hasNul(setting.key(), text, origin)) {
            return;
        }
        if (!setting.accepts(form)) {
            problems.add(
                    form == Form.FAULTY_LIST && setting.isList()
                            ? setting.key() + ": expected a list of texts without a comma; found " + quote(text)
                                    + " in it (from " + origin
                                    + "). Fix: write each element as a text of its own, in quotes"
                            : wrongForm(
                                    setting.key(),
                                    setting.expected(),
                                    form,
                                    origin,
                                    setting.isList() ? "write a list of texts in quotes" : form.fix()));
            return;
        }
        try {
            values.put(setting.name(), new Value(setting.parse(text), origin, source.kind(), Map.of()));
        } catch (IllegalArgumentException e) {
            problems.add(setting.key() + ": expected " + e.getMessage() + "; found " + quote(text) + " (from " + origin
                    + "). Fix: correct it"
                    + setting.defaultDescription()
                            .map(description -> ", or remove it for the default: " + description)
                            .orElse(""));
        }
    }

    private static String wrongForm(String key, String expected, Form form, String origin, String fix) {
        return key + ": expected " + expected + "; found " + form.words() + " (from " + origin + "). Fix: " + fix;
    }

    /** Warns about each former name that a source uses; the value of the first name is used. */
    private void warnOfFormerNames(Setting<?> setting, Kind kind, List<String> written) {
        String current = kind.spell(setting.lookupKey());
        for (String name : written) {
            if (!name.equals(current)) {
                boolean counts = name.equals(written.get(0));
                warnings.add(formerly(
                        name,
                        current,
                        kind,
                        counts
                                ? "the old name is accepted in this release"
                                : "it is ignored beside " + written.get(0)));
            }
        }
    }

    private static String formerly(String name, String current, Kind kind, String consequence) {
        return name + ": the setting is called " + current + " now, and " + consequence + " (" + kind.description()
                + "). Fix: write " + current;
    }

    private void resolveMap(Setting<?> setting, List<SettingSource> strongestFirst) {
        Map<String, String> entries = new TreeMap<>();
        Set<Kind> kinds = new TreeSet<>();
        Map<String, String> origins = new TreeMap<>();
        for (SettingSource source : strongestFirst) {
            for (String key : setting.lookupKeys()) {
                if (resolveEntries(setting, source, key, entries, origins)) {
                    kinds.add(source.kind());
                }
            }
        }
        if (!entries.isEmpty()) {
            String origin = kinds.stream().map(Kind::description).collect(joining(", "));
            values.put(
                    setting.name(),
                    new Value(Map.copyOf(entries), origin, kinds.iterator().next(), Map.copyOf(origins)));
        }
    }

    /** Adds a source's entries that no stronger source has; returns whether there is one. */
    private boolean resolveEntries(
            Setting<?> setting,
            SettingSource source,
            String key,
            Map<String, String> entries,
            Map<String, String> origins) {
        Kind kind = source.kind();
        boolean isUsed = false;
        String prefix = kind.spell(key);
        for (String written : new TreeSet<>(source.values().keySet())) {
            String name = written.startsWith(prefix) ? written.substring(prefix.length()) : "";
            String text = source.values().get(written);
            if (name.isEmpty() || text == null) {
                continue;
            }
            boolean counts = entries.putIfAbsent(name, text) == null;
            if (!key.equals(setting.lookupKey())) {
                String current = entry(kind, kind.spell(setting.lookupKey()), name);
                String consequence = counts
                        ? "the old name is accepted in this release"
                        : "it is ignored beside a stronger " + setting.key().replace("NAME", name);
                warnings.add(formerly(entry(kind, prefix, name), current, kind, consequence));
            }
            if (!counts) {
                continue;
            }
            isUsed = true;
            String origin = source.places().getOrDefault(written, kind.description() + " " + entry(kind, prefix, name));
            origins.put(name, origin);
            String entry = setting.key().replace("NAME", name);
            Form form = source.form(written);
            if (!setting.accepts(form)) {
                problems.add(wrongForm(entry, "a text", form, origin, form.fix()));
                continue;
            }
            hasNul(entry, text, origin);
            if (!setting.acceptsName(name)) {
                problems.add(setting.key() + ": expected " + setting.expected() + "; found " + quote(name) + " (from "
                        + origin + "). Fix: choose another name");
            }
        }
        return isUsed;
    }

    /** Neither a path nor an argument or a variable of a process can have it; the message does not show the text, which may be a password. */
    private boolean hasNul(String key, String text, String origin) {
        if (text.indexOf('\0') < 0) {
            return false;
        }
        problems.add(
                key + ": expected a text without the character NUL (from " + origin + "). Fix: remove the character");
        return true;
    }

    /** How an entry of a map is written: {@code --env A}, or {@code gangway.env.A}. */
    private static String entry(Kind kind, String prefix, String name) {
        return kind == Kind.COMMAND_LINE ? prefix.substring(0, prefix.length() - 1) + " " + name : prefix + name;
    }

    private void throwIfWrong() {
        if (problems.size() == 1) {
            throw DeploymentException.ofSetting(problems.get(0));
        }
        if (!problems.isEmpty()) {
            throw DeploymentException.ofSetting(
                    problems.stream().collect(joining("\n  ", problems.size() + " settings are wrong:\n  ", "")));
        }
    }

    static String howToSet(Setting<?> setting) {
        return "set " + setting.key() + " as servlet init-param, context-param or system property, or "
                + Kind.ENVIRONMENT.spell(setting.key()) + " in the environment";
    }
}
