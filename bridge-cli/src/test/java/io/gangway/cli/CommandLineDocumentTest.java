package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.cli.config.SettingOptions;
import io.gangway.deploy.CoreSettings;
import io.gangway.deploy.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The tables in {@code docs/command-line.md}; {@code -Ddocs.write=true} writes them. */
class CommandLineDocumentTest {
    private static final Path DOCUMENT = Path.of("../docs/command-line.md");

    @Test
    void the_document_says_what_the_definitions_say() throws IOException {
        String document = Files.readString(DOCUMENT);
        String current = replaced(replaced(document, "options", options()), "exit codes", exitCodes());
        if (Boolean.getBoolean("docs.write")) {
            Files.write(DOCUMENT, current.getBytes(UTF_8));
        }

        assertThat(document)
                .as("docs/command-line.md is stale: run this test with -Ddocs.write=true")
                .isEqualTo(current);
    }

    static String replaced(String document, String name, String table) {
        String begin = "<!-- generated: " + name + " -->\n";
        int from = document.indexOf(begin) + begin.length();
        int to = document.indexOf("<!-- end -->\n", from);
        return document.substring(0, from) + table + document.substring(to);
    }

    private static String options() {
        StringBuilder table = new StringBuilder("| option | default | meaning |\n|---|---|---|\n");
        SettingOptions options = new SettingOptions(RunCommand.settings(RunCommand.builtIn()), RunDefaults.all());
        for (Setting<?> setting : options.settings()) {
            if (setting != CoreSettings.APPLICATION) {
                table.append("| `").append(SettingOptions.written(setting).replace("|", "\\|"));
                table.append("` | ")
                        .append(options.asOptions(
                                options.defaultDescription(setting).orElse("")));
                table.append(" | ").append(options.asOptions(setting.meaning())).append(" |\n");
            }
        }
        return table.toString();
    }

    private static String exitCodes() {
        StringBuilder table = new StringBuilder("| code | meaning |\n|---|---|\n");
        for (ExitCode code : ExitCode.values()) {
            table.append("| ")
                    .append(code.number())
                    .append(" | ")
                    .append(code.meaning())
                    .append(" |\n");
        }
        return table.toString();
    }
}
