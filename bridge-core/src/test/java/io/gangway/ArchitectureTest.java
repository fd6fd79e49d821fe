package io.gangway;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A package has one idea, and the arrows between packages form no circle. */
class ArchitectureTest {
    private static final JavaClasses OURS =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.gangway");

    /** The packages of Gangway that each package may use, beside itself. */
    private static final Map<String, Set<String>> ARROWS = Map.of(
            "log", Set.of(),
            "wsgi", Set.of(),
            "asgi", Set.of("wsgi"),
            "buffer", Set.of("log"),
            "exchange", Set.of("log", "wsgi", "asgi"),
            "server", Set.of("log", "wsgi", "asgi", "exchange"),
            "lint", Set.of("log", "wsgi", "exchange", "server"),
            "middleware", Set.of("log", "wsgi", "exchange", "server"),
            "testing", Set.of("wsgi", "asgi", "exchange", "server", "lint"),
            "deploy", Set.of("log", "wsgi", "asgi", "exchange", "server", "lint", "middleware"));

    @Test
    void no_circle_between_packages() {
        slices().matching("io.gangway.(*)..").should().beFreeOfCycles().check(OURS);
    }

    @Test
    void every_package_has_its_place() {
        Set<String> packages = OURS.stream()
                .map(ours -> ours.getPackageName().replaceFirst("io\\.gangway\\.([a-z]+).*", "$1"))
                .collect(toSet());
        assertThat(packages).isEqualTo(ARROWS.keySet());
    }

    @Test
    void packages_use_only_what_their_arrows_lead_to() {
        ARROWS.forEach((name, allowed) -> classes()
                .that()
                .resideInAPackage("io.gangway." + name + "..")
                .should()
                .onlyDependOnClassesThat(outside()
                        .or(resideInAPackage("io.gangway." + name + ".."))
                        .or(among(allowed)))
                .as("io.gangway." + name + " uses of ours only " + allowed)
                .allowEmptyShould(true)
                .check(OURS));
    }

    @Test
    void nothing_is_used_but_java_and_annotations_for_the_compiler() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("io.gangway..", "java..", "org.jspecify.."))
                .check(OURS);
    }

    private static DescribedPredicate<JavaClass> outside() {
        return DescribedPredicate.not(resideInAPackage("io.gangway.."));
    }

    private static DescribedPredicate<JavaClass> among(Set<String> packages) {
        return resideInAnyPackage(
                packages.stream().map(name -> "io.gangway." + name + "..").toArray(String[]::new));
    }
}
