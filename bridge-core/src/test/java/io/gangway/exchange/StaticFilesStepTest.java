package io.gangway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.middleware.StaticFiles;
import io.gangway.wsgi.FileWrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Static files as a step, on a wire that never waits: no thread is held by a slow client. */
class StaticFilesStepTest {
    private static final int SIZE = FileWrapper.DEFAULT_BLOCK_SIZE + 5;

    @TempDir
    private Path root;

    private StaticFiles files = StaticFiles.in(Path.of(".")).build();
    private final ExchangeRig rig = new ExchangeRig();

    @BeforeEach
    void make_files() throws IOException {
        Files.writeString(root.resolve("large.bin"), "x".repeat(SIZE), ISO_8859_1);
        files = StaticFiles.in(root).build();
    }

    private ExchangeApplication answering(String path) {
        RequestFacts facts = RequestFacts.of("r1", "GET").path("", path).build();
        ExchangeApplication application = files.instead(facts).orElseThrow();
        assertThat(application.isBlocking()).isFalse();
        return application;
    }

    @Test
    void a_file_is_sent_as_fast_as_the_client_takes_it() throws IOException {
        rig.wire.isFull = true;
        answering("/large.bin").serve(rig.exchange);
        assertThat(rig.wire.log).hasSize(2);
        assertThat(rig.wire.log.get(0)).startsWith("head 200 OK ").contains(" Content-Length=" + SIZE);
        rig.wire.makeRoom();
        rig.wire.makeRoom();
        assertThat(rig.wire.log.subList(2, 4)).containsExactly("write xxxxx", "end COMPLETE");
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.COMPLETE, null));
        assertThat(rig.ended.get(0).bytes()).isEqualTo(SIZE);
    }

    @Test
    void a_client_that_leaves_ends_the_exchange() throws IOException {
        rig.wire.isFull = true;
        answering("/large.bin").serve(rig.exchange);
        rig.wire.leave();
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.CLIENT_LEFT, rig.wire.gone));
    }

    @Test
    void a_client_that_left_before_ends_the_exchange() throws IOException {
        rig.wire.leave();
        answering("/large.bin").serve(rig.exchange);
        assertThat(rig.wire.log).containsExactly("end CLIENT_LEFT");
        assertThat(rig.outcome()).isEqualTo(new Outcome(Ending.CLIENT_LEFT, rig.wire.gone));
    }

    @Test
    void a_text_is_sent_at_once() throws IOException {
        Files.createDirectory(root.resolve("folder"));
        Files.writeString(root.resolve("folder/index.html"), "<p>");
        rig.wire.isFull = true;
        answering("/folder").serve(rig.exchange);
        assertThat(rig.wire.log.get(0)).startsWith("head 301 Moved Permanently Location=/folder/");
        assertThat(rig.outcome().ending()).isEqualTo(Ending.COMPLETE);
    }

    @Test
    void what_is_no_file_is_the_application_s() {
        assertThat(files.instead(
                        RequestFacts.of("r1", "GET").path("", "/missing").build()))
                .isEmpty();
    }
}
