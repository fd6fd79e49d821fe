package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorIT {
    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Needed.python();
        Files.writeString(
                folder.resolve("shop.py"), "def app(environ, start_response):\n    raise NotImplementedError\n");
        Files.writeString(folder.resolve("broken.py"), "import no_such_module\n");
    }

    @Test
    void a_machine_and_an_application_that_load_are_well() throws Exception {
        try (GangwayProcess doctor = GangwayProcess.start(folder, "doctor", "shop:app", "--workers=1")) {
            assertThat(doctor.exitCode()).as(doctor.output()).isZero();
            assertThat(doctor.output())
                    .containsPattern("(?m)^ok       java         \\d+")
                    .containsPattern("(?m)^ok       interpreter  \\S+python3\\S* is Python 3\\.\\d+\\.\\d+ for ")
                    .containsPattern("(?m)^ok       temp         \\S+ is writable")
                    .contains("gangway.workers (command line option --workers)")
                    .containsPattern("(?m)^ok       application  shop:app was loaded and stopped in \\d+ ms");
        }
    }

    @Test
    void an_application_that_does_not_load_is_a_problem_with_its_traceback() throws Exception {
        try (GangwayProcess doctor = GangwayProcess.start(folder, "doctor", "broken:app", "--workers=1")) {
            assertThat(doctor.exitCode()).isEqualTo(6);
            assertThat(doctor.output())
                    .containsPattern("(?m)^problem  application  .*step import of \"broken:app\" failed")
                    .contains("No module named 'no_such_module'")
                    .containsPattern("(?m)^ +Fix: ");
        }
    }

    @Test
    void packages_that_do_not_fit_each_other_are_a_warning_in_pips_words() throws Exception {
        run("-m", "venv", "--without-pip", "--system-site-packages", "venv");
        Needed.that(Needed.runs(folder.resolve("venv/bin/python").toString(), "-m", "pip", "--version"), "pip");
        run("-c", """
                import glob, os
                info = os.path.join(glob.glob("venv/lib/python3*/site-packages")[0], "needy-1.dist-info")
                os.mkdir(info)
                with open(info + "/METADATA", "w") as file:
                    file.write("Metadata-Version: 2.1\\nName: needy\\nVersion: 1\\nRequires-Dist: no-such-package>=2\\n")
                """);
        try (GangwayProcess doctor = GangwayProcess.start(folder, "doctor", "--venv=venv")) {
            assertThat(doctor.exitCode()).as(doctor.output()).isZero();
            assertThat(doctor.output())
                    .contains("needy 1 requires no-such-package, which is not installed.")
                    .containsPattern("(?m)^warning  packages     ")
                    .contains("Fix: install the versions that are missing, with this interpreter's pip");
        }
    }

    private void run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    @Test
    void findings_are_json_if_asked_for() throws Exception {
        try (GangwayProcess doctor = GangwayProcess.start(folder, "doctor", "--json", "--python=nowhere")) {
            assertThat(doctor.exitCode()).isEqualTo(6);
            assertThat(doctor.output())
                    .startsWith("[{\"status\":\"ok\",\"check\":\"system\",")
                    .contains(
                            "{\"status\":\"problem\",\"check\":\"interpreter\",\"message\":\"nowhere cannot be started, or is no"
                                    + " Python 3\",\"fix\":\"install Python 3.9 or later");
        }
    }

    @Test
    void a_war_that_is_not_there_is_a_problem() throws Exception {
        try (GangwayProcess doctor = GangwayProcess.start(folder, "doctor", "nix.war")) {
            assertThat(doctor.exitCode()).isEqualTo(6);
            assertThat(doctor.output())
                    .contains("problem  war          nix.war cannot be read: there is no such file or directory\n")
                    .contains("Fix: name a WAR, or build it with gangway war");
        }
    }

    @Test
    void the_interpreter_of_a_war_is_the_one_that_would_run_it() throws Exception {
        try (GangwayProcess built = GangwayProcess.start(folder, "war", "shop:app", "-o", "shop.war")) {
            assertThat(built.exitCode()).as(built.output()).isZero();
        }
        try (GangwayProcess doctor = GangwayProcess.start(
                folder,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dio.gangway.python.default=/the/wheels/python",
                        "-jar",
                        GangwayProcess.jar().toString()),
                "doctor",
                "shop.war")) {
            assertThat(doctor.exitCode()).as(doctor.output()).isZero();
            assertThat(doctor.output())
                    .containsPattern("(?m)^ok       interpreter  /\\S+/python3 is Python 3\\.")
                    .doesNotContain("/the/wheels");
        }
    }

    @Test
    void a_file_that_is_no_war_is_a_problem() throws Exception {
        Files.writeString(folder.resolve("shop.war"), "no archive");
        try (GangwayProcess doctor = GangwayProcess.start(folder, "doctor", "shop.war")) {
            assertThat(doctor.exitCode()).isEqualTo(6);
            assertThat(doctor.output()).contains("problem  war          shop.war cannot be read: ");
        }
    }
}
