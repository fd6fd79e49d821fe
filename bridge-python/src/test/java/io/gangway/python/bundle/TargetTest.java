package io.gangway.python.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.deploy.DeploymentException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {
    private static final Target DEBIAN = new Target("python3", "3.11", "3.11.7", "linux-x86_64", "glibc 2.36");
    private static final Target ALPINE = new Target("python3", "3.11", "3.11.7", "linux-x86_64", "");
    private static final Target MAC = new Target("python3", "3.11", "3.11.7", "macosx-13.0-arm64", "");

    @ParameterizedTest
    @CsvSource({
        "any, true, true, true",
        "manylinux_2_36_x86_64, true, false, false",
        "manylinux_2_37_x86_64, false, false, false",
        "manylinux2014_x86_64, true, false, false",
        "manylinux1_x86_64, true, false, false",
        "manylinux_2_17_aarch64, false, false, false",
        "musllinux_1_2_x86_64, false, true, false",
        "linux_x86_64, true, true, false",
        "macosx_11_0_arm64, false, false, true",
        "macosx_10_9_universal2, false, false, true",
        "macosx_14_0_arm64, false, false, false",
        "win_amd64, false, false, false",
    })
    void knows_the_platforms_whose_wheels_run_on_it(String tag, boolean debian, boolean alpine, boolean mac) {
        assertThat(DEBIAN.isPlatform(tag)).isEqualTo(debian);
        assertThat(ALPINE.isPlatform(tag)).isEqualTo(alpine);
        assertThat(MAC.isPlatform(tag)).isEqualTo(mac);
    }

    @Test
    void a_temp_directory_that_cannot_be_written_is_not_taken_for_a_missing_python(@TempDir Path files) {
        Path missing = files.resolve("missing");

        assertThatThrownBy(() -> Target.of("python3", missing))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(
                        "step interpreter: no file can be written in the directory for temporary files, \"" + missing
                                + "\": there is no such file or directory. Fix: make room there, or name another directory with"
                                + " -Djava.io.tmpdir");
    }

    @Test
    void a_program_that_is_not_there_is_no_python(@TempDir Path files) throws Exception {
        assertThat(Target.of(files.resolve("python3").toString(), files)).isEmpty();
        assertThat(files).isEmptyDirectory();
    }

    @Test
    void another_version_of_python_is_refused() {
        BundleDescription description = new BundleDescription(Optional.of("3.12"), Map.of(), List.of(), Map.of());

        assertThatThrownBy(() -> DEBIAN.check(description))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(
                        "step interpreter: the packages in the WAR are for Python 3.12, and \"python3\" is Python 3.11.7."
                                + " Fix: install Python 3.12 and name it in gangway.python, or build the WAR for this version:"
                                + " gangway war --python-version 3.11");
    }

    @Test
    void a_wheel_for_another_platform_is_refused() {
        BundleDescription description = new BundleDescription(
                Optional.of("3.11"), Map.of("numpy-2.0.0", "cp311-cp311-manylinux_2_17_aarch64"), List.of(), Map.of());

        assertThatThrownBy(() -> DEBIAN.check(description))
                .hasMessage("step interpreter: the package \"numpy-2.0.0\" in the WAR is for another platform"
                        + " (\"cp311-cp311-manylinux_2_17_aarch64\") than \"python3\", which is for linux-x86_64 with glibc 2.36."
                        + " Fix: build the WAR on a machine like this one, or for it: gangway war --platform"
                        + " manylinux_2_36_x86_64");
    }
}
