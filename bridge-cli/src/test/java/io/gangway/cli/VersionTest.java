package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {
    @Test
    void the_first_line_says_what_the_system_is_good_for() {
        assertThat(Version.system("Linux")).isEqualTo("Linux");
        assertThat(Version.system("Mac OS X")).isEqualTo("macOS (for development)");
        assertThat(Version.system("Windows 11"))
                .isEqualTo(
                        "Windows 11 (not supported: the workers of Python applications need Linux, for example in WSL)");
    }
}
