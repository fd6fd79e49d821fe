package io.gangway.python;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package has one idea, and the arrows between packages form no circle. */
class ArchitectureTest {
    private static final JavaClasses OURS =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("io.gangway.python");

    private static final Map<String, List<String>> ARROWS = Map.of(
            "protocol", List.of(),
            "loop", List.of("io.gangway.log", "io.gangway.wsgi"),
            "dispatch", List.of("io.gangway.python.protocol", "io.gangway.python.loop"),
            "supervisor",
                    List.of(
                            "io.gangway.python.protocol",
                            "io.gangway.python.loop",
                            "io.gangway.python.dispatch",
                            "io.gangway.deploy",
                            "io.gangway.log",
                            "io.gangway.wsgi"),
            "bundle",
                    List.of("io.gangway.python.supervisor", "io.gangway.deploy", "io.gangway.log", "io.gangway.wsgi"));

    @Test
    void packages_use_only_what_their_arrows_lead_to() {
        ARROWS.forEach((name, allowed) -> {
            String own = "io.gangway.python." + name;
            String[] all = Stream.concat(Stream.of(own, "java..", "org.jspecify.."), allowed.stream())
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(own)
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(all))
                    .check(OURS);
        });
    }
}
