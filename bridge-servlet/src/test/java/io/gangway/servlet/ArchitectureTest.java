package io.gangway.servlet;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package has one idea, and the arrows between packages form no circle. Only the embedded server knows Jetty. */
class ArchitectureTest {
    private static final JavaClasses OURS =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.gangway.servlet");

    /** Loggers, the gateway interface, exchanges, functions, and deployments: the packages of bridge-core that a server needs. */
    private static final List<String> CORE = List.of(
            "io.gangway.log",
            "io.gangway.wsgi",
            "io.gangway.asgi",
            "io.gangway.exchange",
            "io.gangway.server",
            "io.gangway.deploy");

    /** The packages that each package may use beside itself, the JDK, the Servlet API and the compiler's annotations. */
    private static final Map<String, List<String>> ARROWS = Map.of(
            "io.gangway.servlet.watch",
            List.of("io.gangway.log", "io.gangway.server"),
            "io.gangway.servlet.websocket",
            List.of(
                    "io.gangway.log",
                    "io.gangway.wsgi",
                    "io.gangway.asgi",
                    "io.gangway.exchange",
                    "io.gangway.servlet.watch"),
            "io.gangway.servlet",
            Stream.concat(CORE.stream(), Stream.of("io.gangway.servlet.watch", "io.gangway.servlet.websocket"))
                    .toList(),
            "io.gangway.servlet.jetty",
            Stream.concat(
                            CORE.stream(),
                            Stream.of("io.gangway.servlet", "io.gangway.servlet.websocket", "org.eclipse.jetty.."))
                    .toList());

    @Test
    void every_package_has_its_arrows() {
        assertThat(OURS.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrderElementsOf(ARROWS.keySet());
    }

    @Test
    void packages_use_only_what_their_arrows_lead_to() {
        ARROWS.forEach((name, allowed) -> {
            String[] all = Stream.concat(
                            Stream.of(
                                    name,
                                    "java..",
                                    "javax..",
                                    "jakarta.servlet..",
                                    "jakarta.websocket..",
                                    "org.jspecify.."),
                            allowed.stream())
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(name)
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(all))
                    .as(name + " uses only " + List.of(all))
                    .check(OURS);
        });
    }

    @Test
    void no_circle_between_packages() {
        slices().matching("io.gangway.(**)").should().beFreeOfCycles().check(OURS);
    }
}
