package io.gangway.python.supervisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts to the launcher, and the output of an application. */
class TextTest {
    @Test
    void json_quotes_what_json_must() {
        assertThat(Json.object(Map.of("b", List.of("x\"\\", "é\n"), "a", true, "c", 1)))
                .isEqualTo("{\"a\":true,\"b\":[\"x\\\"\\\\\",\"\\u00e9\\u000a\"],\"c\":1}");
    }

    @Test
    void lines_are_put_together_from_any_pieces() {
        List<String> lines = new ArrayList<>();
        LineSplitter splitter = new LineSplitter(lines::add);
        for (byte each : "one\r\n\ntwo é".getBytes(UTF_8)) {
            splitter.feed(new byte[] {each});
        }
        assertThat(lines).containsExactly("one", "");
        splitter.end();
        assertThat(lines).containsExactly("one", "", "two é");
    }

    @Test
    void a_line_without_an_end_is_cut() {
        List<String> lines = new ArrayList<>();
        new LineSplitter(lines::add).feed(new byte[70_000]);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).hasSize(65_536);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "-5", "4294967297", "9223372036854775808", "1.0"})
    void a_process_has_a_positive_number(String text) {
        assertThat(Processes.pid("4194304")).isEqualTo(4_194_304);
        assertThatThrownBy(() -> Processes.pid(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void the_list_of_the_workers_package_is_complete() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/python/gangway_worker"))) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".py")))
                    .as("WorkerPackage.FILES lists what the jar's package consists of")
                    .containsExactlyInAnyOrderElementsOf(WorkerPackage.FILES);
        }
    }
}
