package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.cli.config.SettingOptions;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.ParseResult;

/** The texts of commands that serve nothing: help, version and wrong options. */
class GangwayTest {
    private static final int COLUMNS = 80;
    private static final int LINES_OF_A_SCREEN = 30;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Gangway gangway = new Gangway(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));

    @ParameterizedTest
    @ValueSource(strings = {"--help", "run --help", "dev --help", "war --help", "doctor --help", "completion --help"})
    void helps_on_one_screen(String arguments) {
        assertThat(run(arguments.split(" "))).isZero();

        assertThat(out().lines()).hasSizeLessThanOrEqualTo(LINES_OF_A_SCREEN).allSatisfy(GangwayTest::checkNotTooLong);
        assertThat(err()).isEmpty();
    }

    @Test
    void shows_all_settings_where_it_is_asked_for_all() {
        assertThat(run("run", "--help-all")).isZero();

        assertThat(out().lines()).allSatisfy(GangwayTest::checkNotTooLong);
        for (Setting<?> setting : settings()) {
            if (setting != CoreSettings.APPLICATION) {
                assertThat(out()).containsPattern("\n  (-[a-z], |    )" + SettingOptions.name(setting) + "[=\\[]");
            }
        }
        assertThat(err()).isEmpty();
    }

    @Test
    void the_help_of_dev_tells_its_own_defaults() {
        run("dev", "--help-all");

        assertThat(out().replaceAll("\\s+", " "))
                .contains("when a Python file in --python-path changes")
                .containsPattern("--workers=N How many worker processes serve the application\\. \\(default: 1\\)")
                .containsPattern(
                        "--reload\\[=MODE] .* with `watch`, clients get the traceback instead\\. \\(default: watch\\)");
    }

    @Test
    void the_help_tells_every_exit_code() {
        run("--help");

        for (ExitCode code : ExitCode.values()) {
            assertThat(out()).containsPattern("\n  " + code.number() + " +\\Q" + code.meaning() + "\\E\n");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --max-request-body=-1                  | --max-request-body: expected a size such as 65536, 64K or 10M; found "-1"
                    --max-request-body=9999999999999999999 | --max-request-body: expected a size such as 65536, 64K or 10M; found "9999999999999999999"
                    --request-header-limit=1023            | --request-header-limit: expected a size of 1k to 1m; found "1023"
                    --response-header-limit=2M             | --response-header-limit: expected a size of 1k to 1m; found "2M"
                    --idle-timeout=0s                      | --idle-timeout: expected a duration above 0; found "0s"
                    """)
    void a_limit_of_the_server_out_of_its_range_is_a_wrong_option(String option, String message) {
        assertThat(run("run", "hello:application", option)).isEqualTo(2);

        assertThat(err()).startsWith("gangway: " + message);
    }

    @Test
    void tells_its_version() {
        assertThat(run("--version")).isZero();

        assertThat(out()).matches("gangway \\S.* \\(Jetty 12\\S*, Java \\S+\\)\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run --workrs 3 shop | gangway run: there is no option --workrs; did you mean --workers?",
                "run --prot 80 shop | gangway run: there is no option --prot; did you mean --port?",
                "run -port 80 shop | gangway run: there is no option -port; did you mean --port?",
                "run --worker=2 shop | gangway run: there is no option --worker=2; did you mean --workers?",
                "dev --thread 2 shop | gangway dev: there is no option --thread; did you mean --threads?",
                "run --binds :80 shop | gangway run: there is no option --binds; did you mean --bind?",
                "run --RELOAD shop | gangway run: there is no option --RELOAD; did you mean --reload?",
                "run --chekc shop | gangway run: there is no option --chekc; did you mean --check?",
                "run -x shop | gangway run: there is no option -x",
                "run --colour shop | gangway run: there is no option --colour",
                "war shop --requirement r.txt | gangway war: there is no option --requirement; did you mean --requirements?",
                "doctor --jsno | gangway doctor: there is no option --jsno; did you mean --json?",
                "run --version | gangway run: there is no option --version. Fix: write gangway --version",
                "doctor -V | gangway doctor: there is no option -V. Fix: write gangway -V",
                "--verison | gangway: there is no option --verison; did you mean --version?",
                "run shop spare | gangway run: expected one argument; found also 'spare'. Fix: remove it",
                "run | gangway run: expected an application. Fix: name one, as in: gangway run shop.wsgi:application",
                "run --env NAME shop | gangway run: --env expects NAME=TEXT, such as --env COLOUR=blue",
                "run shop -t 30 | gangway run: there is no option -t. Fix: write --request-timeout: it is about one request",
                "run --timeout=30 shop | gangway run: there is no option --timeout=30. Fix: write --request-timeout: it is about one"
                        + " request",
                "run -k uvicorn.workers.UvicornWorker shop | gangway run: there is no option -k. Fix: leave it out: workers have threads, or an"
                        + " event loop if the application is ASGI, which is recognised",
                "run -D shop | gangway run: there is no option -D. Fix: leave it out: a service manager starts it in the background",
                "run --pythonpath src shop | gangway run: there is no option --pythonpath. Fix: write --python-path: the working"
                        + " directory is in it by default",
                "run --error-logfile e.log shop | gangway run: there is no option --error-logfile. Fix: leave it out: the log goes to"
                        + " standard error",
                "dev --host ::1 shop | gangway dev: there is no option --host. Fix: write --bind HOST:PORT: --port alone is 127.0.0.1",
                "run --ws-max-size 1000 shop | gangway run: there is no option --ws-max-size. Fix: write --ws-max-message: 16 MiB by"
                        + " default, as in uvicorn",
                "run --ws websockets shop | gangway run: there is no option --ws. Fix: leave it out: HTTP and WebSockets are the"
                        + " server's",
                "run --http2 shop | gangway run: there is no option --http2. Fix: leave it out: HTTP/2 is always spoken",
                "run --ssl-keyfile k.pem shop | gangway run: there is no option --ssl-keyfile. Fix: write --key",
                "run --keyfile k.pem shop | gangway run: there is no option --keyfile. Fix: write --key: with HTTP/2",
                "run --statsd-host h shop | gangway run: there is no option --statsd-host. Fix: leave it out: docs/recipes.md has"
                        + " metrics for Prometheus",
                "run --reload watch shop | gangway run: expected one argument; found also 'shop'. Fix: write --reload=watch if that was"
                        + " meant, or remove it",
                "run shop --access-log a.log | gangway run: expected one argument; found also 'a.log'. Fix: write --access-log=a.log if"
                        + " that was meant, or remove it",
                "rnu shop | gangway: there is no command 'rnu'; did you mean run?",
                "docter | gangway: there is no command 'docter'; did you mean doctor?",
                "shop:app | gangway: there is no command 'shop:app'. Fix: write run or dev or war or doctor or completion",
                "completion fish | gangway completion: expected a shell. Fix: write bash or zsh"
            })
    void wrong_arguments_are_exit_code_2_and_two_lines(String arguments, String message) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);

        String command = message.substring(0, message.indexOf(':'));
        assertThat(err()).isEqualTo(message + "\nSee " + command + " --help\n");
        assertThat(out()).isEmpty();
    }

    @Test
    void no_command_is_exit_code_2_and_an_example() {
        assertThat(run()).isEqualTo(2);

        assertThat(err()).isEqualTo("""
                        gangway: expected a command. Fix: name one, as in: gangway run shop.wsgi:application
                        See gangway --help
                        """);
    }

    @Test
    void a_wrong_value_is_told_as_an_option() {
        assertThat(run("run", "shop", "--workers", "many")).isEqualTo(2);

        assertThat(err())
                .isEqualTo(
                        "gangway: --workers: expected a whole number from 1 to 1000; found \"many\" (from command line"
                                + " option --workers). Fix: correct it, or remove it for the default: the number of processors"
                                + " that the JVM sees\n");
    }

    @Test
    void a_class_path_that_does_not_exist_is_told() {
        assertThat(run("run", "class:com.acme.Hello", "--class-path", "/nowhere/x.jar"))
                .isEqualTo(2);

        assertThat(err())
                .isEqualTo(
                        "gangway: --class-path: there is no /nowhere/x.jar. Fix: name jars, or directories of classes\n");
    }

    @Test
    void an_access_log_that_cannot_be_written_is_told() {
        assertThat(run("run", "shop", "--access-log=/nowhere/access.log")).isEqualTo(2);

        assertThat(err())
                .isEqualTo(
                        "gangway: --access-log: /nowhere/access.log cannot be written: there is no such file or directory."
                                + " Fix: name a file that this user may write to\n");
    }

    @Test
    void a_war_refuses_what_its_descriptor_cannot_hold() {
        assertThat(run("war", "shop:app", "-o", "shop.war", "--setting", "env.C=a\u0001b"))
                .isEqualTo(2);

        assertThat(err())
                .startsWith(
                        "gangway war: --setting env.C: it has the character U+0001, which web.xml cannot hold. Fix: remove it, or"
                                + " set it where the WAR is deployed\n");
    }

    @Test
    void prints_each_value_and_where_it_comes_from_as_a_config_file(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(
                folder.resolve("gangway.toml"),
                "workers = 3\nidle-timeout = \"1m\"\nenv.KEY = \"secret\"\nenviron.A = \"b\"");
        String[] asked = {
            "run", "--print-config", "-b", "8001", "--bind=unix:/run/s.sock", "--bind-mode=660", "-c", file.toString()
        };
        assertThat(run(asked)).isZero();

        String printed = out();
        assertThat(printed)
                .containsPattern("(?m)^workers = 3 +# " + file + ", line 1$")
                .containsPattern("(?m)^idle-timeout = \"1m\" +# " + file + ", line 2$")
                .containsPattern("(?m)^# env.KEY +# " + file + ", line 3; the value is not shown$")
                .containsPattern("(?m)^environ.A = \"b\" +# " + file + ", line 4$")
                .containsPattern(
                        "(?m)^bind = \\[\"127.0.0.1:8001\", \"unix:/run/s.sock\"] +# command line option --bind$")
                .containsPattern("(?m)^bind-mode = \"660\" +# command line option --bind-mode$")
                .containsPattern("(?m)^threads = 4 +# default$")
                .containsPattern("(?m)^# max-request-body +# not set$")
                .doesNotContain("secret");
        Files.writeString(file, printed);
        out.reset();
        assertThat(run("run", "--print-config", "-c", file.toString())).isZero();
        assertThat(out()).contains("workers = 3 ").contains("bind = [\"127.0.0.1:8001\", \"unix:/run/s.sock\"] ");
    }

    @Test
    void the_application_that_the_command_line_names_is_told_so() {
        assertThat(run("run", "shop:app", "--print-config")).isZero();

        assertThat(out()).containsPattern("(?m)^application = \"shop:app\" +# command line$");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--bind-group=www-data | --bind-group: it is about a Unix socket, and the address is 127.0.0.1:8000 (from command line"
                        + " option --bind-group). Fix: remove it, or listen on a Unix socket with --bind, such as unix:/run/shop.sock",
                "--bind-mode=660 -b :80 | --bind-mode: it is about a Unix socket, and the address is 0.0.0.0:80 (from command line"
                        + " option --bind-mode). Fix: remove it, or listen on a Unix socket with --bind, such as unix:/run/shop.sock"
            })
    void access_to_a_unix_socket_that_is_not_there_is_told(String options, String message) {
        assertThat(run(("run shop --print-config " + options).split(" "))).isEqualTo(2);

        assertThat(err()).isEqualTo("gangway: " + message + "\n");
    }

    @Test
    void an_address_on_the_command_line_is_enough_in_place_of_the_unix_socket_of_a_file(@TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(
                folder.resolve("gangway.toml"), "bind = \"unix:/run/s.sock\"\nbind-group = \"www-data\"");

        assertThat(run("run", "--print-config", "-b", ":8001", "-c", file.toString()))
                .as(err())
                .isZero();
        assertThat(run("dev", "--print-config", "-c", file.toString()))
                .as(err())
                .isZero();
    }

    @Test
    void development_has_settings_that_only_its_command_line_changes() {
        assertThat(run("dev", "--print-config", "--workers=2")).isZero();

        assertThat(out())
                .containsPattern("(?m)^workers = 2 +# command line option --workers$")
                .containsPattern("(?m)^development = true +# gangway dev$")
                .containsPattern("(?m)^reload = \"watch\" +# gangway dev$")
                .containsPattern("(?m)^bind = \\[\"127.0.0.1:8000\"] +# gangway dev$");
    }

    @Test
    void a_key_of_the_environ_that_is_refused_is_told_as_it_was_written() {
        assertThat(run("run", "shop", "--environ", "RAW_URI=x", "--environ", "PATH_INFO=x"))
                .isEqualTo(2);

        assertThat(err())
                .contains(
                        "--environ: expected a name that the server does not use itself; found \"PATH_INFO\" (from command"
                                + " line option --environ PATH_INFO). Fix: choose another name\n")
                .doesNotContain("--environ.");
    }

    @Test
    void a_duration_without_its_unit_is_told_to_have_one() {
        assertThat(run("run", "shop", "--idle-timeout", "75")).isEqualTo(2);

        assertThat(err())
                .startsWith(
                        "gangway: --idle-timeout: expected a duration with its unit, such as 75s or 75ms; found \"75\"");
    }

    @Test
    void a_list_is_an_option_that_may_be_repeated() {
        assertThat(source("-b", "8001", "--bind", ":80,8002").values()).isEqualTo(Map.of("--bind", "8001,:80,8002"));
    }

    @Test
    void the_letters_of_gunicorn_are_options() {
        assertThat(source("-w", "3", "-b", ":80", "-c", "a.toml", "-e", "A=b").values())
                .isEqualTo(Map.of("--workers", "3", "--bind", ":80", "--config", "a.toml", "--env.A", "b"));
    }

    @Test
    void each_setting_is_an_option() {
        assertThat(source("--max-requests=10", "--request-timeout", "5s", "--python-path", "a,b")
                        .values())
                .isEqualTo(Map.of("--max-requests", "10", "--request-timeout", "5s", "--python-path", "a,b"));
    }

    @Test
    void a_map_is_an_option_that_is_repeated() {
        assertThat(source("--env", "A=1", "--env", "B=x=y", "--environ", "COLOUR=blue")
                        .values())
                .isEqualTo(Map.of("--env.A", "1", "--env.B", "x=y", "--environ.COLOUR", "blue"));
    }

    @Test
    void a_flag_takes_a_value_only_after_an_equals_sign() {
        assertThat(source("--preload", "shop").values()).isEqualTo(Map.of("--preload", "true"));
        assertThat(source("--preload=false", "shop").values()).isEqualTo(Map.of("--preload", "false"));
        assertThat(source("--reload", "shop").values()).isEqualTo(Map.of("--reload", "watch"));
        assertThat(source("--access-log", "shop").values()).isEqualTo(Map.of("--access-log", "-"));
        assertThat(source("--access-log=a.log", "shop").values()).isEqualTo(Map.of("--access-log", "a.log"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completes_every_option(String shell) {
        assertThat(run("completion", shell)).isZero();

        assertThat(out())
                .startsWith("# Completes gangway's words in bash and zsh: source <(gangway completion bash)\n");
        for (Setting<?> setting : settings()) {
            if (setting != CoreSettings.APPLICATION) {
                assertThat(out()).contains(SettingOptions.name(setting));
            }
        }
    }

    private SettingSource source(String... arguments) {
        String[] line =
                Stream.concat(Stream.of("run"), Arrays.stream(arguments)).toArray(String[]::new);
        ParseResult parsed = gangway.commandLine().parseArgs(line).subcommand();
        return new SettingOptions(settings()).source(parsed, "");
    }

    private static List<Setting<?>> settings() {
        return RunCommand.settings(RunCommand.builtIn());
    }

    private static void checkNotTooLong(String line) {
        assertThat(line.length()).as(line).isLessThan(COLUMNS + 1);
    }

    private int run(String... arguments) {
        return gangway.run(arguments);
    }

    private String out() {
        return out.toString(UTF_8);
    }

    private String err() {
        return err.toString(UTF_8);
    }
}
