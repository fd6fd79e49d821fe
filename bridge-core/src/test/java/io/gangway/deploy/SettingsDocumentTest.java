package io.gangway.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsDocumentTest {
    @Test
    void a_setting_is_one_row() {
        Setting<Duration> timeout =
                Setting.duration("request-timeout", "How long.").withDefault(Duration.ofSeconds(60));
        assertThat(SettingsDocument.markdown(List.of(timeout)))
                .endsWith(
                        "\n| `gangway.request-timeout` | `GANGWAY_REQUEST_TIMEOUT` | duration | a duration such as 30s"
                                + " or 2m | ms, s, m or h | 1m | How long. |\n");
    }
}
