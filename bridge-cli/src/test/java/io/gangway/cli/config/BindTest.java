package io.gangway.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8000, 127.0.0.1, 8000",
        "0.0.0.0:80, 0.0.0.0, 80",
        ":8000, 0.0.0.0, 8000",
        "8000, 127.0.0.1, 8000",
        "localhost:0, localhost, 0",
        "[::1]:8000, ::1, 8000",
        "[fe80::1%eth0]:8000, fe80::1%eth0, 8000",
        "my-host.example:65535, my-host.example, 65535"
    })
    void reads_a_host_and_a_port(String text, String host, int port) {
        assertThat(Bind.parse(text)).isEqualTo(new Bind.Port(host, port));
    }

    @Test
    void reads_a_unix_socket() {
        assertThat(Bind.parse("unix:/run/shop.sock")).isEqualTo(new Bind.UnixSocket(Path.of("/run/shop.sock")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "127.0.0.1:",
                "127.0.0.1:x",
                "::1:8000",
                ":65536",
                "http://x:80",
                "a b:1",
                "unix:"
            })
    void refuses_anything_else(String text) {
        assertThat(Bind.isValid(text)).isFalse();
    }
}
