package io.gangway.deploy;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a setting: how its text is parsed.
 *
 * @param label the type in one or two words, for tables
 * @param unit the unit of a number; empty if there is none
 * @param placeholder stands for the value in the help of a command line
 * @param expected the texts that are accepted, as the object of "expected"
 * @param parser throws {@link IllegalArgumentException} for any other text
 * @param formatter writes a value as a text that the parser accepts
 */
record SettingType<T>(
        String label,
        String unit,
        String placeholder,
        String expected,
        Function<String, T> parser,
        Function<T, String> formatter) {
    /**
     * A year. Timers count in nanoseconds, of which a long holds 292 years, and add durations to one another and to
     * {@link System#nanoTime}. For "no limit", settings have 0s, or the greatest value.
     */
    static final Duration MAX_DURATION = Duration.ofDays(365);

    /** 1 PiB. No machine has so much memory or disk, and sums of such sizes fit a long. */
    static final long MAX_BYTE_SIZE = 1L << 50;

    /** The label of texts. */
    static final String TEXT = "text";

    /** The label of lists. */
    static final String LIST = "list";

    private static final String DURATION_UNITS = "ms, s, m or h";

    /** A duration has at most twelve digits: so many hours fit a {@link Duration}, and more digits are a mistake. */
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");

    /** A size has at most eighteen digits: they fit a long, and more digits are a mistake. */
    private static final Pattern BYTE_SIZE = Pattern.compile("([0-9]{1,18})([kKmMgG]?)");

    /** ASCII digits only: {@link Integer#parseInt} accepts the digits of every script, and a plus sign. */
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,10}");

    /** As {@link #expected}; if only the unit of a duration is missing, it says that. */
    String expectedInPlaceOf(String text) {
        boolean isWithoutUnit = unit.equals(DURATION_UNITS) && text.matches("[0-9]{1,12}");
        return isWithoutUnit ? "a duration with its unit, such as " + text + "s or " + text + "ms" : expected;
    }

    static SettingType<String> text(String expected) {
        return new SettingType<>(TEXT, "", "TEXT", expected, SettingType::nonEmpty, Function.identity());
    }

    static SettingType<Boolean> bool() {
        return new SettingType<>("boolean", "", "BOOL", "true or false", SettingType::parseBoolean, String::valueOf);
    }

    static SettingType<Integer> integer(int min, int max, String unit) {
        String expected = "a whole number from " + min + " to " + max;
        return new SettingType<>("integer", unit, "N", expected, text -> parseInteger(text, min, max), String::valueOf);
    }

    static SettingType<Duration> duration() {
        return new SettingType<>(
                "duration",
                DURATION_UNITS,
                "TIME",
                "a duration such as 30s or 2m",
                SettingType::parseDuration,
                SettingType::formatDuration);
    }

    static SettingType<Long> byteSize() {
        return new SettingType<>(
                "size",
                "bytes; K, M, G",
                "SIZE",
                "a size such as 65536, 64K or 10M",
                SettingType::parseByteSize,
                SettingType::formatByteSize);
    }

    static String longestDuration() {
        return "a duration of at most " + formatDuration(MAX_DURATION) + ", which is a year";
    }

    static String largestByteSize() {
        return "a size of at most " + formatByteSize(MAX_BYTE_SIZE);
    }

    static <E extends Enum<E>> SettingType<E> choice(Class<E> choices) {
        List<E> constants = Arrays.asList(choices.getEnumConstants());
        return new SettingType<>(
                "choice",
                "",
                words(constants, "|"),
                "one of " + words(constants, ", "),
                text -> parseChoice(constants, text),
                SettingType::word);
    }

    static <E extends Enum<E>> SettingType<List<E>> choices(Class<E> choices) {
        List<E> constants = Arrays.asList(choices.getEnumConstants());
        return listOf(
                "some of " + words(constants, ", ") + "; separated by commas",
                text -> parseChoice(constants, text),
                SettingType::word);
    }

    static <E> SettingType<List<E>> list(String expectedElements, Function<String, E> parser) {
        return listOf(expectedElements + ", separated by commas", parser, String::valueOf);
    }

    private static <E> SettingType<List<E>> listOf(
            String expected, Function<String, E> parser, Function<E, String> formatter) {
        return new SettingType<>(
                LIST,
                "",
                "LIST",
                expected,
                text -> parseList(text, parser),
                list -> list.stream().map(formatter).collect(joining(", ")));
    }

    private static String words(List<? extends Enum<?>> constants, String separator) {
        return constants.stream().map(SettingType::word).collect(joining(separator));
    }

    static SettingType<Map<String, String>> map(String expectedName) {
        return new SettingType<>(
                "text by name",
                "",
                "NAME=TEXT",
                expectedName,
                text -> {
                    throw new IllegalArgumentException(text);
                },
                Map::toString);
    }

    private static String nonEmpty(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }

    private static boolean parseBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static int parseInteger(String text, int min, int max) {
        int value = Integer.parseInt(matched(INTEGER, text).group());
        if (value < min || value > max) {
            throw new IllegalArgumentException(text);
        }
        return value;
    }

    private static Duration parseDuration(String text) {
        Matcher matcher = matched(DURATION, text);
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
    }

    private static String formatDuration(Duration duration) {
        long millis = duration.toMillis();
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 != 0 ? seconds / 60 + "m" : seconds / 3600 + "h";
    }

    private static long parseByteSize(String text) {
        Matcher matcher = matched(BYTE_SIZE, text);
        long count = Long.parseLong(matcher.group(1));
        int shift = shift(matcher.group(2));
        return count > MAX_BYTE_SIZE >> shift
                ? MAX_BYTE_SIZE + 1
                : count << shift; // a value that is too large stays too large
    }

    private static int shift(String unit) {
        return switch (unit.toUpperCase(Locale.ROOT)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
    }

    private static String formatByteSize(long bytes) {
        for (String unit : List.of("G", "M", "K")) {
            if (bytes != 0 && bytes % (1L << shift(unit)) == 0) {
                return (bytes >> shift(unit)) + unit;
            }
        }
        return Long.toString(bytes);
    }

    private static <E extends Enum<E>> E parseChoice(List<E> constants, String text) {
        return constants.stream()
                .filter(constant -> word(constant).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E> List<E> parseList(String text, Function<String, E> parser) {
        List<E> elements = new ArrayList<>();
        for (String element : text.split(",", -1)) {
            if (!text.isEmpty()) { // an empty list is a value: it overrides the list of a weaker source
                elements.add(parser.apply(nonEmpty(element.strip())));
            }
        }
        return List.copyOf(elements);
    }

    private static Matcher matched(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(text);
        }
        return matcher;
    }
}
