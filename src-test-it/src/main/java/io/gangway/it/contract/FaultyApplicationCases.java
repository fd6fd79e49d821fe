package io.gangway.it.contract;

import static io.gangway.it.contract.Apps.header;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** W60, W63, W65 and W68: applications fail, and the servers go on. */
final class FaultyApplicationCases {
    private static final String SECRET = "the application failed on purpose";
    private static final String BY_ITSELF = "the server must find this by itself";

    private FaultyApplicationCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("an_exception_before_the_head_is_a_500_that_tells_nothing", "W68")
                        .application((environ, start, run) -> {
                            throw new IllegalStateException(SECRET);
                        })
                        .expect(answer -> answer.status(500).bodyWithout(SECRET).endedCleanly())
                        .logged(1),
                Case.of("an_exception_after_start_response_is_a_500_without_its_headers", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("X-Private", "1"), header("Content-Length", "3"));
                            throw new java.io.IOException(SECRET);
                        })
                        .expect(answer -> answer.status(500)
                                .header("X-Private")
                                .bodyWithout(SECRET)
                                .endedCleanly())
                        .logged(1),
                Case.of("an_error_is_answered_like_an_exception", "W68")
                        .application((environ, start, run) -> {
                            throw new StackOverflowError(SECRET);
                        })
                        .expect(answer -> answer.status(500).bodyWithout(SECRET))
                        .logged(1),
                Case.of("an_exception_of_the_iterator_before_a_block_is_a_500", "W65", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("X-Private", "1"));
                            return run.body(() -> {
                                throw new IllegalStateException(SECRET);
                            });
                        })
                        .expect(answer -> answer.status(500).header("X-Private").bodyWithout(SECRET))
                        .logged(1),
                Case.of("an_exception_in_the_first_step_is_a_500", "W65", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(failing(Optional.empty()));
                        })
                        .expect(answer -> answer.status(500).bodyWithout(SECRET).endedCleanly())
                        .logged(1),
                Case.of("an_exception_after_empty_blocks_is_a_500", "W60", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(failing(Optional.of("")));
                        })
                        .expect(answer -> answer.status(500).bodyWithout(SECRET).endedCleanly())
                        .logged(1),
                Case.of("an_exception_after_the_first_block_breaks_the_connection", "W65", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(failing(Optional.of("some")));
                        })
                        .expect(answer -> answer.status(200).body("some").truncated())
                        .logged(1),
                Case.of("an_exception_within_a_declared_length_breaks_the_connection", "W63", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "99"));
                            return run.body(failing(Optional.of("some")));
                        })
                        .expect(answer -> answer.header("Content-Length", "99")
                                .body("some")
                                .truncated())
                        .logged(1),
                Case.of("an_exception_after_write_breaks_the_connection", "W53", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start).write(Apps.bytes("some"));
                            throw new IllegalStateException(SECRET);
                        })
                        .expect(answer -> answer.status(200).body("some").truncated())
                        .logged(1),
                Case.of("an_exception_of_close_is_logged_and_takes_nothing_from_the_client", "W65", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "4"));
                            return run.bodyFailingToClose(Apps.blocks("some"), new IllegalStateException(SECRET));
                        })
                        .expect(answer -> answer.status(200).body("some").endedCleanly())
                        .logged(1),
                Case.of("exceptions_of_a_step_and_of_close_are_one_entry", "W65", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.bodyFailingToClose(
                                    failing(Optional.of("some")), new IllegalStateException("too"));
                        })
                        .expect(answer -> answer.body("some").truncated())
                        .logged(1),
                Case.of("a_null_block_is_a_500", "W60")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(() -> nullBlock(null));
                        })
                        .expect(answer -> answer.status(500))
                        .logged(1),
                Case.of("a_null_block_after_another_breaks_the_connection", "W60")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start).write(Apps.bytes("some"));
                            return run.body(() -> nullBlock(null));
                        })
                        .expect(answer -> answer.body("some").truncated())
                        .logged(1),
                Case.of("what_exceeds_the_declared_length_is_cut", "W63")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "6"));
                            return run.body(Apps.blocks("1234", "5678", "9"));
                        })
                        .expect(answer -> answer.header("Content-Length", "6")
                                .body("123456")
                                .endedCleanly())
                        .logged(1),
                Case.of("a_body_short_of_its_length_breaks_the_connection", "W63")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "6"));
                            return run.body(Apps.blocks("1234"));
                        })
                        .expect(answer -> answer.body("1234").truncated())
                        .logged(1),
                Case.of("a_list_short_of_its_length_breaks_the_connection", "W63")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "6"));
                            return Apps.blocks("1234");
                        })
                        .expect(answer -> answer.body("1234").truncated())
                        .logged(1),
                Case.of("an_empty_body_that_promised_bytes_is_a_500", "W63")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "6"));
                            return run.body(List.of());
                        })
                        .expect(answer -> answer.status(500).endedCleanly())
                        .logged(1),
                Case.of("a_malformed_length_is_a_500", "W63")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "+6"));
                            return run.body(Apps.blocks("123456"));
                        })
                        .expect(answer -> answer.status(500))
                        .logged(1),
                Case.of("a_bad_status_that_nobody_catches_is_a_500", "W50", "W68")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            start.start("200 OK\r\nX-Injected: yes", List.of());
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(500).header("X-Injected"))
                        .logged(1),
                Case.of("a_split_header_that_nobody_catches_is_a_500", "W51", "W68")
                        .unlinted(BY_ITSELF)
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Location", "/\r\nX-Injected: yes\r\n\r\n<html>"));
                            return Apps.blocks("body");
                        })
                        .expect(answer ->
                                answer.status(500).header("X-Injected").header("Location"))
                        .logged(1),
                Case.of("the_linter_finds_what_the_application_does_wrong", "W51", "W68")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("X-Id", "a\u0007b"));
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(500))
                        .journal(seen -> seen.check(
                                seen.details("raised").stream().allMatch(text -> text.contains("W51")), "W51"))
                        .logged(1));
    }

    /** A body that yields a block, if there is one, and then throws. */
    private static Iterable<byte[]> failing(Optional<String> block) {
        return () -> new Iterator<>() {
            private boolean yielded = block.isEmpty();

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public byte[] next() {
                if (yielded) {
                    throw new IllegalStateException(SECRET);
                }
                yielded = true;
                return Apps.bytes(block.orElseThrow());
            }
        };
    }

    @SuppressWarnings("NullAway") // the fault that the case is about
    private static Iterator<byte[]> nullBlock(byte @Nullable [] block) {
        return java.util.Collections.singletonList(block).iterator();
    }
}
