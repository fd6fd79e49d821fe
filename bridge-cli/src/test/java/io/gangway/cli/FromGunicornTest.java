package io.gangway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.cli.RunCommand.Mode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

/** docs/from-gunicorn.md. */
class FromGunicornTest {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final Pattern OPTION = Pattern.compile("`(--?[a-z][a-z-]*)");

    @Test
    void names_options_that_there_are() throws IOException {
        CommandSpec run = new RunCommand(Mode.RUN, NOWHERE, NOWHERE).spec();
        List<String> options = Files.readAllLines(Path.of("../docs/from-gunicorn.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| "))
                .flatMap(cells -> OPTION.matcher(cells[1] + (cells.length > 2 ? cells[2] : ""))
                        .results()
                        .map((MatchResult found) -> found.group(1)))
                .toList();
        assertThat(options)
                .hasSizeGreaterThan(20)
                .allSatisfy(
                        option -> assertThat(run.findOption(option)).as(option).isNotNull());
    }
}
