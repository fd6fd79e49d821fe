package io.gangway.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.GatewayWar;
import io.gangway.it.Python;
import io.gangway.it.launch.Redeployment;
import io.gangway.it.launch.Redeployment.Situation;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A web application with a Python application in it, deployed and undeployed in one Tomcat 11 again and again. */
@Timeout(300)
@EnabledOnOs(value = OS.LINUX, disabledReason = "counts descriptors in /proc")
final class RedeploymentIT {
    private static final int TIMES = 20;
    private static final int FEW_TIMES = 3;

    /** Seconds; an idle application stops in a tenth of one, and a stop that waits for a lost event takes longer. */
    private static final int LONGEST_STOP = 10;

    @TempDir
    Path files;

    @Test
    void leaves_no_thread_process_file_descriptor_or_class_loader_behind() throws Exception {
        nothingIsLeftAfter(TIMES, Situation.IDLE, "plain:application");
    }

    /** No class can be loaded from there any more: all classes that the stop needs were loaded at the start. */
    @Test
    void leaves_nothing_behind_where_its_directory_was_removed_before_the_stop() throws Exception {
        nothingIsLeftAfter(FEW_TIMES, Situation.DIRECTORY_GONE, "plain:application");
    }

    /** Tomcat does not dispatch its request any more. */
    @Test
    void leaves_nothing_behind_where_a_handshake_waits_for_the_application() throws Exception {
        nothingIsLeftAfter(FEW_TIMES, Situation.HANDSHAKE_WAITS, "handshakes:application");
    }

    private void nothingIsLeftAfter(int times, Situation situation, String application) throws Exception {
        Python.assumeThere();
        Path war = files.resolve("shop.war");
        GatewayWar.of(Map.of(
                        "gangway.application",
                        "python:" + application,
                        "gangway.python",
                        Python.COMMAND,
                        "gangway.python-path",
                        Deployed.directory().toString(),
                        "gangway.workers",
                        situation == Situation.HANDSHAKE_WAITS ? "1" : "2"))
                .write(war);
        Path log = files.resolve("log");
        Process tomcat = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + Files.createDirectory(files.resolve("tmp")),
                        "-cp",
                        classPath(),
                        Redeployment.class.getName(),
                        Files.createDirectory(files.resolve("base")).toString(),
                        war.toString(),
                        Integer.toString(times),
                        situation.name())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(tomcat.waitFor(240, TimeUnit.SECONDS)).as(log.toString()).isTrue();
        } finally {
            tomcat.descendants().forEach(ProcessHandle::destroyForcibly);
            tomcat.destroyForcibly().waitFor();
        }
        List<String> lines = Files.readAllLines(log);
        assertThat(lines)
                .filteredOn(line -> line.startsWith("ANSWER "))
                .isEqualTo(Collections.nCopies(times + 1, "ANSWER 200"));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("LEFT "))
                .containsExactly(
                        "LEFT descriptors=0",
                        "LEFT threads=[]",
                        "LEFT processes=0",
                        "LEFT directories=0",
                        "LEFT loaders=0",
                        "LEFT leaks=[]");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("STOPPED "))
                .hasSize(times + 1)
                .allMatch(line -> Integer.parseInt(line.substring("STOPPED ".length())) < LONGEST_STOP);
        assertThat(lines).noneMatch(line -> line.contains("a thread named [gangway"));
        assertThat(lines).noneMatch(line -> line.contains("NoClassDefFoundError"));
    }

    /** Tomcat, and the program that deploys: none of ours, so that the web application's own are the only ones. */
    private static String classPath() {
        Path target = Path.of(System.getProperty("test.it.target"));
        File[] jars = Objects.requireNonNull(
                target.resolve("tomcat11").toFile().listFiles(), "run the build up to pre-integration-test");
        List<String> entries =
                new ArrayList<>(Stream.of(jars).map(File::getPath).toList());
        entries.add(target.resolve("classes").toString());
        return String.join(File.pathSeparator, entries);
    }
}
