package io.gangway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tab key in interactive shells, on a terminal. */
class CompletionTest {
    private static final Path TERMINAL = Path.of("src/test/python/terminal.py").toAbsolutePath();

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, UTF_8);
        assertThat(new Gangway(stream, stream).run("completion", "bash")).isZero();
        Files.write(folder.resolve("completion.sh"), out.toByteArray());
        Files.createDirectories(folder.resolve("environment/bin"));
        Files.createFile(folder.resolve("elsewhere.wsgi"));
        Files.createFile(folder.resolve("a file.wsgi"));
        Files.createFile(folder.resolve("shop.toml"));
    }

    @ParameterizedTest
    @CsvSource({
        "gangway do<TAB>, [doctor]",
        "gangway run --max-l<TAB>, [run][--max-lifetime]",
        "gangway war --requ<TAB>, [war][--requirements]",
        "gangway doctor --work<TAB>, [doctor][--workers]",
        "gangway run --lint str<TAB>, [run][--lint][strict]",
        "gangway run --lint=str<TAB>, [run][--lint=strict]",
        "gangway run --preload=f<TAB>, [run][--preload=false]",
        "gangway run --preload else<TAB>, [run][--preload][elsewhere.wsgi]",
        "gangway run -c sh<TAB>, [run][-c][shop.toml]",
        "gangway run --config=sh<TAB>, [run][--config=shop.toml]",
        "gangway run --venv e<TAB>, [run][--venv][environment/]",
        "gangway run --chdir=env<TAB>bi<TAB>, [run][--chdir=environment/bin/]",
        "gangway run else<TAB>, [run][elsewhere.wsgi]",
        "gangway run a<TAB>, [run][a file.wsgi]",
        "gangway completion z<TAB>, [completion][zsh]",
    })
    void the_tab_key_completes(String typed, String words) throws Exception {
        for (List<String> shell : List.of(List.of("bash", "--norc", "-i"), List.of("zsh", "-f", "-i"))) {
            Needed.python();
            Needed.that(Needed.runs(shell.get(0), "-c", "exit"), shell.get(0));
            assertThat(pressed(shell, typed)).as("%s in %s", typed, shell).isEqualTo(words);
        }
    }

    private String pressed(List<String> shell, String typed) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("python3", TERMINAL.toString(), String.join(" ", shell), typed)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }
}
