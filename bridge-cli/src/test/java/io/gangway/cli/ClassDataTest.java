package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClassDataTest {
    @Test
    void the_training_has_neither_the_servers_settings_nor_what_systemd_gave_the_service() {
        Map<String, String> environment = new TreeMap<>(Map.of(
                "GANGWAY_WORKERS", "4",
                "PORT", "5000",
                "JDK_JAVA_OPTIONS", "-Xmx1g",
                "JAVA_TOOL_OPTIONS", "-Xmx1g",
                "NOTIFY_SOCKET", "/run/systemd/notify",
                "LISTEN_FDS", "1",
                "LISTEN_PID", "42",
                "LISTEN_FDNAMES", "shop.socket",
                "PATH", "/usr/bin"));

        ClassData.removeOwn(environment);

        assertThat(environment).containsOnlyKeys("PATH");
    }
}
