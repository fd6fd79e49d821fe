package io.gangway.it.contract;

import static io.gangway.it.contract.Apps.header;
import static io.gangway.it.contract.Request.get;
import static io.gangway.it.contract.Request.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.it.client.Answer.Framing;
import io.gangway.it.client.AnswerReader;
import io.gangway.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.stream.Stream;

/** W60-W69: the response's body. */
final class BodyCases {
    private BodyCases() {}

    static List<Case> all() {
        return Stream.of(blocks(), withoutBody(), files()).flatMap(List::stream).toList();
    }

    private static List<Case> blocks() {
        return List.of(
                Case.of("one_block_gets_a_content_length", "W62")
                        .application((environ, start, run) -> Apps.text(start, "12345"))
                        .expect(answer -> answer.header("Content-Length", "5").body("12345")),
                Case.of("a_body_of_unknown_length_is_chunked", "W62")
                        .without(
                                Trait.SOCKET,
                                talk -> talk.ask(get("/"))
                                        .header("Content-Length")
                                        .body("one two")
                                        .endedCleanly())
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(Apps.blocks("one ", "two"));
                        })
                        .expect(answer ->
                                answer.framed(Framing.CHUNKED).body("one two").endedCleanly()),
                Case.of("a_body_of_unknown_length_ends_with_the_connection_on_1_0", "W62")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(Apps.blocks("one ", "two"));
                        })
                        .talk(talk -> {
                            talk.send("GET {base}/ HTTP/1.0\r\nHost: {host}\r\n{case}\r\n");
                            talk.connection().read("GET").framed(Framing.CLOSE).body("one two");
                        }),
                Case.of("each_block_goes_out_before_the_next_is_asked_for", "W61")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            Iterator<String> steps = List.of("first", "second").iterator();
                            return run.body(() -> Stream.generate(() -> {
                                        String step = steps.next();
                                        run.hold(step);
                                        return Apps.bytes(step);
                                    })
                                    .limit(2)
                                    .iterator());
                        })
                        .talk(talk -> {
                            talk.send(get("/").template());
                            talk.release("first");
                            AnswerReader reader = talk.connection().begin("GET");
                            String first = new String(reader.readBody(5), ISO_8859_1);
                            talk.release("second");
                            reader.finish()
                                    .check(first.equals("first"), "first")
                                    .body("firstsecond");
                        }),
                Case.of("each_write_goes_out_at_once", "W53", "W61")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start).write(Apps.bytes("first"));
                            run.hold("seen");
                            return Apps.blocks("second");
                        })
                        .talk(talk -> {
                            talk.send(get("/").template());
                            AnswerReader reader = talk.connection().begin("GET");
                            reader.readBody(5);
                            talk.release("seen");
                            reader.finish().body("firstsecond").endedCleanly();
                        }),
                Case.of("nothing_of_the_iterable_is_touched_but_what_it_is_for", "W66")
                        .unlinted("the linter would stand between the server and the iterable")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return new Touchy(run, Apps.blocks("a", "b"));
                        })
                        .expect(answer -> answer.body("ab"))
                        .journal(seen -> seen.times("touched", 0).times("iterated", 1)),
                Case.of("the_body_passes_unchanged_and_undescribed", "W69")
                        .request(get("/").header("Accept-Encoding", "gzip, deflate, br"))
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Type", "text/plain"));
                            return Apps.blocks(InputCases.everyByte() + "\n\r\n\r");
                        })
                        .expect(answer -> answer.header("Content-Type", "text/plain")
                                .header("Content-Encoding")
                                .body(InputCases.everyByte() + "\n\r\n\r")),
                Case.of("a_content_type_is_sent_as_it_was_given", "W69")
                        .needs(Trait.CONTENT_TYPE_AS_GIVEN)
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Type", "text/html; charset=utf-8"));
                            return Apps.blocks("<html>");
                        })
                        .without(
                                Trait.CONTENT_TYPE_AS_GIVEN,
                                talk -> talk.ask(get("/")).header("Content-Type", "text/html;charset=utf-8"))
                        .expect(answer -> answer.header("Content-Type", "text/html; charset=utf-8")),
                Case.of("an_absent_content_type_stays_absent", "W69")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return Apps.blocks("<html>");
                        })
                        .expect(answer -> answer.header("Content-Type").body("<html>")),
                Case.of("a_body_of_megabytes_arrives_whole", "W60", "W62")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(() -> Stream.generate(() -> Apps.bytes("0123456789abcdef".repeat(4096)))
                                    .limit(64)
                                    .iterator());
                        })
                        .expect(answer -> answer.check(answer.length() == 4 << 20, "4 MiB")
                                .endedCleanly()));
    }

    private static List<Case> withoutBody() {
        return List.of(
                Case.of("head_sends_the_length_and_no_body", "W64")
                        .request(request("HEAD", "/"))
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "5"));
                            return run.body(Apps.blocks("12345"));
                        })
                        .expect(answer ->
                                answer.status(200).header("Content-Length", "5").body("")),
                Case.of("after_head_the_connection_is_in_step", "W64")
                        .without(Trait.SOCKET, talk -> {
                            talk.ask(request("HEAD", "/first")).status(200).body("");
                            talk.ask(get("/second")).body("/second");
                        })
                        .application((environ, start, run) -> Apps.text(start, environ.pathInfo()))
                        .calls(2)
                        .talk(talk -> {
                            talk.send(request("HEAD", "/first").template()
                                    + get("/second").template());
                            talk.connection().read("HEAD").status(200);
                            talk.connection().read("GET").body("/second");
                        }),
                bodiless("204 No Content"),
                bodiless("304 Not Modified"),
                Case.of("a_205_has_no_body", "W64")
                        .unlinted("the server must swallow the body by itself")
                        .application((environ, start, run) -> {
                            start.start("205 Reset Content", List.of());
                            return run.body(Apps.blocks("body"));
                        })
                        .expect(answer -> answer.status(205).body("").endedCleanly()),
                Case.of("the_length_is_kept_on_304_and_removed_on_204", "W64")
                        .unlinted("the server must remove it by itself")
                        .without(Trait.LENGTH_ON_304, talk -> {
                            talk.ask(get("/304")).status(304).header("Content-Length");
                            talk.ask(get("/204")).status(204).header("Content-Length");
                        })
                        .application((environ, start, run) -> {
                            start.start(
                                    environ.pathInfo().equals("/304") ? "304 Not Modified" : "204 No Content",
                                    List.of(header("Content-Length", "5")));
                            return List.of();
                        })
                        .calls(2)
                        .talk(talk -> {
                            talk.ask(get("/304")).status(304).header("Content-Length", "5");
                            talk.ask(get("/204")).status(204).header("Content-Length");
                        }));
    }

    private static Case bodiless(String status) {
        return Case.of("a_" + status.substring(0, 3) + "_has_no_body", "W64")
                .unlinted("the server must swallow the body by itself")
                .application((environ, start, run) -> {
                    start.start(environ.pathInfo().equals("/next") ? "200 OK" : status, List.<Header>of());
                    return run.body(Apps.blocks("body"));
                })
                .calls(2)
                .without(Trait.SOCKET, talk -> {
                    talk.ask(get("/"))
                            .status(Integer.parseInt(status.substring(0, 3)))
                            .body("");
                    talk.ask(get("/next")).status(200).body("body");
                })
                .talk(talk -> {
                    talk.send(get("/").template() + get("/next").template());
                    talk.connection().read("GET").status(Integer.parseInt(status.substring(0, 3)));
                    talk.connection().read("GET").status(200).body("body");
                });
    }

    private static List<Case> files() {
        return List.of(
                Case.of("a_file_is_sent_from_its_position_and_closed", "W67", "W39")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return environ.fileWrapper().wrap(NotedStream.of(run, file("0123456789", 3)), 4);
                        })
                        .expect(answer -> answer.body("3456789").endedCleanly())
                        .journal("source closed", seen -> seen.times("source closed", 1)),
                Case.of("a_file_honours_content_length", "W67")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Content-Length", "4"));
                            return environ.fileWrapper().wrap(NotedStream.of(run, file("0123456789", 3)), 64);
                        })
                        .expect(answer -> answer.header("Content-Length", "4")
                                .body("3456")
                                .endedCleanly())
                        .journal("source closed", seen -> seen.times("source closed", 1)),
                Case.of("a_stream_without_a_file_is_sent_and_closed", "W67")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            byte[] text = Apps.bytes("x".repeat(300_000));
                            return environ.fileWrapper()
                                    .wrap(NotedStream.of(run, new ByteArrayInputStream(text)), 1000);
                        })
                        .expect(answer -> answer.check(answer.length() == 300_000, "300,000 bytes")
                                .endedCleanly())
                        .journal("source closed", seen -> seen.times("source closed", 1)),
                Case.of("a_wrapped_file_works_as_any_iterable", "W67")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(environ.fileWrapper().wrap(file("0123456789", 0), 3));
                        })
                        .expect(answer -> answer.body("0123456789").endedCleanly()));
    }

    /** A file that is deleted already, but still open, so it can be read. */
    private static InputStream file(String content, int position) throws IOException {
        Path path = Files.createTempFile("contract", ".txt");
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        channel.write(ByteBuffer.wrap(Apps.bytes(content)));
        channel.position(position);
        return Channels.newInputStream(channel);
    }

    /** An iterable that notes calls that the rules do not allow. */
    private static final class Touchy implements Iterable<byte[]> {
        private final Run run;
        private final List<byte[]> blocks;

        Touchy(Run run, List<byte[]> blocks) {
            this.run = run;
            this.blocks = blocks;
        }

        @Override
        public Iterator<byte[]> iterator() {
            run.note("iterated");
            return blocks.iterator();
        }

        @Override
        public Spliterator<byte[]> spliterator() {
            run.note("touched", "spliterator");
            return blocks.spliterator();
        }

        @Override
        public String toString() {
            run.note("touched", "toString");
            return Arrays.toString(blocks.toArray());
        }
    }
}
