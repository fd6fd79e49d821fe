package io.gangway.it.contract;

import static io.gangway.it.contract.Request.get;
import static io.gangway.it.contract.Request.post;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.it.client.Answer;
import io.gangway.it.client.AnswerReader;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.StartResponse;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** W40-W46: the request's body. */
final class InputCases {
    /** Bytes of an upload that is larger than any socket buffer. */
    private static final int LARGE = 10 * 1024 * 1024;

    private static final String HEAD = "POST {base}/ HTTP/1.1\r\nHost: {host}\r\n{case}";

    private InputCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("the_body_is_read_in_every_way_that_streams_have", "W40")
                        .request(post("/", "one\ntwo\nthree\n"))
                        .application((environ, start, run) -> {
                            InputStream in = environ.input();
                            String first = String.valueOf((char) in.read());
                            String more = new String(in.readNBytes(3), ISO_8859_1);
                            String lines = new BufferedReader(new InputStreamReader(in, ISO_8859_1))
                                    .lines()
                                    .collect(Collectors.joining("|"));
                            return Apps.text(start, first + more + lines);
                        })
                        .expect(answer -> answer.body("one\ntwo|three")),
                Case.of("all_256_bytes_arrive_unchanged", "W40", "W69")
                        .request(post("/", everyByte()))
                        .application(InputCases::echo)
                        .expect(answer -> answer.body(everyByte())),
                Case.of("the_end_of_the_body_is_read_again_and_again", "W41", "W38")
                        .request(post("/", "12345"))
                        .application((environ, start, run) -> {
                            InputStream in = environ.input();
                            String text = Integer.toString(in.readNBytes(9).length);
                            for (int end : List.of(in.read(), in.read(new byte[4]), in.read())) {
                                text += end < 0 ? " end" : " more";
                            }
                            return Apps.text(start, text);
                        })
                        .expect(answer -> answer.body("5 end end end")),
                Case.of("a_request_without_body_ends_at_once", "W41", "W38")
                        .request(get("/"))
                        .application(InputCases::echo)
                        .expect(answer -> answer.body("")),
                Case.of("the_body_ends_before_the_next_request", "W41")
                        .needs(Trait.SOCKET)
                        .application(InputCases::echo)
                        .calls(2)
                        .talk(talk -> {
                            talk.send(post("/", "first").template()
                                    + post("/", "second").template());
                            talk.connection().read("POST").body("first");
                            talk.connection().read("POST").body("second");
                        }),
                Case.of("chunks_arrive_decoded", "W42")
                        .needs(Trait.SOCKET)
                        .without(Trait.STREAMED_BODY, talk -> sendChunks(talk, "10"))
                        .application(InputCases::tellLength)
                        .calls(2)
                        .talk(talk -> sendChunks(talk, "none")),
                Case.of("collected_chunks_have_a_length_and_no_transfer_coding", "W42", "W14")
                        .needs(Trait.SOCKET, Trait.COLLECTED_BODY)
                        .application(InputCases::tellLengthAndCoding)
                        .calls(3)
                        .talk(talk -> {
                            sendChunks(talk, "10 decoded");
                            talk.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
                            talk.connection().read("POST").body(" 0 decoded");
                        }),
                Case.of("a_large_body_without_a_length_arrives_whole", "W40", "W42")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> Apps.text(
                                start, Long.toString(environ.input().transferTo(OutputStream.nullOutputStream()))))
                        .talk(talk -> {
                            talk.send(
                                    HEAD + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(LARGE) + "\r\n");
                            talk.connection().send(new byte[LARGE]);
                            talk.send("\r\n0\r\n\r\n");
                            talk.connection().read("POST").body(Integer.toString(LARGE));
                        }),
                Case.of("chunks_that_break_off_while_they_are_collected_are_the_clients_fault", "W43")
                        .needs(Trait.SOCKET, Trait.COLLECTED_BODY)
                        .application(InputCases::echo)
                        .calls(0)
                        .talk(talk -> {
                            breakBody(talk).status(400);
                            if (!talk.connection().isClosedByServer()) {
                                throw new AssertionError("the connection is used again after chunks without a meaning");
                            }
                        }),
                Case.of("continue_is_sent_when_chunks_are_collected", "W44")
                        .needs(Trait.SOCKET, Trait.COLLECTED_BODY)
                        .application(InputCases::tellLengthAndCoding)
                        .talk(talk -> {
                            talk.send(HEAD + "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
                            String interim = talk.connection().readInterim();
                            if (!interim.startsWith("HTTP/1.1 100")) {
                                throw new AssertionError("expected 100 Continue, not " + interim);
                            }
                            talk.journal().times("called", 0);
                            talk.send("5\r\n12345\r\n0\r\n\r\n");
                            talk.connection().read("POST").interim(0).body("12345 5 decoded");
                        }),
                cutShort("a_body_shorter_than_promised_fails_to_read", "Content-Length: 10\r\n\r\n12345")
                        .without(
                                Trait.ANSWER_TO_SHORT_BODY,
                                talk -> closedInTheMiddle(talk, "Content-Length: 10\r\n\r\n12345"))
                        .without(
                                Trait.SURE_ANSWER_TO_SHORT_BODY,
                                talk -> answeredOrClosed(talk, "Content-Length: 10\r\n\r\n12345"))
                        .without(Trait.CALL_BEFORE_BODY, talk -> {
                            talk.send(HEAD + "Content-Length: 10\r\n\r\n12345");
                            talk.connection().finishSending();
                            talk.connection().read("POST").status(400).bodyWithout("12345");
                            talk.journal().times("called", 0);
                        }),
                cutShortUnlessCollected(
                                "a_large_body_shorter_than_promised_fails_to_read",
                                "Content-Length: " + LARGE + "\r\n\r\n12345")
                        .without(
                                Trait.ANSWER_TO_SHORT_BODY,
                                talk -> closedInTheMiddle(talk, "Content-Length: " + LARGE + "\r\n\r\n12345"))
                        .without(
                                Trait.SURE_ANSWER_TO_SHORT_BODY,
                                talk -> answeredOrClosed(talk, "Content-Length: " + LARGE + "\r\n\r\n12345")),
                cutShortChunks("chunks_without_a_last_one_fail_to_read", "5\r\n12345\r\n"),
                cutShortChunks("a_chunk_shorter_than_promised_fails_to_read", "a\r\n12345"),
                Case.of("an_application_may_answer_for_itself_to_a_broken_body", "W43")
                        .needs(Trait.SOCKET)
                        .without(
                                Trait.OWN_ANSWER_TO_BROKEN_BODY,
                                talk -> breakBody(talk).status(400))
                        .without(Trait.STREAMED_BODY, talk -> breakBody(talk).status(400))
                        .application((environ, start, run) -> {
                            try {
                                return echo(environ, start, run);
                            } catch (IOException e) {
                                start.start("422 Broken", List.of(Apps.TEXT));
                                return Apps.blocks("your body is broken");
                            }
                        })
                        .talk(talk -> breakBody(talk).status(422).body("your body is broken")),
                Case.of("continue_is_sent_when_the_application_reads", "W44")
                        .needs(Trait.SOCKET)
                        .without(
                                Trait.STREAMED_BODY,
                                talk -> collectedAfterContinue(talk).body("12345"))
                        .application(InputCases::echo)
                        .talk(talk -> {
                            talk.send(HEAD + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
                            talk.journal("called", 1);
                            talk.send("12345");
                            talk.connection().read("POST").interim(1).body("12345");
                        }),
                Case.of("an_application_that_does_not_read_answers_without_continue", "W44")
                        .needs(Trait.SOCKET)
                        .without(
                                Trait.STREAMED_BODY,
                                talk -> collectedAfterContinue(talk).body("no, thanks"))
                        .without(Trait.LATE_CONTINUE, talk -> refuseUpload(talk).status(200))
                        .application((environ, start, run) -> Apps.text(start, "no, thanks"))
                        .talk(talk -> refuseUpload(talk).interim(0).body("no, thanks")),
                Case.of("a_small_unread_body_does_not_reach_the_next_request", "W45")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> Apps.text(start, environ.pathInfo()))
                        .calls(2)
                        .talk(talk -> {
                            talk.send(post("/first", "GET /smuggled HTTP/1.1\r\n\r\n")
                                            .template()
                                    + get("/second").template());
                            talk.connection().read("POST").body("/first");
                            talk.connection().read("GET").body("/second");
                        }),
                Case.of("a_large_unread_body_does_not_reach_the_next_request", "W45")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> Apps.text(start, environ.pathInfo()))
                        .calls(1, 2)
                        .talk(InputCases::pipelineBehindLargeBody)
                        .journal(seen -> seen.check(
                                List.of("POST /first", "GET /second")
                                        .subList(0, seen.count("called"))
                                        .equals(seen.details("called")),
                                "no request but those that were sent, in their order")),
                Case.of("a_body_that_a_filter_took_is_not_silently_empty", "W46")
                        .mount("filtered")
                        .application((environ, start, run) -> {
                            try {
                                return Apps.text(
                                        start, "read " + environ.input().readAllBytes().length);
                            } catch (IOException e) {
                                return Apps.text(start, String.valueOf(e.getMessage()));
                            }
                        })
                        .request(post("/x?q=1", "a=1&b=2").header("Content-Type", "application/x-www-form-urlencoded"))
                        .expect(answer -> answer.check(
                                answer.text().equals("read 7") || answer.text().contains("W46"),
                                "the whole body, or the cause")),
                Case.of("a_large_body_streams_through", "W40", "W14")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            long count = environ.input().transferTo(OutputStream.nullOutputStream());
                            return Apps.text(start, environ.string("CONTENT_LENGTH") + " " + count);
                        })
                        .talk(talk -> {
                            talk.send(HEAD + "Content-Length: " + LARGE + "\r\n\r\n");
                            talk.connection().send(new byte[LARGE]);
                            talk.connection().read("POST").body(LARGE + " " + LARGE);
                        }));
    }

    static Iterable<byte[]> echo(Environ environ, StartResponse start, Run run) throws IOException {
        byte[] body = environ.input().readAllBytes();
        start.start("200 OK", List.of(Apps.header("Content-Type", "application/octet-stream")));
        return List.of(body);
    }

    /** Whether a read fails as W43 says, because of the client. */
    static void noteFailedRead(Run run, IOException failure) {
        run.note("read failed", failure instanceof ClientException ? "client" : failure.toString());
    }

    private static Case cutShort(String name, String rest) {
        return Case.of(name, "W43")
                .needs(Trait.SOCKET)
                .application((environ, start, run) -> {
                    try {
                        return echo(environ, start, run);
                    } catch (IOException e) {
                        noteFailedRead(run, e);
                        throw e;
                    }
                })
                .talk(talk -> {
                    talk.send(HEAD + rest);
                    talk.connection().finishSending();
                    talk.connection().read("POST").status(400).bodyWithout("12345");
                })
                .journal(seen -> seen.says("read failed", "client"));
    }

    /** The client gets a 400, a part of it, or a closed connection; nothing else. */
    private static void answeredOrClosed(Talk talk, String rest) throws IOException {
        talk.send(HEAD + rest);
        talk.connection().finishSending();
        try {
            Optional<AnswerReader> answer = talk.connection().beginIfAny("POST");
            if (answer.isPresent()) {
                answer.get().finish().status(400).bodyWithout("12345");
            }
        } catch (EOFException | SocketException e) {
            talk.journal(); // the server goes on
        }
    }

    /** The connection is closed, and no application is called. */
    private static void closedInTheMiddle(Talk talk, String rest) throws IOException {
        talk.send(HEAD + rest);
        talk.connection().finishSending();
        if (!talk.connection().isClosedByServer()) {
            throw new AssertionError("expected a closed connection");
        }
        talk.journal().times("called", 0);
    }

    private static Case cutShortChunks(String name, String chunks) {
        return cutShortUnlessCollected(name, "Transfer-Encoding: chunked\r\n\r\n" + chunks);
    }

    /** While the body is collected, the application is not called. */
    private static Case cutShortUnlessCollected(String name, String rest) {
        return cutShort(name, rest).without(Trait.STREAMED_BODY, talk -> {
            talk.send(HEAD + rest);
            talk.connection().finishSending();
            talk.connection().read("POST").status(400).bodyWithout("12345");
            talk.journal().times("called", 0);
        });
    }

    private static Iterable<byte[]> tellLengthAndCoding(Environ environ, StartResponse start, Run run)
            throws IOException {
        String coding = environ.header("Transfer-Encoding").orElse("decoded");
        String body = new String(environ.input().readAllBytes(), ISO_8859_1);
        return Apps.text(start, body + " " + environ.string("CONTENT_LENGTH") + " " + coding);
    }

    /** The body, and the value of CONTENT_LENGTH. */
    private static Iterable<byte[]> tellLength(Environ environ, StartResponse start, Run run) throws IOException {
        String body = new String(environ.input().readAllBytes(), ISO_8859_1);
        boolean hasLength = environ.containsKey("CONTENT_LENGTH");
        return Apps.text(start, body + " " + (hasLength ? environ.string("CONTENT_LENGTH") : "none"));
    }

    private static void sendChunks(Talk talk, String told) throws IOException {
        String chunks = "4\r\nWiki\r\n6;ext=\"x\"\r\npedia \r\n0\r\nX-Trailer: 1\r\n\r\n";
        for (int i = 0; i < 2; i++) {
            talk.send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
            talk.connection().read("POST").body("Wikipedia  " + told);
        }
    }

    private static Answer breakBody(Talk talk) throws IOException {
        talk.send(HEAD + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
        return talk.connection().read("POST");
    }

    /** The application is called when the body is there, for which the client waits to be asked. */
    private static Answer collectedAfterContinue(Talk talk) throws IOException {
        talk.send(HEAD + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        String interim = talk.connection().readInterim();
        if (!interim.startsWith("HTTP/1.1 100")) {
            throw new AssertionError("expected 100 Continue, not " + interim);
        }
        talk.journal().times("called", 0);
        talk.send("12345");
        return talk.connection().read("POST").interim(0);
    }

    private static Answer refuseUpload(Talk talk) throws IOException {
        talk.send(HEAD + "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        return talk.connection().read("POST");
    }

    /**
     * These results are correct: both answers; the first answer and a closed connection, so that the remaining body is not taken for
     * the next request; and a reset before we had sent all bytes, which may take the first answer with it (RFC 9112, section 9.6).
     */
    private static void pipelineBehindLargeBody(Talk talk) throws IOException {
        byte[] body = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
                .repeat(LARGE / 35 + 1)
                .getBytes(ISO_8859_1);
        talk.send("POST {base}/first HTTP/1.1\r\nHost: {host}\r\n{case}Content-Length: " + LARGE + "\r\n\r\n");
        boolean sent = true;
        try {
            talk.connection().send(Arrays.copyOf(body, LARGE));
            talk.send(get("/second").template());
        } catch (IOException e) {
            sent = false;
        }
        boolean answered = false;
        try {
            talk.connection().read("POST").status(200).body("/first");
            answered = true;
            talk.connection().read("GET").status(200).body("/second");
        } catch (EOFException | SocketException e) {
            if (sent && !answered) {
                throw new AssertionError("the server took all and closed without an answer", e);
            }
        }
    }

    static String everyByte() {
        StringBuilder text = new StringBuilder(256);
        for (char c = 0; c < 256; c++) {
            text.append(c);
        }
        return text.toString();
    }
}
