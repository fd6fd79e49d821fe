package io.gangway.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms of the command, and what each may use. */
class ArchitectureTest {
    private static final String ROOT = "io.gangway.cli";

    private static final JavaClasses OURS =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

    /** The packages of the command that each of its packages may use, beside itself; the commands themselves may use all. */
    private static final Map<String, List<String>> ARROWS = Map.of(
            "log", List.of(),
            "config", List.of("log"),
            "server", List.of("config"),
            "war", List.of(),
            "doctor", List.of("war"));

    @Test
    void every_package_has_its_place() {
        assertThat(OURS.stream()
                        .map(ours -> ours.getPackageName().substring(ROOT.length()))
                        .filter(name -> !name.isEmpty())
                        .collect(toSet()))
                .isEqualTo(ARROWS.keySet().stream().map(name -> "." + name).collect(toSet()));
    }

    @Test
    void packages_use_only_what_their_arrows_lead_to() {
        ARROWS.forEach((name, allowed) -> {
            String[] all = Stream.concat(Stream.of(name), allowed.stream())
                    .map(it -> ROOT + "." + it)
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(ROOT + "." + name)
                    .should()
                    .onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(all)))
                    .check(OURS);
        });
    }
}
