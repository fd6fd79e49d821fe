package io.gangway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.SettingSource.Kind;
import io.gangway.lint.Lint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private static final Setting<Duration> TIMEOUT =
            Setting.duration("request-timeout", "How long.").withDefault(Duration.ofSeconds(60));
    private static final Setting<Duration> RENAMED =
            TIMEOUT.formerly("max-time").formerly("wait");
    private static final Setting<Integer> WORKERS = Setting.integer("workers", 1, 64, "processes", "How many.");
    private static final Setting<Map<String, String>> ENVIRON = CoreSettings.ENVIRON;
    private static final List<Setting<?>> ALL = List.of(TIMEOUT, WORKERS, ENVIRON);

    @ParameterizedTest
    @CsvSource({
        "COMMAND_LINE,SYSTEM_PROPERTY",
        "SYSTEM_PROPERTY,ENVIRONMENT",
        "ENVIRONMENT,ENV_FILE",
        "ENV_FILE,CONFIG_FILE",
        "CONFIG_FILE,PYPROJECT",
        "PYPROJECT,PORT",
        "PORT,INIT_PARAM",
        "INIT_PARAM,CONTEXT_PARAM"
    })
    void the_stronger_of_two_neighbours_wins_in_whatever_order_they_are_given(Kind stronger, Kind weaker) {
        SettingSource strong = source(stronger, "gangway.request-timeout", "1s");
        SettingSource weak = source(weaker, "gangway.request-timeout", "2s");
        for (List<SettingSource> sources : List.of(List.of(strong, weak), List.of(weak, strong))) {
            assertThat(Settings.resolve(ALL, sources).get(TIMEOUT)).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_source_is_stronger_than_the_default_and_remembered(Kind kind) {
        Settings settings = Settings.resolve(ALL, List.of(source(kind, "gangway.request-timeout", "2s")));
        assertThat(settings.get(TIMEOUT)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.origin(TIMEOUT))
                .isEqualTo(
                        switch (kind) {
                            case COMMAND_LINE -> "command line option --request-timeout";
                            case SYSTEM_PROPERTY -> "system property";
                            case ENVIRONMENT -> "environment variable GANGWAY_REQUEST_TIMEOUT";
                            case ENV_FILE -> "env file GANGWAY_REQUEST_TIMEOUT";
                            case CONFIG_FILE -> "config file request-timeout";
                            case PYPROJECT -> "pyproject.toml request-timeout";
                            case PORT -> "environment variable PORT";
                            case INIT_PARAM -> "servlet init-param";
                            case CONTEXT_PARAM -> "context-param";
                        });
    }

    @Test
    void a_value_from_a_file_is_told_with_its_line() {
        SettingSource file = new SettingSource(
                Kind.CONFIG_FILE,
                Map.of("request-timeout", "75", "wrkers", "1"),
                Map.of("request-timeout", "gangway.toml, line 3", "wrkers", "gangway.toml, line 4"));
        assertThatThrownBy(() -> Settings.resolve(ALL, List.of(file)))
                .hasMessage("2 settings are wrong:\n"
                        + "  wrkers: there is no such setting (gangway.toml, line 4). Fix: write workers if that was meant,"
                        + " or remove it\n"
                        + "  gangway.request-timeout: expected a duration with its unit, such as 75s or 75ms; found \"75\" (from"
                        + " gangway.toml, line 3). Fix: correct it, or remove it for the default: 1m");
    }

    @Test
    void a_source_without_all_settings_but_one_keeps_its_places() {
        SettingSource file = new SettingSource(
                Kind.CONFIG_FILE,
                Map.of("request-timeout", "1s", "wrkers", "1"),
                Map.of("request-timeout", "a, line 1"));
        Settings settings = Settings.resolve(List.of(TIMEOUT), List.of(file.only(TIMEOUT)));
        assertThat(settings.get(TIMEOUT)).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.origin(TIMEOUT)).isEqualTo("a, line 1");
        assertThat(settings.kind(TIMEOUT)).contains(Kind.CONFIG_FILE);
        assertThat(settings.text(TIMEOUT)).contains("1s");
    }

    @Test
    void without_a_source_there_is_the_default() {
        Settings settings = Settings.resolve(ALL, List.of());
        assertThat(settings.get(TIMEOUT)).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.origin(TIMEOUT)).isEqualTo("default");
        assertThat(settings.definitions()).containsExactlyElementsOf(ALL);
    }

    @Test
    void without_a_default_there_is_nothing_or_an_error() {
        Settings settings = Settings.resolve(ALL, List.of());
        assertThat(settings.find(WORKERS)).isEmpty();
        assertThatThrownBy(() -> settings.get(WORKERS))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("gangway.workers: expected a whole number from 1 to 64; found nothing. Fix: set"
                        + " gangway.workers as servlet init-param, context-param or system property, or"
                        + " GANGWAY_WORKERS in the environment");
    }

    @Test
    void a_default_may_depend_on_other_settings() {
        assertThat(Settings.resolve(CoreSettings.all(), List.of()).get(CoreSettings.LINT))
                .isEqualTo(Lint.Mode.OFF);
        Settings development =
                Settings.resolve(CoreSettings.all(), List.of(source(Kind.INIT_PARAM, "gangway.development", "true")));
        assertThat(development.get(CoreSettings.LINT)).isEqualTo(Lint.Mode.FAIL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INIT_PARAM|servlet init-param",
                "SYSTEM_PROPERTY|system property",
                "ENVIRONMENT|environment variable GANGWAY_REQUEST_TIMEOUT",
                "COMMAND_LINE|command line option --request-timeout"
            })
    void the_message_of_a_wrong_value_has_its_source(Kind kind, String origin) {
        assertThatThrownBy(() -> Settings.resolve(ALL, List.of(source(kind, "gangway.request-timeout", "soon\n"))))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("gangway.request-timeout: expected a duration such as 30s or 2m; found \"soon\\n\" (from "
                        + origin + "). Fix: correct it, or remove it for the default: 1m");
    }

    @Test
    void a_bad_value_without_a_default_can_only_be_corrected() {
        assertThatThrownBy(() -> Settings.resolve(ALL, List.of(source(Kind.INIT_PARAM, "gangway.workers", "65"))))
                .hasMessage("gangway.workers: expected a whole number from 1 to 64; found \"65\" (from servlet"
                        + " init-param). Fix: correct it");
    }

    @Test
    void a_bad_value_is_overridden_by_a_stronger_good_one() {
        Settings settings = Settings.resolve(
                ALL,
                List.of(
                        source(Kind.INIT_PARAM, "gangway.workers", "many"),
                        source(Kind.ENVIRONMENT, "gangway.workers", "4")));
        assertThat(settings.get(WORKERS)).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "SYSTEM_PROPERTY,gangway.wrokers,gangway.workers,system property",
        "CONTEXT_PARAM,gangway.request_timeout,gangway.request-timeout,context-param",
        "INIT_PARAM,gangway.Workers,gangway.workers,servlet init-param",
        "INIT_PARAM,gangway.environ,gangway.environ.NAME,servlet init-param",
        "INIT_PARAM,gangway.environ.,gangway.environ.NAME,servlet init-param",
        "INIT_PARAM,gangway.enviorn.SHOP,gangway.environ.SHOP,servlet init-param",
        "ENV_FILE,GANGWAY_ENVIRO_SHOP_DB,GANGWAY_ENVIRON_SHOP_DB,env file",
        "ENV_FILE,GANGWAY_ENVIRON,GANGWAY_ENVIRON_NAME,env file",
        "ENVIRONMENT,GANGWAY_ENVIRO_SHOP_DB,GANGWAY_ENVIRON_SHOP_DB,environment variable",
        "ENVIRONMENT,GANGWAY_WORKER,GANGWAY_WORKERS,environment variable",
        "COMMAND_LINE,--requesttimeout,--request-timeout,command line option"
    })
    void an_unknown_name_is_an_error_that_suggests_the_nearest(Kind kind, String name, String near, String place) {
        assertThatThrownBy(() -> Settings.resolve(ALL, List.of(new SettingSource(kind, Map.of(name, "1")))))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(name + ": there is no such setting (" + place + "). Fix: write " + near
                        + " if that was meant, or remove it");
    }

    @Test
    void an_unknown_name_near_to_nothing_lists_what_there_is() {
        assertThatThrownBy(
                        () -> Settings.resolve(ALL, List.of(SettingSource.initParams(Map.of("gangway.threads", "4")))))
                .hasMessage("gangway.threads: there is no such setting (servlet init-param). Fix: remove it, or add the"
                        + " module that knows it. The nearest names are gangway.workers, gangway.environ.NAME,"
                        + " gangway.request-timeout");
    }

    @Test
    void one_message_lists_everything_that_is_wrong() {
        assertThatThrownBy(() -> Settings.resolve(
                        ALL,
                        List.of(
                                SettingSource.initParams(Map.of("gangway.workers", "0", "gangway.worker", "1")),
                                new SettingSource(Kind.ENVIRONMENT, Map.of("GANGWAY_WORKER", "1")))))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("3 settings are wrong:\n"
                        + "  GANGWAY_WORKER: there is no such setting (environment variable). Fix: write"
                        + " GANGWAY_WORKERS if that was meant, or remove it\n"
                        + "  gangway.worker: there is no such setting (servlet init-param). Fix: write"
                        + " gangway.workers if that was meant, or remove it\n"
                        + "  gangway.workers: expected a whole number from 1 to 64; found \"0\" (from servlet"
                        + " init-param). Fix: correct it");
    }

    @Test
    void names_without_the_prefix_are_ignored() {
        Map<String, String> params = Map.of("workers", "many", "gangwayworkers", "x", "log4j.x", "y");
        assertThat(SettingSource.initParams(params).values()).isEmpty();
        assertThat(SettingSource.contextParams(params).values()).isEmpty();
        assertThat(Settings.resolve(ALL, List.of(SettingSource.initParams(params)))
                        .find(WORKERS))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GANGWAY_SERVICE_HOST,10.0.0.1",
        "GANGWAY_SERVICE_PORT,80",
        "GANGWAY_SERVICE_PORT_HTTP,80",
        "GANGWAY_PORT,tcp://10.0.0.1:80",
        "GANGWAY_PORT_80_TCP,tcp://10.0.0.1:80",
        "GANGWAY_PORT_80_TCP_PROTO,tcp",
        "GANGWAY_SHOP_PORT_80_TCP_ADDR,10.0.0.1",
        "GANGWAY_SHOP_SERVICE_HOST,10.0.0.1"
    })
    void what_kubernetes_says_about_a_service_of_our_name_is_no_setting(String name, String value) {
        assertThat(new SettingSource(Kind.ENVIRONMENT, Map.of(name, value)).values())
                .isEmpty();
    }

    @Test
    void a_port_in_the_environment_is_a_setting() {
        assertThat(new SettingSource(Kind.ENVIRONMENT, Map.of("GANGWAY_PORT", "8080")).values())
                .containsOnlyKeys("GANGWAY_PORT");
    }

    @Test
    void entries_of_a_map_come_each_from_the_strongest_source() {
        Settings settings = Settings.resolve(
                ALL,
                List.of(
                        SettingSource.contextParams(Map.of("gangway.environ.A", "weak", "gangway.environ.b.c", "d ")),
                        SettingSource.initParams(Map.of("gangway.environ.A", "strong")),
                        new SettingSource(Kind.ENVIRONMENT, Map.of("GANGWAY_ENVIRON_E", ""))));
        assertThat(settings.get(ENVIRON)).isEqualTo(Map.of("A", "strong", "b.c", "d ", "E", ""));
        assertThat(settings.origin(ENVIRON)).isEqualTo("environment variable, servlet init-param, context-param");
        assertThat(settings.origins(ENVIRON))
                .containsEntry("A", "servlet init-param gangway.environ.A")
                .containsEntry("E", "environment variable GANGWAY_ENVIRON_E");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATH_INFO", "HTTP_HOST", "wsgi.input", "gangway.x", "REMOTE_USER", "SSL_PROTOCOL"})
    void a_deployer_cannot_set_keys_that_describe_the_request(String name) {
        assertThatThrownBy(() -> Settings.resolve(
                        ALL, List.of(SettingSource.initParams(Map.of("gangway.environ." + name, "x")))))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("gangway.environ.NAME: expected a name that the server does not use itself; found \"" + name
                        + "\" (from servlet init-param gangway.environ." + name + "). Fix: choose another name");
    }

    @Test
    void reads_this_jvms_system_properties_and_environment() {
        System.setProperty("gangway.workers", "3");
        try {
            assertThat(SettingSource.systemProperties().values()).containsEntry("gangway.workers", "3");
            assertThat(SettingSource.systemProperties().values().keySet())
                    .allSatisfy(name -> assertThat(name).startsWith("gangway."));
        } finally {
            System.clearProperty("gangway.workers");
        }
        assertThat(SettingSource.environment().kind()).isEqualTo(Kind.ENVIRONMENT);
    }

    @Test
    void a_source_is_a_snapshot() {
        Map<String, String> params = new HashMap<>(Map.of("gangway.workers", "1"));
        SettingSource source = SettingSource.initParams(params);
        params.put("gangway.workers", "2");
        assertThat(source.values()).containsEntry("gangway.workers", "1");
    }

    @Test
    void definitions_that_share_a_name_are_a_mistake_in_the_code() {
        List<Setting<?>> twice = new ArrayList<>(ALL);
        twice.add(Setting.bool("request.timeout", "The same variable in the environment."));
        assertThatThrownBy(() -> Settings.resolve(twice, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two settings are named gangway.request.timeout. Fix: rename one of them");
    }

    @ParameterizedTest
    @CsvSource({
        "COMMAND_LINE,--max-time,--request-timeout,command line option",
        "SYSTEM_PROPERTY,gangway.max-time,gangway.request-timeout,system property",
        "ENVIRONMENT,GANGWAY_MAX_TIME,GANGWAY_REQUEST_TIMEOUT,environment variable",
        "INIT_PARAM,gangway.max-time,gangway.request-timeout,servlet init-param",
        "CONTEXT_PARAM,gangway.max-time,gangway.request-timeout,context-param"
    })
    void a_former_name_is_accepted_with_a_warning(Kind kind, String former, String current, String place) {
        Settings settings = Settings.resolve(List.of(RENAMED), List.of(source(kind, "gangway.max-time", "2s")));
        assertThat(settings.get(RENAMED)).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.origin(RENAMED)).isEqualTo(place + " " + former);
        assertThat(settings.warnings())
                .containsExactly(former + ": the setting is called " + current
                        + " now, and the old name is accepted in this release (" + place + "). Fix: write " + current);
    }

    @Test
    void todays_name_warns_of_nothing_and_wins_over_a_former_one_in_the_same_source() {
        assertThat(Settings.resolve(List.of(RENAMED), List.of(source(Kind.INIT_PARAM, "gangway.request-timeout", "1s")))
                        .warnings())
                .isEmpty();

        Settings both = Settings.resolve(
                List.of(RENAMED),
                List.of(SettingSource.initParams(
                        Map.of("gangway.request-timeout", "1s", "gangway.max-time", "2s", "gangway.wait", "3s"))));
        assertThat(both.get(RENAMED)).isEqualTo(Duration.ofSeconds(1));
        assertThat(both.warnings())
                .containsExactly(
                        "gangway.max-time: the setting is called gangway.request-timeout now, and it is ignored beside"
                                + " gangway.request-timeout (servlet init-param). Fix: write gangway.request-timeout",
                        "gangway.wait: the setting is called gangway.request-timeout now, and it is ignored beside"
                                + " gangway.request-timeout (servlet init-param). Fix: write gangway.request-timeout");
    }

    @Test
    void a_former_name_in_a_stronger_source_wins_over_todays_in_a_weaker_one() {
        Settings settings = Settings.resolve(
                List.of(RENAMED),
                List.of(
                        source(Kind.CONTEXT_PARAM, "gangway.request-timeout", "1s"),
                        source(Kind.ENVIRONMENT, "gangway.max-time", "2s")));
        assertThat(settings.get(RENAMED)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void the_message_of_a_wrong_value_under_a_former_name_has_that_name() {
        assertThatThrownBy(() -> Settings.resolve(
                        List.of(RENAMED), List.of(source(Kind.INIT_PARAM, "gangway.max-time", "9999999h"))))
                .hasMessage("gangway.request-timeout: expected a duration of at most 8760h, which is a year; found"
                        + " \"9999999h\" (from servlet init-param gangway.max-time). Fix: correct it, or remove it for the"
                        + " default: 1m");
    }

    @Test
    void entries_of_a_map_are_accepted_under_its_former_name() {
        Setting<Map<String, String>> map = Setting.map("env", name -> !name.equals("BAD"), "a good name", "What.")
                .formerly("variables");
        Settings settings = Settings.resolve(
                List.of(map),
                List.of(
                        SettingSource.initParams(Map.of("gangway.env.A", "new", "gangway.variables.A", "old")),
                        new SettingSource(Kind.ENVIRONMENT, Map.of("GANGWAY_VARIABLES_B", "b"))));
        assertThat(settings.get(map)).isEqualTo(Map.of("A", "new", "B", "b"));
        assertThat(settings.warnings())
                .containsExactly(
                        "GANGWAY_VARIABLES_B: the setting is called GANGWAY_ENV_B now, and the old name is accepted in this"
                                + " release (environment variable). Fix: write GANGWAY_ENV_B",
                        "gangway.variables.A: the setting is called gangway.env.A now, and it is ignored beside a stronger"
                                + " gangway.env.A (servlet init-param). Fix: write gangway.env.A");
    }

    @Test
    void a_former_name_cannot_be_the_name_of_another_setting() {
        List<Setting<?>> definitions = List.of(RENAMED, Setting.bool("max.time", "Another."));
        assertThatThrownBy(() -> Settings.resolve(definitions, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two settings are named gangway.max.time. Fix: rename one of them");
    }

    @Test
    void the_table_shows_a_former_name() {
        assertThat(SettingsDocument.markdown(List.of(RENAMED)))
                .contains(" | How long. Formerly `gangway.max-time`, which is accepted in this release. Formerly"
                        + " `gangway.wait`, which is accepted in this release. |\n");
    }

    @Test
    void asking_for_a_setting_that_was_not_resolved_is_a_mistake_in_the_code() {
        Settings settings = Settings.resolve(List.of(TIMEOUT), List.of());
        assertThatThrownBy(() -> settings.get(WORKERS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gangway.workers was not among the settings that were resolved. Fix: pass the same object"
                        + " to Settings.resolve");
    }

    private static SettingSource source(Kind kind, String key, String value) {
        return new SettingSource(kind, Map.of(kind.spell(key), value));
    }
}
