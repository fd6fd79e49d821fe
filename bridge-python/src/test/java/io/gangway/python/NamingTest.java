package io.gangway.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.DeploymentException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How an application is named, from the setting to the worker that serves it. */
class NamingTest {
    private static final String SHOP = """
            def create_app(name="usual", suffix=""):
                if name == "raises":
                    raise ValueError("no such kettle")

                def app(environ, start_response):
                    start_response("200 OK", [])
                    return [(name + suffix).encode()]

                return app

            application = create_app("application")

            class Old:
                def __init__(self, scope):
                    pass

                async def __call__(self, receive, send):
                    pass
            """;

    @TempDir
    Path files;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(files.resolve("shop.py"), SHOP);
        Files.writeString(
                files.resolve("factories.py"), "from shop import create_app\ncreate_app.__defaults__ = ('made', '')\n");
        Files.createDirectory(files.resolve("deploy"));
        Files.writeString(
                files.resolve("deploy").resolve("my-shop.wsgi"),
                "from shop import create_app\napplication = create_app('file')\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "shop|application",
                "shop:application|application",
                "python:shop:application|application",
                "shop:create_app('a:b', suffix='!')|a:b!",
                "python:shop:create_app('c')|c",
                "factories|made",
                "deploy/my-shop.wsgi|file",
                "deploy/my-shop.wsgi:create_app('d')|d",
                "shop.py|application",
                "./shop.py:create_app('e')|e"
            })
    void each_way_to_name_an_application_serves_with_and_without_preload(String name, String text) {
        for (String preload : List.of("false", "true")) {
            try (Served served = serve(name, "preload", preload)) {
                assertThat(served.client().get("/").send().text()).isEqualTo(text);
            }
        }
    }

    @Test
    void a_setting_says_that_the_callable_is_a_factory() {
        try (Served served = serve("factories:create_app", "factory", "true")) {
            assertThat(served.client().get("/").send().text()).isEqualTo("made");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void a_factory_that_raises_is_named_with_its_traceback(String preload) {
        assertThatThrownBy(() -> serve("shop:create_app('raises')", "preload", preload))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith(
                        "step factory of \"shop:create_app('raises')\" failed: ValueError: no such kettle.\n"
                                + "    Traceback (most recent call last):\n      File \"" + files
                                + "/shop.py\", line 3, in create_app\n")
                .hasMessageEndingWith("\nFix: correct the application at the last line that the traceback names")
                .satisfies(e -> assertThat(((DeploymentException) e).reason()).isEqualTo(Reason.OTHER));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "shop:create_app|find|shop:create_app takes the arguments (name='usual', suffix=''), and a WSGI application takes two,"
                        + " environ and start_response|write 'shop:create_app()' if it is a factory, or set gangway.factory; if it is a"
                        + " WSGI application, set gangway.interface=wsgi",
                "shop:Old|find|shop:Old is an application of ASGI 2, which takes the scope alone, and workers serve ASGI 3|wrap it:"
                        + " asgiref.compatibility.guarantee_single_callable(application)",
                "shop:application()|factory|shop:application cannot be called with these arguments: missing a required argument:"
                        + " 'environ'; it is application(environ, start_response)|write shop:application, because it is an"
                        + " application and no factory",
                "shop:creat_app()|find|module shop has no \"creat_app\"; the nearest: create_app|name a callable of the module after"
                        + " the colon, as in shop.wsgi:application",
                "deploy/my-shop.wsgy|import|there is no file \"FILES/deploy/my-shop.wsgy\"; the nearest: my-shop.wsgi|correct the"
                        + " path; it is relative to the workers' working directory, gangway.chdir"
            })
    void what_is_no_application_is_refused_at_the_start_with_the_probable_mistake(
            String name, String step, String problem, String fix) {
        assertThatThrownBy(() -> serve(name))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("step " + step + " of \"" + name + "\" failed: "
                        + problem.replace("FILES", files.toString()) + ".\nFix: " + fix)
                .satisfies(e -> assertThat(((DeploymentException) e).reason()).isEqualTo(Reason.NO_SUCH_APPLICATION));
    }

    @Test
    void a_name_that_is_none_is_a_wrong_setting() {
        assertThatThrownBy(() -> serve("shop:create_app(open('x'))"))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(
                        "step name of \"shop:create_app(open('x'))\" failed: \"create_app(open('x'))\" is neither a name nor the"
                                + " call of a factory with literal arguments.\nFix: write a callable's name, such as application, or a"
                                + " call such as create_app('production', debug=False)")
                .satisfies(e -> assertThat(((DeploymentException) e).reason()).isEqualTo(Reason.SETTING));
    }

    @ParameterizedTest
    @CsvSource({
        "pyton:shop:app, python:shop:app",
        "clas:com.acme.Hello, class:com.acme.Hello",
        "past:shop.ini, paste:shop.ini"
    })
    void a_misspelt_loader_is_named_too(String name, String meant) {
        assertThatThrownBy(() -> serve(name))
                .isInstanceOf(DeploymentException.class)
                .hasMessageStartingWith("step ")
                .hasMessageEndingWith("; if a loader was meant, write " + meant);
    }

    @Test
    void a_file_of_any_name_is_watched_if_it_is_the_application() throws IOException {
        Path file = files.resolve("deploy").resolve("my-shop.wsgi");
        try (Served served = serve("deploy/my-shop.wsgi", "reload", "watch")) {
            Files.writeString(file, "from shop import create_app\napplication = create_app('changed')\n");
            await().untilAsserted(() ->
                    assertThat(served.client().get("/").send().text()).isEqualTo("changed"));
        }
    }

    @Test
    void an_application_of_paste_without_paste_deploy_is_refused(@TempDir Path place) throws Exception {
        Path venv = place.toRealPath().resolve("venv");
        Process made = new ProcessBuilder(Served.PYTHON, "-m", "venv", "--without-pip", venv.toString())
                .redirectErrorStream(true)
                .redirectOutput(place.resolve("venv.log").toFile())
                .start();
        assertThat(made.waitFor()).isZero();
        Files.writeString(files.resolve("production.ini"), "[app:main]\npaste.app_factory = shop:make\n");
        assertThatThrownBy(() -> serve("paste:production.ini", "venv", venv.toString(), "python", venv + "/bin/python"))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("step paste of \"production.ini\" failed: PasteDeploy is not installed for \"" + venv
                        + "/bin/python\".\nFix: install it where the application is installed (pip install PasteDeploy), and name"
                        + " that virtual environment in gangway.venv");
    }

    @Test
    void a_missing_file_of_paste_is_named() {
        assertThatThrownBy(() -> serve("paste:nowhere.ini"))
                .isInstanceOf(DeploymentException.class)
                .hasMessage("step paste of \"nowhere.ini\" failed: there is no file \"" + files
                        + "/nowhere.ini\".\nFix: correct the"
                        + " path; it is relative to the workers' working directory, gangway.chdir");
    }

    private Served serve(String name, String... settings) {
        Served.assumePython();
        String[] all = Stream.concat(Stream.of("chdir", files.toString()), Stream.of(settings))
                .toArray(String[]::new);
        return Served.withoutPath(name, all);
    }
}
