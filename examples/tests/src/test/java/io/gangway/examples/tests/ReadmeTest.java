package io.gangway.examples.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** README and the documents: what they quote, and where they lead. */
class ReadmeTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern SNIPPET = Pattern.compile("<!-- from (\\S+) -->\n```\\w+\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)");

    static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md")),
                            docs.filter(file -> file.toString().endsWith(".md")).sorted())
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void snippets_are_lines_of_the_examples(Path document) throws IOException {
        String text = Files.readString(document);
        MatchResult[] snippets = SNIPPET.matcher(text).results().toArray(MatchResult[]::new);

        assertThat(snippets)
                .as("snippets of %s, each after its marker", document)
                .hasSize(text.split("<!-- from ", -1).length - 1);
        for (MatchResult snippet : snippets) {
            assertThat(Files.readString(ROOT.resolve(snippet.group(1))))
                    .as("%s quotes %s; write there what the file says", document, snippet.group(1))
                    .contains(snippet.group(2));
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void links_lead_to_files(Path document) throws IOException {
        assertThat(LINK.matcher(Files.readString(document)).results().map(link -> link.group(1)))
                .allSatisfy(
                        target -> assertThat(document.resolveSibling(target)).exists());
    }
}
