package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.cli.config.SettingOptions;
import io.gangway.deploy.Setting;
import io.gangway.deploy.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Settings that were renamed, on the command line. */
class SettingOptionsTest {
    private static final Setting<Integer> CREW =
            Setting.integer("crew", 1, 9, "processes", "How many.").formerly("hands");
    private static final Setting<Boolean> LOUD =
            Setting.bool("loud", "Whether.").formerly("noisy");
    private static final Setting<Map<String, String>> ENV =
            Setting.map("env", name -> true, "a name", "What.").formerly("variables");
    private static final List<Setting<?>> ALL = List.of(CREW, LOUD, ENV);

    private final SettingOptions options = new SettingOptions(ALL);
    private final CommandLine line = new CommandLine(RunHelp.spec("run", () -> 0, options));

    private Settings parsed(String... arguments) {
        return Settings.resolve(ALL, List.of(options.source(line.parseArgs(arguments), "")));
    }

    @Test
    void former_names_are_options_that_warn() {
        Settings settings = parsed("--hands=4", "--noisy", "--variables", "A=b");
        assertThat(settings.get(CREW)).isEqualTo(4);
        assertThat(settings.find(LOUD)).contains(true);
        assertThat(settings.get(ENV)).isEqualTo(Map.of("A", "b"));
        assertThat(settings.warnings())
                .containsExactly(
                        "--hands: the setting is called --crew now, and the old name is accepted in this release (command"
                                + " line option). Fix: write --crew",
                        "--noisy: the setting is called --loud now, and the old name is accepted in this release (command"
                                + " line option). Fix: write --loud",
                        "--variables A: the setting is called --env A now, and the old name is accepted in this release"
                                + " (command line option). Fix: write --env A");
    }

    @Test
    void a_message_names_options_in_place_of_settings() {
        assertThat(options.asOptions(
                        "gangway.crew=5, gangway.env.NAME, gangway.env.A. Fix: gangway.application: gangway.loud"))
                .isEqualTo("--crew=5, --env, --env.A. Fix: APP: --loud");
        String others = "gangway.crews gangway.crew-x io.gangway.crew gangway.hands gangway-loud gangway. $1";
        assertThat(options.asOptions(others)).isEqualTo(others);
    }

    @Test
    void todays_names_warn_of_nothing() {
        Settings settings = parsed("--crew", "5", "--loud=false", "--env=A=b");
        assertThat(settings.get(CREW)).isEqualTo(5);
        assertThat(settings.find(LOUD)).contains(false);
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void neither_the_help_nor_the_completion_shows_a_former_name() {
        assertThat(line.getUsageMessage()).contains("--crew").doesNotContain("--hands");
        assertThat(CompletionScript.of(new CommandLine(CommandSpec.create()).addSubcommand("run", line)))
                .contains("--crew")
                .doesNotContain("--hands");
    }
}
