package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.cli.RunCommand.Mode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Model.CommandSpec;

/** The tables in {@code docs/from-gunicorn.md}; {@code -Ddocs.write=true} writes them. */
class FromGunicornDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/from-gunicorn.md");
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

    @Test
    void the_document_says_what_the_hints_say() throws IOException {
        String document = Files.readString(DOCUMENT);
        String current = document;
        for (OtherServers server : OtherServers.values()) {
            current = CommandLineDocumentTest.replaced(current, server.title() + "'s options", server.markdown());
        }
        if (Boolean.getBoolean("docs.write")) {
            Files.write(DOCUMENT, current.getBytes(UTF_8));
        }

        assertThat(document)
                .as("docs/from-gunicorn.md is stale: run this test with -Ddocs.write=true")
                .isEqualTo(current);
    }

    @ParameterizedTest
    @EnumSource
    void names_options_that_there_are(OtherServers server) {
        CommandSpec run = new RunCommand(Mode.RUN, NOWHERE, NOWHERE).spec();

        assertThat(server.own())
                .hasSizeGreaterThan(10)
                .allSatisfy(
                        option -> assertThat(run.findOption(option)).as(option).isNotNull());
    }
}
