package io.gangway.deploy;

import static java.util.Objects.requireNonNull;

import io.gangway.deploy.SettingSource.Form;
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
    /** The prefix of all names that are written with dots. */
    public static final String PREFIX = "gangway.";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*([-.][a-z0-9]+)*");

    private final String name;
    private final List<String> formerNames;
    private final String meaning;
    private final SettingType<T> type;
    private final List<Check<T>> checks;
    private final @Nullable Predicate<String> names;
    private final @Nullable Default<T> defaultValue;
    private final Option option;

    private record Check<T>(Predicate<T> accepts, String expected) {}

    private record Default<T>(Function<Settings, T> value, String description) {}

    /** The option on a command line: the placeholder of its value, and the value of the option without a value. */
    private record Option(String placeholder, @Nullable String flagValue) {}

    private Setting(
            String name,
            List<String> formerNames,
            String meaning,
            SettingType<T> type,
            List<Check<T>> checks,
            @Nullable Predicate<String> names,
            @Nullable Default<T> defaultValue,
            Option option) {
        this.name = checkedName(name);
        this.formerNames = List.copyOf(formerNames);
        this.meaning = requireNonNull(meaning, "meaning");
        this.type = type;
        this.checks = List.copyOf(checks);
        this.names = names;
        this.defaultValue = defaultValue;
        this.option = option;
    }

    private static String checkedName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "expected a setting's name of lower-case words joined by dashes or dots, without the prefix; found "
                            + name);
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
     * @param name without the prefix, for example {@code application}
     * @param expected the accepted texts, as the object of "expected" in a message, for example {@code a path}
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
     * @param min the smallest value accepted
     * @param max the greatest value accepted
     * @param unit the unit of the count, for example {@code threads}
     * @param meaning one line
     * @return the definition, without a default
     */
    public static Setting<Integer> integer(String name, int min, int max, String unit, String meaning) {
        return of(name, meaning, SettingType.integer(min, max, unit));
    }

    /**
     * Defines a setting that is a time span, written with its unit: {@code 500ms}, {@code 30s}, {@code 2m}, {@code 1h}.
     *
     * @param name without the prefix
     * @param meaning one line
     * @return the definition, without a default; values are from 0 to 8760 hours, which is a year, so that sums of them in
     *     nanoseconds fit a long
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
     * Defines a setting with a fixed set of values: an enum's constants in lower case, with dashes for underscores.
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
     * Defines a setting that is a list of an enum's constants, separated by commas. An empty text is an empty list.
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
     * Defines a setting that is a list, separated by commas. An empty text is an empty list.
     *
     * @param <E> the type of the elements
     * @param name without the prefix
     * @param expected the accepted elements, as the object of "expected" in a message, for example {@code paths}
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
     * @param name without the prefix and the last dot, for example {@code environ}
     * @param accepts returns whether a name is allowed
     * @param expected the allowed names, as the object of "expected" in a message
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
     * @param value used if no source has the setting
     * @return a changed copy
     */
    public Setting<T> withDefault(T value) {
        String text = type.formatter().apply(value);
        return withDefault(settings -> value, text.isEmpty() ? "empty" : text);
    }

    /**
     * The same setting with a default that depends on other settings, or on the machine.
     *
     * @param value computes the default; called on each {@link Settings#get} that needs it
     * @param description describes the default in the table
     * @return a changed copy
     */
    public Setting<T> withDefault(Function<Settings, T> value, String description) {
        return new Setting<>(
                name, formerNames, meaning, type, checks, names, new Default<>(value, description), option);
    }

    /**
     * The same setting with a further condition on its values; defaults are not checked.
     *
     * @param accepts returns whether a value is allowed
     * @param expected the condition, as the object of "expected" in a message, for example {@code a duration of at least 1s}
     * @return a changed copy
     */
    public Setting<T> checked(Predicate<T> accepts, String expected) {
        List<Check<T>> more = new ArrayList<>(checks);
        more.add(new Check<>(accepts, expected));
        return new Setting<>(name, formerNames, meaning, type, more, names, defaultValue, option);
    }

    /**
     * The same setting with another placeholder than its type's, for example {@code DIR} for a text that is a directory.
     *
     * @param placeholder stands for the value in the help of a command line
     * @return a changed copy
     */
    public Setting<T> withPlaceholder(String placeholder) {
        return new Setting<>(
                name,
                formerNames,
                meaning,
                type,
                checks,
                names,
                defaultValue,
                new Option(placeholder, option.flagValue()));
    }

    /**
     * The same setting with a value for its option without a value: if the text is {@code watch}, {@code --reload} means
     * {@code --reload=watch}. For a boolean, the value is {@code true} by default.
     *
     * @param text a text that the setting accepts
     * @return a changed copy
     */
    public Setting<T> withFlagValue(String text) {
        return new Setting<>(
                name, formerNames, meaning, type, checks, names, defaultValue, new Option(option.placeholder(), text));
    }

    /**
     * The same setting with a former name: sources may still use that name, and {@linkplain Settings#warnings() warnings} ask
     * for the change. Remove the former name one release after the new name was introduced.
     *
     * @param name without the prefix
     * @return a changed copy
     */
    public Setting<T> formerly(String name) {
        List<String> more = new ArrayList<>(formerNames);
        more.add(checkedName(name));
        return new Setting<>(this.name, more, meaning, type, checks, names, defaultValue, option);
    }

    /**
     * The former names.
     *
     * @return names without the prefix; nearly always empty
     */
    public List<String> formerNames() {
        return formerNames;
    }

    /**
     * The name without the prefix.
     *
     * @return for example {@code request-timeout}
     */
    public String name() {
        return name;
    }

    /**
     * The name with the prefix, as messages show it.
     *
     * @return for example {@code gangway.request-timeout}; {@code gangway.environ.NAME} for a map
     */
    public String key() {
        return isMap() ? lookupKey() + "NAME" : lookupKey();
    }

    /** The key to look up; for a map, the prefix of all its keys. */
    String lookupKey() {
        return lookupKey(name);
    }

    /** All keys to look up: the current one first, then those of former names. */
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
     * @return one or two words
     */
    public String type() {
        return type.label();
    }

    /**
     * The unit that a value counts, or the units that it is written with.
     *
     * @return empty if there is no unit
     */
    public String unit() {
        return type.unit();
    }

    /**
     * The accepted texts.
     *
     * @return for example {@code a duration such as 30s or 2m}
     */
    public String expected() {
        return type.expected();
    }

    /**
     * The default, in words.
     *
     * @return empty if there is no default
     */
    public Optional<String> defaultDescription() {
        return Optional.ofNullable(defaultValue).map(Default::description);
    }

    /**
     * The meaning of the setting.
     *
     * @return one line
     */
    public String meaning() {
        return meaning;
    }

    /**
     * The placeholder of the value in the help of a command line.
     *
     * @return for example {@code N}, {@code TIME} or {@code off|log|fail}
     */
    public String placeholder() {
        return option.placeholder();
    }

    /**
     * The value of its option without a value on a command line.
     *
     * @return empty if the option needs a value
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

    /**
     * Whether the value is a list, whose text separates its elements with commas.
     *
     * @return whether an option for it may be repeated
     */
    public boolean isList() {
        return type.label().equals(SettingType.LIST);
    }

    /**
     * Whether the value is a text, whatever it must look like.
     *
     * @return false for numbers, choices, lists and others that are parsed
     */
    public boolean isText() {
        return type.label().equals(SettingType.TEXT);
    }

    /**
     * Whether a value may be written so. A number in place of a text is refused, because its digits are gone when it is read: {@code 0o660} is 432 then,
     * and {@code 1_000} is 1000.
     */
    boolean accepts(Form form) {
        boolean isText = isMap() || isList() || isText();
        return switch (form) {
            case TEXT -> true;
            case NUMBER, BOOLEAN, DATE -> !isText; // the parser decides
            case LIST -> isList();
            case FAULTY_LIST, TABLE -> false;
        };
    }

    Optional<T> defaultValue(Settings settings) {
        return Optional.ofNullable(defaultValue).map(it -> it.value().apply(settings));
    }

    /** Parses a text; the message of an {@link IllegalArgumentException} describes the accepted texts. */
    T parse(String text) {
        T value;
        try {
            value = type.parser().apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(type.expectedInPlaceOf(text.strip()), e);
        }
        for (Check<T> check : checks) {
            if (!check.accepts().test(value)) {
                throw new IllegalArgumentException(check.expected());
            }
        }
        return value;
    }

    /** Writes a value as a text that {@link #parse} accepts. */
    String format(T value) {
        return type.formatter().apply(value);
    }

    /** Whether this map accepts a name. */
    boolean acceptsName(String entry) {
        return names != null && names.test(entry);
    }

    @Override
    public String toString() {
        return key();
    }
}
