package io.gangway.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gangway.deploy.applications.Applications;
import io.gangway.wsgi.GatewayApplication;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassApplicationLoaderTest {
    private static final ClassLoader OURS = ClassApplicationLoaderTest.class.getClassLoader();
    private static final String APPLICATIONS = Applications.class.getName();

    @ParameterizedTest
    @ValueSource(strings = {"Working", "Inheriting"})
    void loads_a_public_class_with_a_constructor_that_takes_nothing(String nested) {
        LoadedApplication loaded = load(APPLICATIONS + "$" + nested, OURS);
        assertThat(loaded.application()).isInstanceOf(Applications.Working.class);
        assertThat(loaded.isMultithread()).isTrue();
        assertThat(loaded.isMultiprocess()).isFalse();
    }

    @Test
    void the_message_of_a_missing_class_lists_the_places_searched() throws Exception {
        URL[] places = {Path.of("/srv/shop/classes/").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(places, OURS)) {
            assertMessage(
                    () -> load("com.acme.Hello", loader),
                    "gangway.application: class:\"com.acme.Hello\" cannot be loaded: there is no such class in "
                            + places[0]
                            + ". Fix: check the name, package included, and that its jar or folder is deployed");
        }
    }

    @Test
    void a_message_lists_the_first_of_many_places_that_were_searched() throws Exception {
        URL[] places = IntStream.range(0, 10)
                .mapToObj(number -> fileUrl("/srv/lib/" + number + ".jar"))
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(places, OURS)) {
            assertThatThrownBy(() -> load("com.acme.Hello", loader))
                    .message()
                    .contains("in " + places[0] + ", ")
                    .contains(places[7] + " and 2 more places. Fix: ")
                    .doesNotContain("8.jar");
        }
    }

    @Test
    void a_message_names_a_class_loader_that_lists_no_places() {
        ClassLoader loader = new ClassLoader(OURS) {
            @Override
            public String toString() {
                return "WebappClassLoader\r\n  context: shop";
            }
        };
        assertThatThrownBy(() -> load("com.acme.Hello", loader))
                .message()
                .contains("in the classes of \"WebappClassLoader\\r\\n  context: shop\". Fix: ");
    }

    @ParameterizedTest
    @CsvSource({
        "io.gangway.deploy.applications.Applications.Working,io.gangway.deploy.applications.Applications$Working",
        "io.gangway.deploy.applications.Applications.class,io.gangway.deploy.applications.Applications",
        "io.gangway.deploy.applications.Applications.java,io.gangway.deploy.applications.Applications",
        "io.gangway.deploy.applications.Applications.class,io.gangway.deploy.applications.Applications"
    })
    void the_usual_slips_in_a_name_are_recognised(String written, String meant) {
        assertThatThrownBy(() -> load(written, OURS))
                .isInstanceOf(DeploymentException.class)
                .message()
                .startsWith("gangway.application: class:\"" + written + "\" cannot be loaded: there is no such class")
                .endsWith(". Fix: write class:" + meant);
    }

    @Test
    void the_message_of_a_class_of_another_type_names_the_expected_one() {
        assertMessage(
                () -> load(APPLICATIONS + "$NotAnApplication", OURS),
                cannotBeLoaded("NotAnApplication")
                        + "it implements neither io.gangway.wsgi.GatewayApplication nor io.gangway.asgi.AsgiApplication. Fix: let it"
                        + " implement one of these interfaces, or name a class that does");
    }

    @Test
    void a_second_copy_of_gangway_has_another_message_than_a_wrong_type() {
        ClassLoader copies = new CopyingClassLoader();
        assertMessage(
                () -> load(APPLICATIONS + "$Inheriting", copies),
                cannotBeLoaded("Inheriting")
                        + "it implements io.gangway.wsgi.GatewayApplication from another copy of Gangway. Fix: keep one"
                        + " copy of Gangway's jars: in the web application or in the container, not in both");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Unfinished|it is abstract, or an interface. Fix: name a class that can be instantiated",
                "Demanding|it has no public constructor without parameters. Fix: add such a constructor",
                "Shy|it has no public constructor without parameters. Fix: add such a constructor",
                "Inner|it has no public constructor without parameters. Fix: make the nested class static",
                "Hidden|Gangway may not instantiate it. Fix: make the class public; in a named module, open or export"
                        + " its package"
            })
    void the_message_of_a_class_that_cannot_be_instantiated_says_why(String nested, String expected) {
        assertMessage(() -> load(APPLICATIONS + "$" + nested, OURS), cannotBeLoaded(nested) + expected);
    }

    @Test
    void an_interface_cannot_be_instantiated_either() {
        assertMessage(
                () -> load(GatewayApplication.class.getName(), OURS),
                "gangway.application: class:\"io.gangway.wsgi.GatewayApplication\" cannot be loaded: it is abstract, or"
                        + " an interface. Fix: name a class that can be instantiated");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Failing|its constructor threw \"java.lang.IllegalStateException: no database\\nat all\"",
                "FailingEarly|its static initializer threw \"java.lang.IllegalStateException: no limit\""
            })
    void what_the_class_throws_is_kept_as_the_cause(String nested, String expected) {
        DeploymentException thrown =
                catchThrowableOfType(DeploymentException.class, () -> load(APPLICATIONS + "$" + nested, OURS));
        assertThat(thrown)
                .hasMessage(cannotBeLoaded(nested) + expected + ". Fix: correct the code that the stack trace shows")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(thrown.isTraceHelpful()).isTrue();
    }

    @Test
    void an_error_thrown_by_the_constructor_is_kept_too() {
        assertThatThrownBy(() -> load(APPLICATIONS + "$Incomplete", OURS))
                .isInstanceOf(DeploymentException.class)
                .hasMessage(cannotBeLoaded("Incomplete")
                        + "its constructor threw \"java.lang.NoClassDefFoundError: com/acme/Database\". Fix: correct"
                        + " the code that the stack trace shows")
                .hasCauseInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void a_class_file_that_cannot_be_used_has_another_message_than_a_missing_one() {
        ClassLoader broken = new ClassLoader(OURS) {
            @Override
            protected Class<?> findClass(String name) {
                return defineClass(name, new byte[] {1, 2, 3, 4}, 0, 4);
            }
        };
        assertThatThrownBy(() -> load("com.acme.Hello", broken))
                .isInstanceOf(DeploymentException.class)
                .hasCauseInstanceOf(ClassFormatError.class)
                .message()
                .startsWith("gangway.application: class:\"com.acme.Hello\" cannot be loaded: the class was found but"
                        + " cannot be used: \"java.lang.ClassFormatError: ")
                .endsWith(
                        ". Fix: deploy the classes that it needs, compiled for this Java version, and write its name as"
                                + " it is declared");
    }

    @Test
    void printed_an_error_is_its_message_alone() {
        StringWriter printed = new StringWriter();
        DeploymentException thrown =
                catchThrowableOfType(DeploymentException.class, () -> load(APPLICATIONS + "$NotAnApplication", OURS));
        thrown.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString().strip()).isEqualTo(thrown.toString());
    }

    private static LoadedApplication load(String name, ClassLoader classLoader) {
        Settings settings = Settings.resolve(CoreSettings.all(), List.of());
        return new ClassApplicationLoader()
                .load(name, new LoadContext(settings, classLoader, Optional.empty(), "/test"));
    }

    private static String cannotBeLoaded(String nested) {
        return "gangway.application: class:\"" + APPLICATIONS + "$" + nested + "\" cannot be loaded: ";
    }

    private static void assertMessage(ThrowingCallable load, String message) {
        DeploymentException thrown = catchThrowableOfType(DeploymentException.class, load);
        assertThat(thrown).hasMessage(message).hasNoCause();
        assertThat(thrown.isTraceHelpful()).isFalse();
    }

    private static URL fileUrl(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has its own copy of each of our classes, as a web application with a second set of jars does. */
    private static final class CopyingClassLoader extends ClassLoader {
        CopyingClassLoader() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try (InputStream file = OURS.getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (file == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
