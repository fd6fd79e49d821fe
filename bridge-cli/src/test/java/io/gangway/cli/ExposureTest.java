package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.cli.config.Bind;
import io.gangway.cli.server.Exposure;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExposureTest {
    @Test
    void development_on_all_addresses_is_warned_of() {
        assertThat(warning(":8000", Map.of("--development", "true")))
                .contains(
                        "gangway: WARNING: --development on 0.0.0.0 port 8000, which other machines can reach: they see the"
                                + " traceback of every error, with file names, source lines and exception messages. Fix: listen"
                                + " on this machine only, with --bind 127.0.0.1:8000, or run without --development");
    }

    @Test
    void watching_on_an_address_of_the_network_is_warned_of() {
        assertThat(warning("192.0.2.1:80", Map.of("--reload", "watch")))
                .contains(
                        "gangway: WARNING: --reload=watch on 192.0.2.1 port 80, which other machines can reach: they get"
                                + " the code that was saved last, and see the traceback if it cannot be loaded. Fix: listen on this"
                                + " machine only, with --bind 127.0.0.1:80, or run without --reload=watch");
    }

    @Test
    void both_are_named_in_one_warning() {
        assertThat(warning("[::]:8000", Map.of("--reload", "watch", "--development", "true")))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("gangway: WARNING: --development and --reload=watch on :: port 8000, which")
                        .endsWith("or run without --development and without --reload=watch"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1:8000", "8000", "[::1]:8000", "localhost:8000", "127.8.9.1:80", "unix:/run/shop.sock"})
    void what_only_this_machine_reaches_is_not(String bind) {
        assertThat(warning(bind, Map.of("--reload", "watch", "--development", "true")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "touch:/srv/shop/touched"})
    void nothing_is_said_in_production(String reload) {
        assertThat(warning(":8000", Map.of("--reload", reload))).isEmpty();
    }

    private static Optional<String> warning(String bind, Map<String, String> options) {
        Settings settings = Settings.resolve(
                RunCommand.settings(RunCommand.builtIn()), List.of(SettingSource.commandLine(options)));
        return Exposure.warning(settings, List.of(Bind.parse(bind)));
    }
}
