package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line that the jar's script makes, with a program in Java's place that prints it. */
class StartScriptTest {
    private static final String SMALL_HEAP = "-XX:+UseSerialGC -Xms16m -Xmn8m -Xmx512m";

    private static final Path SCRIPT = Path.of("src/main/sh/gangway.sh");

    @TempDir
    Path directory;

    private Path home;
    private Path cache;
    private Path jar = SCRIPT;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void make_a_java() throws IOException {
        home = directory.resolve("java");
        Files.createDirectories(home.resolve("bin"));
        cache = directory.resolve("cache").resolve("gangway");
        Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        release("17.0.15");
        environment.put("JAVA_HOME", home.toString());
        environment.put("XDG_CACHE_HOME", directory.resolve("cache").toString());
    }

    @Test
    void the_heap_is_small() throws Exception {
        assertThat(String.join(" ", started("run", "shop:app"))).startsWith(SMALL_HEAP);
    }

    @Test
    void a_heap_or_collector_of_the_users_replaces_ours() throws Exception {
        for (String option : List.of(
                "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxRAMPercentage=50", "-XX:MaxHeapSize=1g", "-XX:MaxNewSize=10m")) {
            for (String name : List.of("JAVA_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")) {
                environment.put(name, "-Da=b " + option);

                assertThat(started("run", "shop:app"))
                        .as(name + " " + option)
                        .doesNotContain("-XX:+UseSerialGC", "-Xms16m", "-Xmn8m", "-Xmx512m");
                environment.remove(name);
            }
        }
    }

    @Test
    void a_dump_of_the_heap_is_no_choice_of_its_size() throws Exception {
        environment.put("JAVA_OPTS", "-XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/tmp");

        assertThat(String.join(" ", started("run", "shop:app"))).startsWith(SMALL_HEAP);
    }

    @Test
    void a_server_without_memory_ends_unless_the_user_has_said_what_to_do() throws Exception {
        String option = "-XX:+ExitOnOutOfMemoryError";

        assertThat(started("run", "shop:app")).contains(option);
        assertThat(started("run", "class:com.acme.Hello")).doesNotContain(option);
        for (String other : List.of("-Xmx1g", "-XX:+HeapDumpOnOutOfMemoryError", "-XX:OnOutOfMemoryError=true")) {
            environment.put("JAVA_OPTS", other);
            assertThat(started("run", "shop:app")).as(other).contains(option);
        }
        for (String choice : List.of("-XX:-ExitOnOutOfMemoryError", "-XX:+CrashOnOutOfMemoryError")) {
            environment.put("JAVA_OPTS", choice);
            assertThat(started("run", "shop:app")).as(choice).doesNotContain(option);
        }
    }

    @Test
    void options_of_the_users_come_after_ours() throws Exception {
        environment.put("JAVA_OPTS", "-Djava.locale.providers=COMPAT  -Dstar=*");

        List<String> words = started("run", "shop:app");

        assertThat(words)
                .containsSubsequence(
                        "-Djava.locale.providers=SPI",
                        "-Djava.locale.providers=COMPAT",
                        "-Dstar=*",
                        "-jar",
                        "run",
                        "shop:app");
    }

    @Test
    void an_application_in_java_gets_the_default_heap() throws Exception {
        assertThat(started("run", "class:com.acme.Hello"))
                .doesNotContain("-Xmx512m")
                .contains("-Djava.locale.providers=CLDR");
    }

    @Test
    void only_development_does_without_the_second_compiler() throws Exception {
        String option = "-XX:TieredStopAtLevel=1";

        assertThat(started("dev", "shop:app")).contains(option);
        assertThat(started("run", "shop:app", "--reload")).contains(option);
        assertThat(started("run", "--reload=watch", "shop:app")).contains(option);
        assertThat(started("run", "--reload=touch:now", "shop:app")).doesNotContain(option);
        assertThat(started("run", "shop:app")).doesNotContain(option);
    }

    @Test
    void the_compilers_wait_unless_the_user_has_set_when() throws Exception {
        String option = "-XX:CompileThresholdScaling=3";
        assertThat(started("run", "shop:app")).contains(option);

        environment.put("JAVA_OPTS", "-XX:Tier4InvocationThreshold=9000");
        assertThat(started("run", "shop:app")).doesNotContain(option);
    }

    @Test
    void arguments_stay_as_they_are() throws Exception {
        assertThat(started("run", "shop:app", "--env", "A=two  words", "", "*"))
                .endsWith("run", "shop:app", "--env", "A=two  words", "", "*");
    }

    @Test
    void missing_class_data_is_asked_for_and_whole_data_is_used() throws Exception {
        Path data = asked();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
                .isEqualTo("rwx------");

        Files.createFile(data);

        assertThat(started("run", "shop:app"))
                .contains("-XX:SharedArchiveFile=" + data)
                .noneMatch(word -> word.startsWith("-D" + ClassData.PROPERTY));
    }

    @Test
    void another_build_of_java_has_class_data_of_its_own() throws Exception {
        Path data = asked();

        release("25.0.2");

        Path other = asked();
        assertThat(other).isNotEqualTo(data);
        Files.createFile(other);
        assertThat(started("run", "shop:app")).contains("-XX:AOTCache=" + other);
    }

    @Test
    void a_replaced_jar_has_class_data_of_its_own() throws Exception {
        jar = Files.writeString(directory.resolve("gangway.jar"), Files.readString(SCRIPT) + "a jar");
        Path data = asked();
        Files.createFile(data);
        assertThat(started("run", "shop:app")).contains("-XX:SharedArchiveFile=" + data);

        Files.writeString(jar, Files.readString(SCRIPT) + "another jar");

        assertThat(asked()).isNotEqualTo(data);
    }

    @Test
    void class_data_that_could_not_be_made_is_not_asked_for_again() throws Exception {
        Path data = asked();
        Files.createFile(Path.of(data + ".failed"));

        assertThat(started("run", "shop:app")).noneMatch(word -> word.contains(cache + "/") && word.contains(".data"));
    }

    @Test
    void a_cache_that_others_may_enter_is_not_used() throws Exception {
        Files.createFile(asked());
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxr-x"));

        assertThat(started("run", "shop:app")).noneMatch(word -> word.contains(cache.toString()));
    }

    @Test
    void a_cache_behind_a_link_is_not_used() throws Exception {
        Files.createFile(asked());
        Files.move(cache, directory.resolve("elsewhere"));
        Files.createSymbolicLink(cache, directory.resolve("elsewhere"));

        assertThat(started("run", "shop:app")).noneMatch(word -> word.contains(cache.toString()));
    }

    @Test
    void class_data_behind_a_link_is_not_used() throws Exception {
        Path data = asked();
        Files.createSymbolicLink(data, Files.createFile(directory.resolve("planted")));

        assertThat(started("run", "shop:app")).noneMatch(word -> word.startsWith("-XX:SharedArchiveFile"));
    }

    @Test
    void a_cache_that_cannot_be_made_is_done_without() throws Exception {
        environment.put("XDG_CACHE_HOME", "/dev/null");

        assertThat(started("run", "shop:app")).endsWith("run", "shop:app").contains("-Xmx512m");
    }

    @Test
    void the_python_package_names_the_program_and_an_option() throws Exception {
        environment.put("JAVA_HOME", "/nowhere");

        assertThat(started("--java-program", home + "/bin/java", "-Dio.gangway.python.default=/a b", "run", "shop:app"))
                .contains("-Dio.gangway.python.default=/a b")
                .endsWith("run", "shop:app");
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_402", "11.0.22", "16.0.2"})
    void an_old_java_is_named_with_its_version(String version) throws Exception {
        release(version);

        assertThat(refused())
                .isEqualTo("gangway: " + home + "/bin/java is Java " + version
                        + ", and Gangway needs Java 17 or later. Fix: install one, or set JAVA_HOME to one\n");
    }

    @Test
    void a_java_home_without_a_java_is_named() throws Exception {
        environment.put("JAVA_HOME", "/nowhere");

        assertThat(refused())
                .isEqualTo("gangway: there is no Java in JAVA_HOME, /nowhere."
                        + " Fix: install a Java 17 or later, or set JAVA_HOME to one\n");
    }

    @Test
    void a_machine_without_a_java_is_told_what_to_install() throws Exception {
        environment.remove("JAVA_HOME");
        environment.put("PATH", directory.toString());

        assertThat(refused())
                .isEqualTo("gangway: there is no Java: JAVA_HOME is not set, and no directory of PATH has a java."
                        + " Fix: install a Java 17 or later, or set JAVA_HOME to one\n");
    }

    @Test
    void a_java_that_does_not_tell_its_version_is_started() throws Exception {
        Files.delete(home.resolve("release"));

        assertThat(started("run", "shop:app")).endsWith("run", "shop:app").contains("-Xmx512m");
    }

    private void release(String version) throws IOException {
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Acme\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    /** Where the script wants to have class data. */
    private Path asked() throws Exception {
        String property = "-D" + ClassData.PROPERTY + "=";
        Path data = started("run", "shop:app").stream()
                .filter(word -> word.startsWith(property))
                .map(word -> Path.of(word.substring(property.length())))
                .findFirst()
                .orElseThrow();
        assertThat(data.getParent()).isEqualTo(cache);
        return data;
    }

    /** The words that Java gets. */
    private List<String> started(String... arguments) throws IOException, InterruptedException {
        String said = said(0, arguments);
        return List.of(said.split("\n", -1)).subList(0, said.split("\n", -1).length - 1);
    }

    /** What the script says in place of a start. */
    private String refused() throws IOException, InterruptedException {
        return said(1, "run", "shop:app");
    }

    private String said(int exitCode, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", jar.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeIf(name -> Stream.of("JAVA", "JDK_", "GANGWAY").anyMatch(name::startsWith));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isEqualTo(exitCode);
        return said;
    }
}
