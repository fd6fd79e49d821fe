package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gangway.cli.config.Bind;
import io.gangway.cli.config.ServerSettings;
import io.gangway.cli.config.SettingSources;
import io.gangway.cli.server.Addresses;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.SettingSource;
import io.gangway.deploy.Settings;
import io.gangway.python.PythonSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings in files and in the environment, and which of them counts. */
class SettingSourcesTest {
    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> options = new HashMap<>();

    @Test
    void each_source_is_stronger_than_the_next() throws IOException {
        write("pyproject.toml", "[tool.gangway]\nworkers = 6");
        write("gangway.toml", "workers = 5");
        write("prod.env", "GANGWAY_WORKERS=4");
        environment.put("GANGWAY_WORKERS", "3");
        environment.put("GANGWAY_CONFIG", "gangway.toml");
        environment.put("GANGWAY_ENV_FILE", "prod.env");
        options.put("--workers", "1");
        assertWorkers(1, "command line option --workers");
        options.clear();
        System.setProperty("gangway.workers", "2");
        try {
            assertWorkers(2, "system property");
        } finally {
            System.clearProperty("gangway.workers");
        }
        assertWorkers(3, "environment variable GANGWAY_WORKERS");
        environment.remove("GANGWAY_WORKERS");
        assertWorkers(4, folder.resolve("prod.env") + ", line 1");
        environment.remove("GANGWAY_ENV_FILE");
        assertWorkers(5, folder.resolve("gangway.toml") + ", line 1");
        environment.remove("GANGWAY_CONFIG");
        assertWorkers(6, folder.resolve("pyproject.toml") + ", line 2");
    }

    private void assertWorkers(int count, String origin) {
        Settings settings = settings();
        assertThat(settings.get(PythonSettings.WORKERS)).isEqualTo(count);
        assertThat(settings.origin(PythonSettings.WORKERS)).isEqualTo(origin);
    }

    @Test
    void the_platforms_port_is_one_of_all_addresses_and_weaker_than_pyproject() throws IOException {
        environment.put("PORT", "5000");
        assertThat(addresses()).containsExactly(new Bind.Port("0.0.0.0", 5000));
        assertThat(settings().origin(ServerSettings.BIND)).isEqualTo("environment variable PORT");

        write("pyproject.toml", "[tool.gangway]\nport = 6000");
        assertThat(addresses()).containsExactly(new Bind.Port("127.0.0.1", 6000));
    }

    @Test
    void an_init_param_is_weaker_than_the_platforms_port() {
        environment.put("PORT", "5000");
        SettingSource war = SettingSource.initParams(Map.of("gangway.bind", "127.0.0.1:7000"));
        List<SettingSource> sources = new ArrayList<>(sources());
        sources.add(war);
        assertThat(resolved(sources).get(ServerSettings.BIND)).containsExactly(new Bind.Port("0.0.0.0", 5000));
    }

    @Test
    void a_port_that_is_none_is_told_with_the_variable() {
        environment.put("PORT", "tcp://10.0.0.1:80");
        assertThatThrownBy(this::settings)
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("found \"0.0.0.0:tcp://10.0.0.1:80\" (from environment variable PORT)");
    }

    @Test
    void the_stronger_of_bind_and_port_counts() throws IOException {
        write("pyproject.toml", "[tool.gangway]\nbind = [\"unix:/run/a.sock\", \"[::1]:80\"]");
        assertThat(addresses()).containsExactly(new Bind.UnixSocket(Path.of("/run/a.sock")), new Bind.Port("::1", 80));
        options.put("--port", "9000");
        assertThat(addresses()).containsExactly(new Bind.Port("127.0.0.1", 9000));
        environment.put("GANGWAY_PORT", "9001");
        options.clear();
        options.put("--bind", ":80,8001");
        assertThat(addresses()).containsExactly(new Bind.Port("0.0.0.0", 80), new Bind.Port("127.0.0.1", 8001));
    }

    @Test
    void bind_and_port_from_one_source_are_an_error() {
        options.put("--port", "9000");
        options.put("--bind", ":80");
        assertThatThrownBy(this::addresses)
                .hasMessage("gangway.bind and gangway.port both name an address (from command line option --bind and"
                        + " command line option --port). Fix: remove one of them");
    }

    @Test
    void a_config_file_has_lists_and_tables() throws IOException {
        write("pyproject.toml", """
                [project]
                name = "shop"
                [tool.gangway]
                application = "python:shop:app"
                preload = true
                python-path = ["src", "lib"]
                env.COLOUR = "blue"
                [tool.gangway.environ]
                "shop.mode" = "a, b"
                """);
        Settings settings = settings();
        assertThat(settings.get(PythonSettings.PRELOAD)).isTrue();
        assertThat(settings.get(PythonSettings.PYTHON_PATH)).containsExactly("src", "lib");
        assertThat(settings.get(PythonSettings.ENV)).isEqualTo(Map.of("COLOUR", "blue"));
        assertThat(settings.get(CoreSettings.ENVIRON)).isEqualTo(Map.of("shop.mode", "a, b"));
        assertThat(settings.origins(PythonSettings.ENV))
                .isEqualTo(Map.of("COLOUR", folder.resolve("pyproject.toml") + ", line 7"));
    }

    @Test
    void a_pyproject_that_says_nothing_of_gangway_may_be_anything() throws IOException {
        write("pyproject.toml", "no toml at all");
        assertThat(settings().origin(PythonSettings.WORKERS)).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    wrkers = 4            | wrkers: there is no such setting (FILE, line 2). Fix: write workers if that was meant, or remove it
                    max_requests = 4      | max_requests: there is no such setting (FILE, line 2). Fix: write max-requests if that was meant, or remove it
                    workers = "many"      | gangway.workers: expected a whole number from 1 to 1000; found "many" (from FILE, line 2). Fix: correct it, or remove it for the default: the number of processors that the JVM sees
                    workers = 1.5         | gangway.workers: expected a whole number from 1 to 1000; found "1.5" (from FILE, line 2). Fix: correct it, or remove it for the default: the number of processors that the JVM sees
                    workers = [1, 2]      | gangway.workers: expected a whole number from 1 to 1000; found a list (from FILE, line 2). Fix: write one value, without brackets
                    workers = [1]         | gangway.workers: expected a whole number from 1 to 1000; found a list (from FILE, line 2). Fix: write one value, without brackets
                    workers = ["1"]       | gangway.workers: expected a whole number from 1 to 1000; found a list (from FILE, line 2). Fix: write one value, without brackets
                    workers = [[1]]       | gangway.workers: expected a whole number from 1 to 1000; found a list (from FILE, line 2). Fix: write one value, without brackets
                    workers = []          | gangway.workers: expected a whole number from 1 to 1000; found a list (from FILE, line 2). Fix: write one value, without brackets
                    workers = {}          | gangway.workers: expected a whole number from 1 to 1000; found a table (from FILE, line 2). Fix: write one value
                    workers.a.b = 1       | gangway.workers: expected a whole number from 1 to 1000; found a table (from FILE, line 2). Fix: write one value
                    workers = true        | gangway.workers: expected a whole number from 1 to 1000; found "true" (from FILE, line 2). Fix: correct it, or remove it for the default: the number of processors that the JVM sees
                    workers = 1979-05-27  | gangway.workers: expected a whole number from 1 to 1000; found "1979-05-27" (from FILE, line 2). Fix: correct it, or remove it for the default: the number of processors that the JVM sees
                    preload = 1           | gangway.preload: expected true or false; found "1" (from FILE, line 2). Fix: correct it, or remove it for the default: false
                    preload = [true]      | gangway.preload: expected true or false; found a list (from FILE, line 2). Fix: write one value, without brackets
                    idle-timeout = ["1s"] | gangway.idle-timeout: expected a duration such as 30s or 2m; found a list (from FILE, line 2). Fix: write one value, without brackets
                    bind-mode = 0o660     | gangway.bind-mode: expected an octal mode; found a number (from FILE, line 2). Fix: write a text in quotes
                    pid-file = true       | gangway.pid-file: expected a file; found a boolean (from FILE, line 2). Fix: write a text in quotes
                    pid-file = 07:32:00   | gangway.pid-file: expected a file; found a date (from FILE, line 2). Fix: write a text in quotes
                    pid-file = ["a"]      | gangway.pid-file: expected a file; found a list (from FILE, line 2). Fix: write one value, without brackets
                    application = ["a:b"] | gangway.application: expected an application such as shop.wsgi:application or class:com.acme.Hello; found a list (from FILE, line 2). Fix: write one value, without brackets
                    python-path = 1       | gangway.python-path: expected directories, separated by commas; found a number (from FILE, line 2). Fix: write a list of texts in quotes
                    python-path = [1]     | gangway.python-path: expected a list of texts without a comma; found "1" in it (from FILE, line 2). Fix: write each element as a text of its own, in quotes
                    python-path = [""]    | gangway.python-path: expected a list of texts without a comma; found "" in it (from FILE, line 2). Fix: write each element as a text of its own, in quotes
                    python-path = {a=""}  | gangway.python-path: expected directories, separated by commas; found a table (from FILE, line 2). Fix: write a list of texts in quotes
                    env.A = 1             | gangway.env.A: expected a text; found a number (from FILE, line 2). Fix: write a text in quotes
                    env.A = true          | gangway.env.A: expected a text; found a boolean (from FILE, line 2). Fix: write a text in quotes
                    env.A.B = "x"         | gangway.env.A: expected a text; found a table (from FILE, line 2). Fix: write one value
                    env = "A=x"           | env: there is no such setting (FILE, line 2). Fix: write env.NAME if that was meant, or remove it
                    wrkers = {}           | wrkers: there is no such setting (FILE, line 2). Fix: write workers if that was meant, or remove it
                    enviorn.A = "x"       | enviorn.A: there is no such setting (FILE, line 2). Fix: write environ.A if that was meant, or remove it
                    idle-timeout = 75     | gangway.idle-timeout: expected a duration with its unit, such as 75s or 75ms; found "75" (from FILE, line 2). Fix: correct it, or remove it for the default: 75s
                    env.A = ["x"]         | gangway.env.A: expected a text; found a list (from FILE, line 2). Fix: write one value, without brackets
                    python-path = ["a,b"] | gangway.python-path: expected a list of texts without a comma; found "a,b" in it (from FILE, line 2). Fix: write each element as a text of its own, in quotes
                    bind = [{a = 1}]      | gangway.bind: expected a list of texts without a comma; found "{...}" in it (from FILE, line 2). Fix: write each element as a text of its own, in quotes
                    pid-file = "a\\u0000b" | gangway.pid-file: expected a text without the character NUL (from FILE, line 2). Fix: remove the character
                    static = ["/a=\\u0000"] | gangway.static: expected a text without the character NUL (from FILE, line 2). Fix: remove the character
                    env.A = "a\\u0000b"   | gangway.env.A: expected a text without the character NUL (from FILE, line 2). Fix: remove the character
                    config = "x.toml"     | config cannot be set in a file that is read after it (FILE, line 2). Fix: give it as --config, or as GANGWAY_CONFIG in the environment
                    """)
    void a_wrong_setting_in_a_file_is_told_with_its_line(String line, String message) throws IOException {
        Path file = write("gangway.toml", "# ours\n" + line);
        options.put("--config", file.toString());
        assertThatThrownBy(this::settings)
                .isInstanceOf(DeploymentException.class)
                .hasMessage(message.replace("FILE", file.toString()));
    }

    @Test
    void an_empty_list_and_an_empty_table_are_values() throws IOException {
        write("pyproject.toml", "[tool.gangway]\npython-path = []\n[tool.gangway.env]\n");
        assertThat(settings().get(PythonSettings.PYTHON_PATH)).isEmpty();
        assertThat(settings().origin(PythonSettings.PYTHON_PATH)).endsWith("pyproject.toml, line 2");
        assertThat(settings().get(PythonSettings.ENV)).isEmpty();
    }

    @Test
    void a_syntax_error_is_told_with_line_and_column() throws IOException {
        Path file = write("gangway.toml", "workers = 4\nthreads = = 2\n");
        options.put("--config", file.toString());
        assertThatThrownBy(this::settings)
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith(file + ", line 2, column 11: ")
                .hasMessageEndingWith(". Fix: correct the TOML there, for example: workers = 4");
    }

    @ParameterizedTest
    @CsvSource({"--config, gone.toml", "--env-file, gone.env"})
    void a_file_that_does_not_exist_is_an_error(String option, String name) {
        options.put(option, name);
        assertThatThrownBy(this::settings)
                .hasMessage(option + ": there is no file " + folder.resolve(name) + ". Fix: name a file that exists");
    }

    @Test
    void variables_of_an_env_file_are_the_workers_unless_the_environment_has_them() throws IOException {
        write("a.env", "DATABASE=one\nCOLOUR=blue\nPORT=5000\n");
        write("b.env", "DATABASE=two\nHOME=/elsewhere\n");
        environment.put("HOME", "/home/shop");
        options.put("--env-file", "a.env,b.env");
        options.put("--env.COLOUR", "red");
        assertThat(settings().get(PythonSettings.ENV))
                .isEqualTo(Map.of("DATABASE", "two", "COLOUR", "red", "PORT", "5000"));
        assertThat(addresses()).containsExactly(new Bind.Port("0.0.0.0", 5000));
    }

    @Test
    void an_env_file_may_have_quotes_comments_and_export() throws IOException {
        write("a.env", """
                # a comment

                export A=plain text  # after it
                B='a # b "c"'
                C="line\\none \\"two\\""  # after it
                D=
                E=x#y
                F = spaced
                """);
        options.put("--env-file", "a.env");
        assertThat(settings().get(PythonSettings.ENV))
                .isEqualTo(Map.of(
                        "A",
                        "plain text",
                        "B",
                        "a # b \"c\"",
                        "C",
                        "line\none \"two\"",
                        "D",
                        "",
                        "E",
                        "x#y",
                        "F",
                        "spaced"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"", "'", ""})
    void a_value_in_an_env_file_may_have_a_million_characters(String quote) throws IOException {
        String value = "k".repeat(1_000_000);
        write("a.env", "A=" + quote + value + quote + " # a key\n");
        options.put("--env-file", "a.env");
        assertThat(settings().get(PythonSettings.ENV)).isEqualTo(Map.of("A", value));
    }

    @Test
    void a_value_in_an_env_file_may_have_half_a_million_escapes() throws IOException {
        write("a.env", "A=\"" + "\\n".repeat(500_000) + "\"\n");
        options.put("--env-file", "a.env");
        assertThat(settings().get(PythonSettings.ENV)).isEqualTo(Map.of("A", "\n".repeat(500_000)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    SECRET
                    =secret
                    A-B=secret
                    A="secret
                    A='secret' more
                    """)
    void a_wrong_line_of_an_env_file_is_told_without_what_is_in_it(String line) throws IOException {
        Path file = write("a.env", "A=b\n" + line + "\n");
        options.put("--env-file", "a.env");
        assertThatThrownBy(this::settings)
                .hasMessage(
                        file + ", line 2: expected NAME=value, NAME='value' or NAME=\"value\", or a comment after #."
                                + " Fix: correct the line");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private List<SettingSource> sources() {
        return new SettingSources(environment, folder).with(SettingSource.commandLine(options));
    }

    private Settings settings() {
        return resolved(sources());
    }

    private static Settings resolved(List<SettingSource> sources) {
        return Settings.resolve(RunCommand.settings(RunCommand.builtIn()), sources);
    }

    private List<Bind> addresses() {
        return Addresses.of(settings()).binds();
    }
}
