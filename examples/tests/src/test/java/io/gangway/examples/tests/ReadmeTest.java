package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern SNIPPET = Pattern.compile("<!-- from (\\S+) -->\n```\\w+\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)");

    @Test
    void the_readmes_snippets_are_lines_of_the_examples() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        MatchResult[] snippets = SNIPPET.matcher(readme).results().toArray(MatchResult[]::new);

        assertThat(snippets).hasSizeGreaterThan(5);
        for (MatchResult snippet : snippets) {
            assertThat(Files.readString(ROOT.resolve(snippet.group(1))))
                    .as("README.md quotes %s; write there what the file says", snippet.group(1))
                    .contains(snippet.group(2));
        }
    }

    @Test
    void the_readmes_links_lead_to_files() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));

        assertThat(LINK.matcher(readme).results().map(link -> link.group(1)))
                .isNotEmpty()
                .allSatisfy(target -> assertThat(ROOT.resolve(target)).exists());
    }
}
