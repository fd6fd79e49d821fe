package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BomTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");
    private static final Pattern MANAGED =
            Pattern.compile("<artifactId>([^<]+)</artifactId>\\s*<version>\\$\\{project.version}</version>");

    @Test
    void the_bom_has_the_version_of_the_whole_and_each_artifact_that_others_depend_on() throws Exception {
        String bom = Files.readString(ROOT.resolve("bridge-bom/pom.xml"));

        assertThat(version(bom)).isEqualTo(version(Files.readString(ROOT.resolve("pom.xml"))));
        assertThat(MANAGED.matcher(bom).results().map(found -> found.group(1)))
                .containsExactlyElementsOf(List.of("bridge-core", "bridge-servlet", "bridge-python"));
    }

    /** The first one in the file, the project's own. */
    private static String version(String pom) {
        return VERSION.matcher(pom).results().findFirst().orElseThrow().group(1);
    }
}
