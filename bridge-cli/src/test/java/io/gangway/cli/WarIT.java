package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code gangway war} as a user runs it, and the WAR as a program; src-test-it deploys such WARs in containers. */
class WarIT {
    private static final String SHOP = """
            import greet, os

            def app(environ, start_response):
                start_response("200 OK", [("Content-Type", "text/plain")])
                here = os.path.dirname(os.path.abspath(__file__))
                return [" ".join([greet.WORD, environ["PATH_INFO"], os.environ.get("COLOUR", "-"), str(os.getcwd() == here)]).encode()]
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        Needed.that(Needed.runs("python3", "-m", "pip", "--version"), "python3 with pip");
        Files.writeString(folder.resolve("shop.py"), SHOP);
        Path greet = Files.createDirectories(folder.resolve("greet"));
        Files.writeString(greet.resolve("greet.py"), "WORD = 'hello'\n");
        Files.writeString(
                greet.resolve("setup.py"),
                "from setuptools import setup\nsetup(name='greet', version='1', py_modules=['greet'])\n");
        // Without the network: a wheel is a ZIP file, and pip takes one from a path.
        Process wheel = new ProcessBuilder("python3", "-c", """
                import zipfile
                info = "greet-1.dist-info/"
                with zipfile.ZipFile("greet-1-py3-none-any.whl", "w") as wheel:
                    wheel.write("greet/greet.py", "greet.py")
                    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: greet\\nVersion: 1\\n")
                    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                    wheel.writestr(info + "RECORD", "greet.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
                """)
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(wheel.waitFor()).isZero();
        Files.writeString(folder.resolve("requirements.txt"), "./greet-1-py3-none-any.whl\n");
        Files.createDirectories(folder.resolve("public/css"));
        Files.writeString(folder.resolve("public/css/shop.css"), "p { color: blue }");
        Files.writeString(folder.resolve("public/.env"), "SECRET=1");
    }

    private GangwayProcess war(String... options) throws IOException {
        List<String> arguments =
                Stream.concat(Stream.of("war", "shop:app"), Stream.of(options)).toList();
        return GangwayProcess.start(folder, arguments.toArray(String[]::new));
    }

    private List<String> program() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                folder.resolve("shop.war").toString());
    }

    private List<String> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.contains(ending))
                    .toList();
        }
    }

    @Test
    void a_war_carries_its_application_and_is_a_program() throws Exception {
        try (GangwayProcess built = war(
                "-o",
                "shop.war",
                "-r",
                "requirements.txt",
                "--static=/static=public",
                "--setting",
                "workers=1",
                "--setting",
                "env.COLOUR=blue")) {
            assertThat(built.exitCode()).as(built.output()).isZero();
            assertThat(built.output())
                    .containsPattern("Installing the packages of .*requirements.txt for Python 3\\.\\d+\n")
                    .contains("Processing ./greet-1-py3-none-any.whl", "Wrote shop.war: 1 file of the application, ")
                    .contains("Left out of /static: .env (a file of secrets)");
        }
        try (ZipFile war = new ZipFile(folder.resolve("shop.war").toFile())) {
            assertThat(war.stream().map(it -> it.getName()))
                    .contains("META-INF/context.xml", "WEB-INF/web.xml", "WEB-INF/lib/gangway-bridge.jar")
                    .filteredOn(name -> name.startsWith("WEB-INF/lib/"))
                    .hasSize(1);
        }
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        try (GangwayProcess served =
                GangwayProcess.start(elsewhere, program(), "--bind", "127.0.0.1:0", "--context-path=/s")) {
            assertThat(served.get("/s/a").get().body()).isEqualTo("hello /a blue True");
            assertThat(served.get("/s/static/css/shop.css").get().body()).isEqualTo("p { color: blue }");
            assertThat(served.get("/s/static/.env").get().statusCode()).isEqualTo(404);
            served.signal("TERM");
            assertThat(served.exitCode()).isZero();
            assertThat(served.output()).containsPattern("(?m)^Loading python:shop:app with Python 3\\.\\d+, 1 worker$");
        }
    }

    @Test
    void a_war_as_a_program_runs_as_no_other_user_and_says_so() throws Exception {
        try (GangwayProcess built = war("-o", "shop.war")) {
            assertThat(built.exitCode()).as(built.output()).isZero();
        }
        String other = System.getProperty("user.name").equals("daemon") ? "nobody" : "daemon";
        try (GangwayProcess started =
                GangwayProcess.start(folder, program(), "--bind=127.0.0.1:0", "--user=" + other)) {
            assertThat(started.exitCode()).isEqualTo(2);
            assertThat(started.output())
                    .endsWith(
                            "gangway: --user: the application of a WAR is unpacked where only this process's user can read it, not "
                                    + other + ". Fix: start the server as that user and without this setting\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "shop:create_app(), app/shop.py",
        "deploy/trac.wsgi, app/deploy/trac.wsgi",
        "paste:production.ini#main, app/production.ini",
        "greet:app, app/greet/greet.py",
    })
    void the_file_that_the_applications_name_leads_to_is_carried(String name, String carried) throws Exception {
        Files.createDirectories(folder.resolve("deploy"));
        Files.writeString(folder.resolve("deploy/trac.wsgi"), "application = None\n");
        Files.writeString(folder.resolve("production.ini"), "[app:main]\n");
        try (GangwayProcess built = GangwayProcess.start(folder, "war", name, "-o", "shop.war")) {
            assertThat(built.exitCode()).as(built.output()).isZero();
        }
        List<String> names = new ArrayList<>();
        try (ZipFile war = new ZipFile(folder.resolve("shop.war").toFile());
                ZipInputStream bundle = new ZipInputStream(
                        war.getInputStream(war.getEntry("WEB-INF/classes/gangway/application.zip")))) {
            for (ZipEntry entry = bundle.getNextEntry(); entry != null; entry = bundle.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        assertThat(names).contains(carried).noneMatch(each -> each.startsWith("app/requirements"));
    }

    @Test
    void the_same_files_give_the_same_bytes() throws Exception {
        for (String name : List.of("a.war", "b.war")) {
            try (GangwayProcess built = war("-o", name, "-r", "requirements.txt")) {
                assertThat(built.exitCode()).as(built.output()).isZero();
            }
        }
        assertThat(folder.resolve("a.war")).hasSameBinaryContentAs(folder.resolve("b.war"));
    }

    @Test
    void a_war_has_the_licences_and_the_list_of_parts_of_the_jar() throws Exception {
        try (GangwayProcess built = war("-o", "shop.war")) {
            assertThat(built.exitCode()).as(built.output()).isZero();
        }
        List<String> texts;
        try (ZipFile jar = new ZipFile(GangwayProcess.jar().toFile());
                ZipFile war = new ZipFile(folder.resolve("shop.war").toFile())) {
            texts = jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.matches("META-INF/(LICENSE|NOTICE|THIRD-PARTY\\.txt|licenses/.+|sbom/.+)"))
                    .filter(name -> !name.endsWith("/"))
                    .toList();
            for (String name : texts) {
                assertThat(war.getEntry(name)).as(name).isNotNull();
                assertThat(war.getInputStream(war.getEntry(name)))
                        .as(name)
                        .hasSameContentAs(jar.getInputStream(jar.getEntry(name)));
            }
        }
        assertThat(texts)
                .contains(
                        "META-INF/LICENSE",
                        "META-INF/NOTICE",
                        "META-INF/THIRD-PARTY.txt",
                        "META-INF/licenses/EPL-2.0.txt",
                        "META-INF/sbom/gangway.cdx.json");
    }

    @Test
    void a_wheel_for_another_platform_is_an_error_that_names_both_where_the_war_is_started() throws Exception {
        Files.move(
                folder.resolve("greet-1-py3-none-any.whl"),
                folder.resolve("greet-1-py3-none-macosx_11_0_universal3.whl"));
        Files.writeString(folder.resolve("requirements.txt"), "./greet-1-py3-none-macosx_11_0_universal3.whl\n");
        Process retag = new ProcessBuilder("python3", "-c", """
                import shutil, zipfile
                name = "greet-1-py3-none-macosx_11_0_universal3.whl"
                with zipfile.ZipFile(name) as old, zipfile.ZipFile("new.whl", "w") as new:
                    for each in old.namelist():
                        new.writestr(each, old.read(each).replace(b"Tag: py3-none-any", b"Tag: py3-none-macosx_11_0_universal3"))
                shutil.move("new.whl", name)
                """)
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(retag.waitFor()).isZero();
        try (GangwayProcess built =
                war("-o", "shop.war", "-r", "requirements.txt", "--platform", "macosx_11_0_universal3")) {
            assertThat(built.exitCode()).as(built.output()).isZero();
        }
        try (GangwayProcess started = GangwayProcess.start(folder, program(), "--bind", "127.0.0.1:0")) {
            assertThat(started.exitCode()).isEqualTo(3);
            assertThat(started.output())
                    .contains("step interpreter: the package \"greet-1\" in the WAR is for another platform"
                            + " (\"py3-none-macosx_11_0_universal3\") than ")
                    .contains(". Fix: build the WAR on a machine like this one, or for it: gangway war --platform ");
        }
    }

    @Test
    void static_files_that_are_not_there_are_an_error() throws Exception {
        try (GangwayProcess built = war("-o", "shop.war", "--static", "/static=nowhere")) {
            assertThat(built.exitCode()).isEqualTo(5);
            assertThat(built.output())
                    .contains("gangway war: --static: there is no directory ")
                    .contains("/nowhere for /static. Fix: create it, or correct the path");
        }
        try (GangwayProcess built = war("-o", "shop.war", "--static", "nowhere")) {
            assertThat(built.exitCode()).isEqualTo(2);
            assertThat(built.output())
                    .contains(
                            "--static nowhere: expected a path and its directory. Fix: write it as in --static /static=public");
        }
        assertThat(files("shop.war")).isEmpty();
    }

    @Test
    void requirements_that_do_not_resolve_are_pips_message_and_then_ours() throws Exception {
        Files.writeString(folder.resolve("requirements.txt"), "./nowhere-1-py3-none-any.whl\n");
        try (GangwayProcess built = war("-o", "shop.war", "-r", "requirements.txt")) {
            assertThat(built.exitCode()).isEqualTo(5);
            assertThat(built.output())
                    .containsPattern(
                            "(?s)nowhere-1-py3-none-any.whl.*gangway war: the packages of .*requirements.txt could not be"
                                    + " installed for Python 3\\.\\d+; pip's message is above. Fix: ");
        }
        assertThat(files("shop.war")).isEmpty();
    }

    @Test
    void a_full_disk_leaves_no_half_file() throws Exception {
        // A limit on the size of files acts as a full disk does: a write fails in the middle.
        List<String> limited = List.of(
                "python3",
                "-c",
                "import os, resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
                        + " resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); os.execv(sys.argv[1], sys.argv[1:])",
                GangwayProcess.jar().toString());
        try (GangwayProcess built = GangwayProcess.start(folder, limited, "war", "shop:app", "-o", "shop.war")) {
            assertThat(built.exitCode()).as(built.output()).isEqualTo(5);
            assertThat(built.output())
                    .contains("gangway war: shop.war could not be written: File too large. Fix: free some space");
        }
        assertThat(files("shop.war")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nodir/shop.war | -o nodir/shop.war: there is no directory FOLDER/nodir. Fix: create it, or name a file elsewhere",
                "shop.py/shop.war | -o shop.py/shop.war: there is no directory FOLDER/shop.py. Fix: create it, or name a file elsewhere",
                "public | -o public: it is a directory. Fix: name a file in it, such as public/shop.war",
                ". | -o .: it is a directory. Fix: name a file in it, such as ./shop.war",
                "/proc/shop.war | /proc cannot be written to: there is no such file or directory. Fix: name a file elsewhere with -o",
            })
    void a_place_where_no_file_can_be_is_told_before_packages_are_installed(String output, String message)
            throws Exception {
        try (GangwayProcess built = war("-o", output, "-r", "requirements.txt")) {
            assertThat(built.exitCode()).as(built.output()).isEqualTo(5);
            assertThat(built.output()).isEqualTo("gangway war: " + message.replace("FOLDER", folder.toString()) + "\n");
        }
    }

    @Test
    void a_temp_directory_that_does_not_exist_is_told() throws Exception {
        List<String> program = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + folder.resolve("gone"),
                "-jar",
                GangwayProcess.jar().toString());
        try (GangwayProcess built = GangwayProcess.start(folder, program, "war", "shop:app", "-o", "shop.war")) {
            assertThat(built.exitCode()).as(built.output()).isEqualTo(5);
            assertThat(built.output())
                    .contains("gangway war: " + folder.resolve("gone")
                            + " cannot be written to: there is no such file or directory. Fix: set JAVA_OPTS to"
                            + " -Djava.io.tmpdir=DIR, a directory that this user may write to");
        }
    }

    @Test
    void a_wrong_setting_names_the_nearest() throws Exception {
        try (GangwayProcess built = war("-o", "shop.war", "--setting", "wokers=2")) {
            assertThat(built.exitCode()).isEqualTo(2);
            assertThat(built.output())
                    .contains("gangway.wokers: there is no such setting", "write gangway.workers if that was meant");
        }
    }
}
