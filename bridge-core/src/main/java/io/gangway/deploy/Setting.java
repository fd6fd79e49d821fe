package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One setting's definition: its name, type, unit, default and meaning. Validation, the command line's options and the table
 * in {@code docs/settings.md} all come from here.
 *
 * <pre>{@code
 * static final Setting<Duration> REQUEST_TIMEOUT =
 *         Setting.duration("request-timeout", "How long a request may take.").withDefault(Duration.ofSeconds(60));
 * }</pre>
 *
 * <p>Immutable; {@code with…} and {@link #checked} return changed copies. {@link Settings#get} accepts the very object that
 * was resolved, so keep a setting in a constant. Texts are stripped of surrounding white space before they are parsed
 * (web.xml is often indented), except the values of a {@linkplain #map map}.
 *
 * @param <T> the type of the values
 */
public final class Setting<T> {
    /** What all names start with, where they are written with dots. */
    public static final String PREFIX = "gangway.";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([-.][a-z0-9]+)*");

    private final String name;
    private final List<String> formerNames;
    private final String meaning;
    private final SettingType<T> type;
    private final List<Check<T>> checks;
    private final @Nullable Predicate<String> names;
    private final @Nullable Default<T> standard;
    private final Option option;

    private record Check<T>(Predicate<T> accepts, String expected) {}

    private record Default<T>(Function<Settings, T> value, String description) {}

    /** How a command line writes it: what stands for its value, and the value that the option alone means. */
    private record Option(String placeholder, @Nullable String flagValue) {}

    private Setting(
            String name,
            List<String> formerNames,
            String meaning,
            SettingType<T> type,
            List<Check<T>> checks,
            @Nullable Predicate<String> names,
            @Nullable Default<T> standard,
            Option option) {
        this.name = checkedName(name);
        this.formerNames = List.copyOf(formerNames);
        this.meaning = requireNonNull(meaning, "meaning");
        this.type = type;
        this.checks = List.copyOf(checks);
        this.names = names;
        this.standard = standard;
        this.option = option;
    }

    private static String checkedName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a setting's name is lower-case words joined by dashes or dots, without the prefix, not " + name);
        }
        return name;
    }

    private static <T> Setting<T> of(String name, String meaning, SettingType<T> type) {
        return new Setting<>(
                name, List.of(), meaning, type, List.of(), null, null, new Option(type.placeholder(), null));
    }

    /**
     * Defines a setting whose value is a text that is not empty.
     *
     * @param name without the prefix, such as {@code application}
     * @param expected what the text should be, as the object of "expected", such as {@code a path}
     * @param meaning one line
     * @return the definition, without a default
     */
    public static Setting<String> text(String name, String expected, String meaning) {
        return of(name, meaning, SettingType.text(expected));
    }

    /**
     * Defines a setting that is {@code true} or {@code false}.
     *
     * @param name without the prefix
     * @param meaning one line
     * @return the definition, without a default
     */
    public static Setting<Boolean> bool(String name, String meaning) {
        return of(name, meaning, SettingType.bool()).withFlagValue("true");
    }

    /**
     * Defines a setting that counts something.
     *
     * @param name without the prefix
     * @param least the least value accepted
     * @param most the greatest value accepted
     * @param unit what is counted, such as {@code threads}
     * @param meaning one line
     * @return the definition, without a default
     */
    public static Setting<Integer> integer(String name, int least, int most, String unit, String meaning) {
        return of(name, meaning, SettingType.integer(least, most, unit));
    }

    /**
     * Defines a setting that is a time span, written with its unit: {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}.
     *
     * @param name without the prefix
     * @param meaning one line
     * @return the definition, without a default; values are from 0 to 8760 hours, a year, which nanoseconds in a long can
     *     carry in any sum
     */
    public static Setting<Duration> duration(String name, String meaning) {
        return of(name, meaning, SettingType.duration())
                .checked(value -> value.compareTo(SettingType.MAX_DURATION) <= 0, SettingType.longestDuration());
    }

    /**
     * Defines a setting that is a number of bytes: {@code 65536}, or {@code 64K}, {@code 10M}, {@code 1G}, which are powers
     * of 1024.
     *
     * @param name without the prefix
     * @param meaning one line
     * @return the definition, without a default; values are bytes, from 0 to 1 PiB
     */
    public static Setting<Long> byteSize(String name, String meaning) {
        return of(name, meaning, SettingType.byteSize())
                .checked(value -> value <= SettingType.MAX_BYTE_SIZE, SettingType.largestByteSize());
    }

    /**
     * Defines a setting that is one of a few words: an enum's constants in lower case, with dashes for underscores.
     *
     * @param <E> the enum
     * @param name without the prefix
     * @param choices the enum
     * @param meaning one line
     * @return the definition, without a default
     */
    public static <E extends Enum<E>> Setting<E> choice(String name, Class<E> choices, String meaning) {
        return of(name, meaning, SettingType.choice(choices));
    }

    /**
     * Defines a setting that is a list of such words, written with commas. An empty text is an empty list.
     *
     * @param <E> the enum
     * @param name without the prefix
     * @param choices the enum
     * @param meaning one line
     * @return the definition, without a default; values are unmodifiable lists
     */
    public static <E extends Enum<E>> Setting<List<E>> choices(String name, Class<E> choices, String meaning) {
        return of(name, meaning, SettingType.choices(choices));
    }

    /**
     * Defines a setting that is a list, written with commas. An empty text is an empty list.
     *
     * @param <E> the type of the elements
     * @param name without the prefix
     * @param expected what the elements should be, as the object of "expected", such as {@code paths}
     * @param parser makes an element from a text that is not empty; throws {@link IllegalArgumentException} if it cannot
     * @param meaning one line
     * @return the definition, without a default; values are unmodifiable lists
     */
    public static <E> Setting<List<E>> list(String name, String expected, Function<String, E> parser, String meaning) {
        return of(name, meaning, SettingType.list(expected, parser));
    }

    /**
     * Defines a family of settings: {@code gangway.environ.NAME} for any NAME. Its value maps the names that are set to
     * their texts, which may be empty; each name comes from the strongest source that has it.
     *
     * @param name without the prefix and the last dot, such as {@code environ}
     * @param accepts tells which names are allowed
     * @param expected what the names should be, as the object of "expected"
     * @param meaning one line
     * @return the definition; the default is an empty map
     */
    public static Setting<Map<String, String>> map(
            String name, Predicate<String> accepts, String expected, String meaning) {
        SettingType<Map<String, String>> type = SettingType.map(expected);
        return new Setting<>(
                name,
                List.of(),
                meaning,
                type,
                List.of(),
                accepts,
                new Default<>(settings -> Map.of(), "none"),
                new Option(type.placeholder(), null));
    }

    /**
     * The same setting with a default.
     *
     * @param value used where no source has the setting
     * @return a changed copy
     */
    public Setting<T> withDefault(T value) {
        String text = type.formatter().apply(value);
        return withDefault(settings -> value, text.isEmpty() ? "empty" : text);
    }

    /**
     * The same setting with a default that depends on other settings, or on the machine.
     *
     * @param value finds the default; asked on each {@link Settings#get} that needs it
     * @param description says what the default is, for the table
     * @return a changed copy
     */
    public Setting<T> withDefault(Function<Settings, T> value, String description) {
        return new Setting<>(
                name, formerNames, meaning, type, checks, names, new Default<>(value, description), option);
    }

    /**
     * The same setting with a further condition on its values; defaults are not checked.
     *
     * @param accepts tells which values are allowed
     * @param expected the condition, as the object of "expected", such as {@code a duration of at least 1s}
     * @return a changed copy
     */
    public Setting<T> checked(Predicate<T> accepts, String expected) {
        List<Check<T>> more = new ArrayList<>(checks);
        more.add(new Check<>(accepts, expected));
        return new Setting<>(name, formerNames, meaning, type, more, names, standard, option);
    }

    /**
     * The same setting with another placeholder than its type has, such as {@code DIR} for a text that is a directory.
     *
     * @param placeholder stands for a value where a command line is shown
     * @return a changed copy
     */
    public Setting<T> withPlaceholder(String placeholder) {
        return new Setting<>(
                name, formerNames, meaning, type, checks, names, standard, new Option(placeholder, option.flagValue()));
    }

    /**
     * The same setting with a meaning for its option alone: where the text is {@code watch}, {@code --reload} says the same
     * as {@code --reload=watch}. For a boolean it is {@code true} without this.
     *
     * @param text one that the setting accepts
     * @return a changed copy
     */
    public Setting<T> withFlagValue(String text) {
        return new Setting<>(
                name, formerNames, meaning, type, checks, names, standard, new Option(option.placeholder(), text));
    }

    /**
     * The same setting with a name that it had before: sources may still use that one, and {@linkplain Settings#warnings()
     * warnings} tell them to change. Take it away one release after the new name came.
     *
     * @param name without the prefix
     * @return a changed copy
     */
    public Setting<T> formerly(String name) {
        List<String> more = new ArrayList<>(formerNames);
        more.add(checkedName(name));
        return new Setting<>(this.name, more, meaning, type, checks, names, standard, option);
    }

    /**
     * The names that it had before.
     *
     * @return without the prefix, nearly always none
     */
    public List<String> formerNames() {
        return formerNames;
    }

    /**
     * The name without the prefix.
     *
     * @return such as {@code request-timeout}
     */
    public String name() {
        return name;
    }

    /**
     * The name with the prefix, as messages show it.
     *
     * @return such as {@code gangway.request-timeout}; {@code gangway.environ.NAME} for a map
     */
    public String key() {
        return isMap() ? lookupKey() + "NAME" : lookupKey();
    }

    /** The key to look up; for a map, the start of all keys that belong to it. */
    String lookupKey() {
        return lookupKey(name);
    }

    /** All keys to look up, today's first, then those of former names. */
    List<String> lookupKeys() {
        if (formerNames.isEmpty()) {
            return List.of(lookupKey());
        }
        List<String> keys = new ArrayList<>(List.of(lookupKey()));
        formerNames.forEach(former -> keys.add(lookupKey(former)));
        return keys;
    }

    private String lookupKey(String under) {
        return isMap() ? PREFIX + under + "." : PREFIX + under;
    }

    /**
     * The type.
     *
     * @return a word or two
     */
    public String type() {
        return type.label();
    }

    /**
     * What a value counts, or the units that it is written with.
     *
     * @return empty where there is no unit
     */
    public String unit() {
        return type.unit();
    }

    /**
     * What texts are accepted.
     *
     * @return such as {@code a duration such as 30s or 2m}
     */
    public String expected() {
        return type.expected();
    }

    /**
     * The default, in words.
     *
     * @return nothing where there is no default
     */
    public Optional<String> defaultDescription() {
        return Optional.ofNullable(standard).map(Default::description);
    }

    /**
     * What the setting is for.
     *
     * @return one line
     */
    public String meaning() {
        return meaning;
    }

    /**
     * What stands for a value where a command line is shown.
     *
     * @return such as {@code N}, {@code TIME} or {@code off|log|fail}
     */
    public String placeholder() {
        return option.placeholder();
    }

    /**
     * What its option alone means on a command line.
     *
     * @return nothing where the option needs a value
     */
    public Optional<String> flagValue() {
        return Optional.ofNullable(option.flagValue());
    }

    /**
     * Whether this is a family of settings, as {@link #map} makes it.
     *
     * @return whether names follow the key
     */
    public boolean isMap() {
        return names != null;
    }

    Optional<T> defaultValue(Settings settings) {
        return Optional.ofNullable(standard).map(it -> it.value().apply(settings));
    }

    /** Parses a text; the message of the {@link IllegalArgumentException} is what was expected. */
    T parse(String text) {
        T value;
        try {
            value = type.parser().apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(type.expected(), e);
        }
        for (Check<T> check : checks) {
            if (!check.accepts().test(value)) {
                throw new IllegalArgumentException(check.expected());
            }
        }
        return value;
    }

    /** Whether a name may be set in this map. */
    boolean acceptsName(String entry) {
        return names != null && names.test(entry);
    }

    @Override
    public String toString() {
        return key();
    }
}
