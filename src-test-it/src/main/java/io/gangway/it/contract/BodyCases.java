package io.gangway.it.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.it.client.Answer.Framing;
import io.gangway.it.client.AnswerReader;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** W60-W69: the body, as the client sees it. */
final class BodyCases {
    private BodyCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("one_block_gets_a_content_length", "W62")
                        .application((environ, start, run) -> Apps.text(start, "12345"))
                        .expect(answer -> answer.header("Content-Length", "5").body("12345")),
                Case.of("a_body_of_unknown_length_is_chunked", "W62")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(Apps.blocks("one ", "two"));
                        })
                        .expect(answer ->
                                answer.framed(Framing.CHUNKED).body("one two").endedCleanly()),
                Case.of("each_block_goes_out_before_the_next_is_asked_for", "W61")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            Iterator<String> steps = List.of("first", "second").iterator();
                            return run.body(() -> Stream.generate(() -> {
                                        String step = steps.next();
                                        hold(run, step);
                                        return Apps.bytes(step);
                                    })
                                    .limit(2)
                                    .iterator());
                        })
                        .talk(talk -> {
                            talk.send("GET {base}/ HTTP/1.1\r\nHost: {host}\r\n{case}\r\n");
                            talk.release("first");
                            AnswerReader reader = talk.connection().begin("GET");
                            String first = new String(reader.readBody(5), ISO_8859_1);
                            talk.release("second");
                            reader.finish()
                                    .check(first.equals("first"), "first")
                                    .body("firstsecond");
                        }),
                Case.of("an_exception_after_the_first_block_breaks_the_connection", "W68")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(failingAfter("some"));
                        })
                        .expect(answer -> answer.status(200).body("some").truncated())
                        .logged(1));
    }

    /** A body of one block and then an exception. */
    static Iterable<byte[]> failingAfter(String block) {
        return () -> new Iterator<>() {
            private boolean yielded;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public byte[] next() {
                if (yielded) {
                    throw new IllegalStateException("the application failed on purpose");
                }
                yielded = true;
                return Apps.bytes(block);
            }
        };
    }

    private static void hold(Run run, String gate) {
        try {
            run.await(gate);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
