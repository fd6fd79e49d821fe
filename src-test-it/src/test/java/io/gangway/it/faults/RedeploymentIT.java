package io.gangway.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.Python;
import io.gangway.it.launch.Redeployment;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
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

    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
              <servlet>
                <servlet-name>gateway</servlet-name>
                <servlet-class>io.gangway.servlet.GatewayServlet</servlet-class>
                <init-param><param-name>gangway.application</param-name><param-value>python:plain:application</param-value></init-param>
                <init-param><param-name>gangway.python</param-name><param-value>%s</param-value></init-param>
                <init-param><param-name>gangway.python-path</param-name><param-value>%s</param-value></init-param>
                <init-param><param-name>gangway.workers</param-name><param-value>2</param-value></init-param>
                <load-on-startup>0</load-on-startup>
              </servlet>
              <servlet-mapping>
                <servlet-name>gateway</servlet-name>
                <url-pattern>/*</url-pattern>
              </servlet-mapping>
            </web-app>
            """;

    @TempDir
    Path files;

    @Test
    void leaves_no_thread_process_file_descriptor_or_class_loader_behind() throws Exception {
        nothingIsLeftAfter(TIMES, "there");
    }

    /** No class can be loaded from there any more: all classes that the stop needs were loaded at the start. */
    @Test
    void leaves_nothing_behind_where_its_directory_was_removed_before_the_stop() throws Exception {
        nothingIsLeftAfter(FEW_TIMES, "gone");
    }

    private void nothingIsLeftAfter(int times, String directory) throws Exception {
        Python.assumeThere();
        Path war = files.resolve("shop.war");
        write(war);
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
                        directory)
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

    private static void write(Path war) throws IOException {
        try (ZipOutputStream entries = new ZipOutputStream(Files.newOutputStream(war))) {
            entries.putNextEntry(new ZipEntry("WEB-INF/web.xml"));
            entries.write(
                    WEB_XML.formatted(Python.COMMAND, Deployed.directory()).getBytes(UTF_8));
            for (String name : List.of("bridge-core", "bridge-servlet", "bridge-python")) {
                entries.putNextEntry(new ZipEntry("WEB-INF/lib/" + name + ".jar"));
                Files.copy(jar(name), entries);
            }
        }
    }

    private static Path jar(String name) {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(entry -> entry.getFileName().toString().matches(name + "-.*\\.jar"))
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("no jar of " + name + " on the class path: run this with mvn verify"));
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
