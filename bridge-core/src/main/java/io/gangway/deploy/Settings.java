package io.gangway.deploy;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import io.gangway.deploy.SettingSource.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The values of a deployment's settings, and where each came from.
 *
 * <p>Strongest first: command line, system property, environment, servlet init-param, context-param, default (the order of
 * {@link Kind}). Only the value that wins is parsed, so an operator can override a bad one; unknown names are
 * errors in every source, for they are mostly slips.
 *
 * <p>Immutable.
 */
public final class Settings {
    /** The winning value of a setting, and the source that it came from in words. */
    private record Value(Object value, String origin) {}

    private final Map<String, Setting<?>> definitions;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private Settings(Collection<? extends Setting<?>> definitions) {
        this.definitions = new LinkedHashMap<>();
        Set<String> spellings = new HashSet<>();
        for (Setting<?> setting : definitions) {
            if (!spellings.add(Kind.ENVIRONMENT.spell(setting.lookupKey()))) {
                throw new IllegalArgumentException("two settings are named " + setting.key());
            }
            this.definitions.put(setting.name(), setting);
        }
    }

    /**
     * Finds the values.
     *
     * @param definitions all settings that this deployment knows
     * @param sources where values come from, in any order: their kinds say which is stronger
     * @return the values, each parsed and checked
     * @throws DeploymentException naming every unknown name and every bad value
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
     * A setting's value or its default, if there is either.
     *
     * @param <T> the type of the value
     * @param setting one of those that were resolved
     * @return nothing if no source has the setting and there is no default
     * @throws IllegalArgumentException if the setting was not among those resolved
     */
    @SuppressWarnings("unchecked") // resolve put the setting's own type under its name
    public <T> Optional<T> find(Setting<T> setting) {
        Value value = values.get(known(setting).name());
        return value == null ? setting.defaultValue(this) : Optional.of((T) value.value());
    }

    /**
     * Where a setting's value came from, for messages.
     *
     * @param setting one of those that were resolved
     * @return such as {@code servlet init-param}, {@code environment variable GANGWAY_LINT} or {@code default}
     */
    public String origin(Setting<?> setting) {
        Value value = values.get(known(setting).name());
        return value == null ? "default" : value.origin();
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
            throw new IllegalArgumentException(setting.key() + " was not among the settings that were resolved");
        }
        return setting;
    }

    private void checkNames(SettingSource source) {
        Kind kind = source.kind();
        Set<String> names = definitions.values().stream()
                .filter(setting -> !setting.isMap())
                .map(setting -> kind.spell(setting.key()))
                .collect(toCollection(TreeSet::new));
        for (String name : new TreeSet<>(source.values().keySet())) {
            if (!names.contains(name) && !isEntry(name, kind)) {
                problems.add(name + ": there is no such setting (" + kind.description() + "). Fix: "
                        + nearest(name, kind)
                                .map(near -> "write " + near + " if that was meant, or remove it")
                                .orElseGet(() -> "remove it, add the module that knows it, or use one of "
                                        + String.join(", ", spellings(kind))));
            }
        }
    }

    /** Compares without the prefix: what all names share says nothing about which was meant. */
    private Optional<String> nearest(String name, Kind kind) {
        int shared = kind.spell(Setting.PREFIX).length();
        String rest = name.substring(shared);
        Set<String> rests = definitions.values().stream()
                .filter(setting -> !setting.isMap())
                .map(setting -> kind.spell(setting.lookupKey()).substring(shared))
                .collect(toCollection(TreeSet::new));
        return Nearest.to(rest, rests)
                .or(() -> nearestEntry(rest, kind, shared))
                .map(near -> name.substring(0, shared) + near);
    }

    /** Compares what stands before the first separator with the names of the maps. */
    private Optional<String> nearestEntry(String rest, Kind kind, int shared) {
        String separator = kind == Kind.ENVIRONMENT ? "_" : ".";
        int end = rest.indexOf(separator);
        String head = end < 0 ? rest : rest.substring(0, end);
        String tail = end < 0 || end == rest.length() - 1 ? "NAME" : rest.substring(end + 1);
        Set<String> heads = definitions.values().stream()
                .filter(Setting::isMap)
                .map(setting -> kind.spell(Setting.PREFIX + setting.name()).substring(shared))
                .collect(toCollection(TreeSet::new));
        return Nearest.to(head, heads).map(near -> near + separator + tail);
    }

    private boolean isEntry(String name, Kind kind) {
        return definitions.values().stream().anyMatch(setting -> {
            String prefix = kind.spell(setting.lookupKey());
            return setting.isMap() && name.startsWith(prefix) && name.length() > prefix.length();
        });
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
            String written = source.kind().spell(setting.lookupKey());
            String text = source.values().get(written);
            if (text != null) {
                String origin = origin(source.kind(), setting.key(), written);
                try {
                    values.put(setting.name(), new Value(setting.parse(text), origin));
                } catch (IllegalArgumentException e) {
                    problems.add(setting.key() + ": expected " + e.getMessage() + "; found " + quote(text) + " (from "
                            + origin + "). Fix: correct it"
                            + setting.defaultDescription()
                                    .map(standard -> ", or remove it for the default: " + standard)
                                    .orElse(""));
                }
                return;
            }
        }
    }

    private void resolveMap(Setting<?> setting, List<SettingSource> strongestFirst) {
        Map<String, String> entries = new TreeMap<>();
        Set<String> origins = new LinkedHashSet<>();
        for (SettingSource source : strongestFirst) {
            String prefix = source.kind().spell(setting.lookupKey());
            for (String written : new TreeSet<>(source.values().keySet())) {
                String name = written.startsWith(prefix) ? written.substring(prefix.length()) : "";
                String text = source.values().get(written);
                if (name.isEmpty() || text == null || entries.putIfAbsent(name, text) != null) {
                    continue;
                }
                origins.add(source.kind().description());
                if (!setting.acceptsName(name)) {
                    problems.add(setting.key() + ": expected " + setting.expected() + "; found " + quote(name)
                            + " (from " + source.kind().description() + " " + written + "). Fix: choose another name");
                }
            }
        }
        if (!entries.isEmpty()) {
            values.put(setting.name(), new Value(Map.copyOf(entries), String.join(", ", origins)));
        }
    }

    private void throwIfWrong() {
        if (problems.size() == 1) {
            throw new DeploymentException(problems.get(0));
        }
        if (!problems.isEmpty()) {
            throw new DeploymentException(
                    problems.stream().collect(joining("\n  ", problems.size() + " settings are wrong:\n  ", "")));
        }
    }

    private static String origin(Kind kind, String key, String written) {
        return written.equals(key) ? kind.description() : kind.description() + " " + written;
    }

    static String howToSet(Setting<?> setting) {
        return "set " + setting.key() + " as servlet init-param, context-param or system property, or "
                + Kind.ENVIRONMENT.spell(setting.key()) + " in the environment";
    }
}
