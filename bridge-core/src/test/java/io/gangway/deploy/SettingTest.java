package io.gangway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.lint.Lint;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingTest {
    private static final Setting<Duration> TIMEOUT = Setting.duration("request-timeout", "How long.");
    private static final Setting<Long> LIMIT = Setting.byteSize("frame-limit", "How big.");
    private static final Setting<Integer> WORKERS = Setting.integer("workers", 1, 64, "processes", "How many.");
    private static final Setting<Boolean> FLAG = Setting.bool("flag", "Whether.");
    private static final Setting<Lint.Mode> MODE = Setting.choice("mode", Lint.Mode.class, "Which.");
    private static final Setting<List<String>> HOSTS = Setting.list("hosts", "host names", host -> host, "Where.");
    private static final Setting<List<Integer>> PORTS = Setting.list("ports", "ports", Integer::valueOf, "Where.");

    @ParameterizedTest
    @CsvSource({"500ms,PT0.5S", "30s,PT30S", "2m,PT2M", "1h,PT1H", "0s,PT0S", "8760h,PT8760H", "31536000000ms,PT8760H"})
    void a_duration_is_a_number_with_its_unit(String text, Duration expected) {
        assertThat(TIMEOUT.parse(text)).isEqualTo(expected);
    }

    @Test
    void a_duration_without_its_unit_is_told_to_have_one() {
        assertThatThrownBy(() -> Setting.duration("d", "x").parse(" 30 "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a duration with its unit, such as 30s or 30ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "s", "-1s", "1.5s", "30 s", "30S", "1234567890123s", "+1s", "\u0663s", "PT30S"})
    void a_duration_is_nothing_else(String text) {
        assertThatThrownBy(() -> TIMEOUT.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a duration such as 30s or 2m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8761h", "9999999h", "999999999999h", "31536000001ms", "525601m"})
    void a_duration_is_at_most_what_sums_of_nanoseconds_can_carry(String text) {
        assertThatThrownBy(() -> TIMEOUT.parse(text)).hasMessage("a duration of at most 8760h, which is a year");
        assertThat(TIMEOUT.parse("8760h").multipliedBy(100).toNanos()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1125899906842625", "1048577G", "999999999G", "999999999999999999G", "999999999999999999"})
    void a_size_is_at_most_a_pebibyte(String text) {
        assertThatThrownBy(() -> LIMIT.parse(text)).hasMessage("a size of at most 1048576G");
        assertThat(LIMIT.parse("1048576G")).isEqualTo(1L << 50);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "65536,65536", "64K,65536", "64k,65536", "10M,10485760", "3G,3221225472", "9999999999,9999999999"
    })
    void a_size_is_bytes_or_powers_of_1024(String text, long expected) {
        assertThat(LIMIT.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "K", "-1", "1.5M", "10MB", "+1", "\u0663", "1234567890123456789"})
    void a_size_is_nothing_else(String text) {
        assertThatThrownBy(() -> LIMIT.parse(text)).hasMessage("a size such as 65536, 64K or 10M");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65", "two", "1.0", "+2", "\u0663", "99999999999"})
    void an_integer_stays_within_its_bounds(String text) {
        assertThat(WORKERS.parse("1")).isEqualTo(1);
        assertThat(WORKERS.parse("64")).isEqualTo(64);
        assertThatThrownBy(() -> WORKERS.parse(text)).hasMessage("a whole number from 1 to 64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "yes", "on", "tru"})
    void a_boolean_is_true_or_false_in_any_case(String text) {
        assertThat(FLAG.parse("true")).isTrue();
        assertThat(FLAG.parse("False")).isFalse();
        assertThatThrownBy(() -> FLAG.parse(text)).hasMessage("true or false");
    }

    @Test
    void a_choice_is_one_of_its_words_in_any_case() {
        assertThat(MODE.parse("off")).isEqualTo(Lint.Mode.OFF);
        assertThat(MODE.parse("Fail")).isEqualTo(Lint.Mode.FAIL);
        assertThatThrownBy(() -> MODE.parse("loud")).hasMessage("one of off, log, fail, strict");
    }

    @Test
    void a_list_is_separated_by_commas_and_may_be_empty() {
        assertThat(HOSTS.parse("a, b,c")).containsExactly("a", "b", "c");
        assertThat(HOSTS.parse(" ")).isEmpty();
        assertThat(PORTS.parse("80,443")).containsExactly(80, 443);
        assertThatThrownBy(() -> HOSTS.parse("a,,b")).hasMessage("host names, separated by commas");
        assertThatThrownBy(() -> PORTS.parse("80,http")).hasMessage("ports, separated by commas");
    }

    @Test
    void choices_are_a_list_of_words() {
        Setting<List<Lint.Mode>> modes = Setting.choices("modes", Lint.Mode.class, "Which.");
        assertThat(modes.parse("log, off")).containsExactly(Lint.Mode.LOG, Lint.Mode.OFF);
        assertThat(modes.parse("")).isEmpty();
        assertThat(described(modes.withDefault(List.of(Lint.Mode.LOG, Lint.Mode.OFF))))
                .isEqualTo("log, off");
        assertThatThrownBy(() -> modes.parse("log,loud"))
                .hasMessage("some of off, log, fail, strict; separated by commas");
    }

    @Test
    void the_white_space_around_a_text_is_no_part_of_it() {
        assertThat(TIMEOUT.parse("\n      30s\n    ")).isEqualTo(Duration.ofSeconds(30));
        assertThat(CoreSettings.APPLICATION.parse(" class:Hello\n")).isEqualTo("class:Hello");
    }

    @Test
    void a_text_is_not_empty() {
        assertThatThrownBy(() -> CoreSettings.APPLICATION.parse("  "))
                .hasMessage("an application such as shop.wsgi:application or class:com.acme.Hello");
    }

    @Test
    void a_check_says_what_it_expects_and_leaves_the_original_alone() {
        Setting<Duration> positive = TIMEOUT.checked(value -> !value.isZero(), "a duration of at least 1ms");
        assertThat(positive.parse("1ms")).isEqualTo(Duration.ofMillis(1));
        assertThatThrownBy(() -> positive.parse("0s")).hasMessage("a duration of at least 1ms");
        assertThat(TIMEOUT.parse("0s")).isZero();
    }

    @Test
    void all_checks_apply() {
        Setting<Integer> even = WORKERS.checked(value -> value % 2 == 0, "an even number")
                .checked(value -> value % 3 == 0, "a multiple of 3");
        assertThat(even.parse("6")).isEqualTo(6);
        assertThatThrownBy(() -> even.parse("3")).hasMessage("an even number");
        assertThatThrownBy(() -> even.parse("4")).hasMessage("a multiple of 3");
    }

    @Test
    void a_default_is_described_as_it_would_be_written() {
        assertThat(TIMEOUT.defaultDescription()).isEmpty();
        assertThat(described(TIMEOUT.withDefault(Duration.ofSeconds(60)))).isEqualTo("1m");
        assertThat(described(TIMEOUT.withDefault(Duration.ofSeconds(90)))).isEqualTo("90s");
        assertThat(described(TIMEOUT.withDefault(Duration.ofMillis(1500)))).isEqualTo("1500ms");
        assertThat(described(TIMEOUT.withDefault(Duration.ofHours(2)))).isEqualTo("2h");
        assertThat(described(TIMEOUT.withDefault(Duration.ZERO))).isEqualTo("0s");
        assertThat(described(LIMIT.withDefault(65536L))).isEqualTo("64K");
        assertThat(described(LIMIT.withDefault(1000L))).isEqualTo("1000");
        assertThat(described(LIMIT.withDefault(5L << 30))).isEqualTo("5G");
        assertThat(described(LIMIT.withDefault(0L))).isEqualTo("0");
        assertThat(described(MODE.withDefault(Lint.Mode.OFF))).isEqualTo("off");
        assertThat(described(HOSTS.withDefault(List.of("a", "b")))).isEqualTo("a, b");
        assertThat(described(HOSTS.withDefault(List.of()))).isEqualTo("empty");
    }

    @Test
    void has_its_names_type_and_unit() {
        assertThat(WORKERS.name()).isEqualTo("workers");
        assertThat(WORKERS.key()).isEqualTo("gangway.workers").hasToString(WORKERS.toString());
        assertThat(WORKERS.type()).isEqualTo("integer");
        assertThat(WORKERS.unit()).isEqualTo("processes");
        assertThat(WORKERS.meaning()).isEqualTo("How many.");
        assertThat(CoreSettings.ENVIRON.key()).isEqualTo("gangway.environ.NAME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Workers", "gangway.x_y", "-x", "x-", "x..y"})
    void a_name_is_lower_case_words(String name) {
        assertThatThrownBy(() -> Setting.bool(name, "Whether."))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "expected a setting's name of lower-case words joined by dashes or dots, without the prefix; found "
                                + name);
    }

    @Test
    void a_map_without_entries_is_empty() {
        Setting<Map<String, String>> map = Setting.map("map", name -> true, "a name", "Which.");
        assertThat(Settings.resolve(List.of(map), List.of()).get(map)).isEmpty();
    }

    private static String described(Setting<?> setting) {
        return setting.defaultDescription().orElseThrow();
    }

    @Test
    void says_how_a_command_line_writes_it() {
        assertThat(Setting.integer("n", 0, 1, "things", "").placeholder()).isEqualTo("N");
        assertThat(Setting.text("t", "a directory", "").withPlaceholder("DIR").placeholder())
                .isEqualTo("DIR");
        assertThat(Setting.bool("b", "").flagValue()).contains("true");
        assertThat(Setting.text("t", "", "").flagValue()).isEmpty();
        assertThat(Setting.text("t", "", "")
                        .withFlagValue("watch")
                        .withDefault("off")
                        .flagValue())
                .contains("watch");
    }
}
