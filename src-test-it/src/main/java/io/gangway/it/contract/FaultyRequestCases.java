package io.gangway.it.contract;

import static io.gangway.it.contract.Request.get;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Faulty requests, by accident or on purpose: no client gets the answer to another request, and the server goes on. */
final class FaultyRequestCases {
    private static final String POST = "POST {base}/ HTTP/1.1\r\nHost: {host}\r\n{case}";
    private static final String GET = "GET {base}/ HTTP/1.1\r\nHost: {host}\r\n{case}";

    private static final String OTHER_AUTHORITY =
            "GET http://shop.example:8443{base}/abs HTTP/1.1\r\nHost: {host}\r\n{case}\r\n";
    private static final String EMPTY_PORT = "GET {base}/ HTTP/1.1\r\nHost: shop.example:\r\n{case}\r\n";

    private FaultyRequestCases() {}

    static List<Case> all() {
        return Stream.of(heads(), bodies(), connections()).flatMap(List::stream).toList();
    }

    private static List<Case> heads() {
        return List.of(
                refused("a_request_without_host_is_refused", "GET {base}/ HTTP/1.1\r\n{case}\r\n"),
                refused("a_nul_in_a_header_is_refused", GET + "X-A: a\u0000b\r\n\r\n"),
                refused("a_nul_in_the_path_is_refused", head("/a\u0000b")),
                refused("an_escaped_nul_is_refused", head("/a%00b")),
                refused("a_broken_escape_is_refused", head("/a%zz")),
                refused(
                        "a_path_above_the_root_is_refused",
                        "GET /../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n{case}\r\n"),
                refused("a_space_before_the_colon_is_refused", GET + "X-A : b\r\n\r\n"),
                lenient(
                        "an_unknown_protocol_version",
                        "GET {base}/ HTTP/9.9\r\nHost: {host}\r\n{case}\r\n",
                        oneOf(Map.of(
                                505, "the major version is not supported (RFC 9110, section 15.6.6)",
                                400, "the request line is malformed to a parser that knows its versions by heart"))),
                lenient("raw_bytes_beyond_ascii_in_the_path_are_refused_or_kept", head("/caf\u00c3\u00a9"), answer -> {
                    if (answer.code() != 400) {
                        answer.status(200).environ("PATH_INFO", "/caf\u00c3\u00a9");
                    }
                }),
                lenient("raw_bytes_beyond_ascii_in_the_query_are_refused_or_kept", head("/?q=\u00c3\u00a9"), answer -> {
                    if (answer.code() != 400) {
                        answer.status(200)
                                .environ("QUERY_STRING", "q=\u00c3\u00a9")
                                .environ(
                                        "RAW_URI", answer.environ("SCRIPT_NAME").orElse("") + "/?q=\u00c3\u00a9");
                    }
                }),
                refused("a_raw_byte_in_the_query_that_is_not_utf_8_is_refused", head("/?q=\u00e9x"), "W13"),
                refused("a_raw_byte_in_the_path_that_is_not_utf_8_is_refused", head("/caf\u00e9x"), "W13"),
                refused("two_hosts_are_refused", GET + "Host: other.example\r\n\r\n", "W21"),
                refused("a_host_with_a_user_is_refused", "GET {base}/ HTTP/1.1\r\nHost: a@{host}\r\n{case}\r\n"),
                refused(
                        "two_content_types_are_refused",
                        POST + "Content-Type: text/plain\r\nContent-Length: 0\r\nContent-Type: text/html\r\n\r\n",
                        "W21"),
                refused(
                        "two_authorizations_are_refused",
                        GET + "Authorization: Basic YTpi\r\nX-A: b\r\nauthorization: Basic YzpkCg==\r\n\r\n",
                        "W21"),
                lenient("a_folded_header_is_refused_or_joined", GET + "X-A: one\r\n two\r\n\r\n", answer -> {
                    if (answer.code() != 400) {
                        answer.status(200).environ("HTTP_X_A", "one two");
                    }
                }),
                lenient(
                        "a_bare_line_feed_ends_no_header",
                        GET + "X-A: one\nX-B: two\r\n\r\n",
                        FaultyRequestCases::checkNoServerError),
                lenient(
                        "a_bare_carriage_return_ends_no_header",
                        GET + "X-A: one\rX-B: two\r\n\r\n",
                        answer -> answer.check(
                                answer.code() == 400
                                        || answer.environ("HTTP_X_B").isEmpty(),
                                "no X-B")),
                lenient(
                        "ten_thousand_headers_of_one_name",
                        GET + "X-Many: 12345\r\n".repeat(10_000) + "\r\n",
                        answer -> {
                            if (answer.code() / 100 != 4) {
                                answer.status(200);
                            }
                        }),
                lenient(
                        "a_header_of_a_megabyte",
                        GET + "X-Long: " + "x".repeat(1 << 20) + "\r\n\r\n",
                        FaultyRequestCases::checkRefused),
                lenient(
                        "options_of_the_whole_server",
                        "OPTIONS * HTTP/1.1\r\nHost: {host}\r\n{case}\r\n",
                        FaultyRequestCases::checkNoServerError),
                Case.of("a_connect_is_no_tunnel", "W10")
                        .needs(Trait.SOCKET)
                        .calls(0)
                        .talk(FaultyRequestCases::connect),
                Case.of("the_target_does_not_choose_the_scheme", "W31")
                        .needs(Trait.SOCKET)
                        .calls(0, 1)
                        .without(Trait.SCHEME_OF_CONNECTION, talk -> schemeOf(talk, "https"))
                        .talk(talk -> schemeOf(talk, "http")),
                refused(
                        "a_scheme_that_is_not_http_is_refused",
                        "GET ftp://{host}{base}/ HTTP/1.1\r\nHost: {host}\r\n{case}\r\n",
                        "W31"),
                Case.of("an_absolute_target_wins_over_host", "W15", "W70")
                        .needs(Trait.SOCKET, Trait.OTHER_AUTHORITY)
                        .without(Trait.OTHER_AUTHORITY, talk -> {
                            talk.send(OTHER_AUTHORITY);
                            talk.connection().read("GET").status(400);
                        })
                        .talk(talk -> {
                            talk.send(OTHER_AUTHORITY);
                            talk.connection()
                                    .read("GET")
                                    .status(200)
                                    .environ("HTTP_HOST", "shop.example:8443")
                                    .environ("SERVER_NAME", "shop.example")
                                    .environ("SERVER_PORT", "8443")
                                    .environ("PATH_INFO", "/abs");
                        }),
                Case.of("a_host_with_an_empty_port_has_the_schemes_own", "W15")
                        .needs(Trait.SOCKET, Trait.EMPTY_PORT)
                        .without(Trait.EMPTY_PORT, talk -> {
                            talk.send(EMPTY_PORT);
                            talk.connection().read("GET").status(400);
                        })
                        .talk(talk -> {
                            talk.send(EMPTY_PORT);
                            talk.connection()
                                    .read("GET")
                                    .status(200)
                                    .environ("SERVER_NAME", "shop.example")
                                    .environ("SERVER_PORT", "80");
                        }),
                Case.of("the_absolute_form_is_reduced_to_its_path", "W11")
                        .needs(Trait.SOCKET)
                        .talk(talk -> {
                            talk.send("GET http://{host}{base}/abs?q HTTP/1.1\r\nHost: {host}\r\n{case}\r\n");
                            talk.connection()
                                    .read("GET")
                                    .status(200)
                                    .environ("PATH_INFO", "/abs")
                                    .environ("QUERY_STRING", "q");
                        }));
    }

    private static List<Case> bodies() {
        String smuggled = "GET /smuggled HTTP/1.1\r\nHost: {host}\r\nX-Contract: stray\r\n\r\n";
        return List.of(
                refused(
                        "two_equal_lengths_are_refused",
                        POST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345",
                        "W21"),
                refused(
                        "two_lengths_that_differ_are_refused",
                        POST + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + smuggled,
                        "W21"),
                refused("a_list_of_lengths_is_refused", POST + "Content-Length: 5, 6\r\n\r\n12345"),
                refused("a_length_with_a_sign_is_refused", POST + "Content-Length: +5\r\n\r\n12345"),
                refused("a_length_beyond_64_bits_is_refused", POST + "Content-Length: 99999999999999999999\r\n\r\n"),
                lenient(
                        "a_length_beside_chunks_counts_for_nothing",
                        POST + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        answer -> {
                            if (answer.code() != 400) {
                                String length = answer.status(200)
                                        .environ("CONTENT_LENGTH")
                                        .orElse("none");
                                answer.check(
                                        List.of("none", "0").contains(length),
                                        "no length, or that of the empty body, where it was collected");
                            }
                        }),
                Case.of("an_unknown_transfer_coding_is_refused", "W42")
                        .needs(Trait.SOCKET)
                        .calls(0)
                        .talk(talk -> {
                            talk.send(POST + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n");
                            Answer answer = talk.connection().read("POST");
                            answer.check(answer.code() == 501 || answer.code() == 400, "501 or 400");
                            expectService(talk);
                        }),
                Case.of("a_transfer_coding_in_http_1_0_is_refused_and_the_connection_closed", "W42")
                        .needs(Trait.SOCKET)
                        .calls(0)
                        .talk(talk -> {
                            talk.send("POST {base}/ HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\n{case}"
                                    + "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n0\r\n\r\n");
                            talk.connection().read("POST").status(400);
                            if (!talk.connection().isClosedByServer()) {
                                throw new AssertionError("the connection is open still");
                            }
                            expectService(talk);
                        }),
                brokenChunks("a_chunk_size_that_is_no_number", "zz\r\n12345\r\n0\r\n\r\n"),
                brokenChunks("a_chunk_size_below_zero", "-5\r\n12345\r\n0\r\n\r\n"),
                brokenChunks("a_chunk_size_beyond_64_bits", "fffffffffffffffffffff\r\n12345\r\n0\r\n\r\n"),
                brokenChunks("a_chunk_longer_than_its_size", "3\r\n12345\r\n0\r\n\r\n"));
    }

    private static List<Case> connections() {
        return List.of(
                Case.of("pipelined_requests_are_answered_in_order", "W41", "W45")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> Apps.text(start, environ.pathInfo()))
                        .calls(3)
                        .talk(talk -> {
                            talk.send(get("/1").template()
                                    + get("/2").template()
                                    + get("/3").template());
                            talk.connection().read("GET").body("/1");
                            talk.connection().read("GET").body("/2");
                            talk.connection().read("GET").body("/3");
                        }),
                Case.of("a_request_may_come_byte_by_byte", "W10")
                        .needs(Trait.SOCKET)
                        .application(InputCases::echo)
                        .talk(talk -> {
                            String request = talk.fill(Request.post("/", "slow").template());
                            for (int i = 0; i < request.length(); i++) {
                                talk.connection().send(request.substring(i, i + 1));
                            }
                            talk.connection().read("POST").body("slow");
                        }),
                Case.of("a_client_that_half_closes_gets_its_answer", "W45")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> Apps.text(start, "answer"))
                        .talk(talk -> {
                            talk.send(GET + "\r\n");
                            talk.connection().finishSending();
                            talk.connection().read("GET").body("answer");
                        }),
                Case.of("a_client_that_resets_its_upload_makes_the_read_fail", "W43", "W65")
                        .needs(Trait.SOCKET)
                        .without(Trait.STREAMED_BODY, talk -> {
                            talk.send(POST + "Content-Length: 10000000\r\n\r\n12345");
                            talk.connection().reset();
                            talk.journal().times("called", 0);
                        })
                        .application((environ, start, run) -> {
                            run.note("begun", String.valueOf((char)
                                    environ.input().read()));
                            try {
                                return InputCases.echo(environ, start, run);
                            } catch (IOException e) {
                                InputCases.noteFailedRead(run, e);
                                throw e;
                            }
                        })
                        .talk(talk -> {
                            // More bytes than any server reads before it calls the application.
                            talk.send(POST + "Content-Length: 10000000\r\n\r\n12345");
                            talk.journal("begun", 1).times("begun", 1);
                            talk.connection().reset();
                        })
                        .journal(seen -> seen.says("read failed", "client")),
                Case.of("a_client_that_resets_its_download_closes_the_body", "W65")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(() ->
                                    Stream.generate(() -> new byte[64 * 1024]).iterator());
                        })
                        .talk(talk -> {
                            talk.send(GET + "\r\n");
                            talk.connection().begin("GET").readBody(1024);
                            talk.connection().reset();
                        }),
                Case.of("a_client_that_leaves_between_blocks_closes_the_body", "W65")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(() -> Stream.generate(() -> {
                                        run.hold("client left");
                                        return new byte[1024];
                                    })
                                    .iterator());
                        })
                        .talk(talk -> {
                            talk.send(GET + "\r\n");
                            talk.journal("iterate", 1).times("iterate", 1);
                            talk.connection().reset();
                            talk.release("client left");
                        }));
    }

    /** The request is refused, and the bytes after it reach no application. */
    private static void connect(Talk talk) throws IOException {
        talk.send("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n{case}\r\n");
        Answer answer = talk.connection().read("POST");
        oneOf(Map.of(
                        400, "an origin server has no target of this form (RFC 9112, section 3.2.3)",
                        404, "no web application is mounted at this target",
                        405, "the method is known and not allowed (RFC 9110, section 15.5.6)",
                        501, "the method is not implemented (RFC 9110, section 9.1)"))
                .accept(answer);
        try {
            talk.send("no request\r\n\r\n");
            oneOf(Map.of(
                            400, "these bytes are no request",
                            505, "a request line without a version is one of HTTP/0.9"))
                    .accept(talk.connection().read("GET"));
        } catch (EOFException | SocketException e) {
            expectService(talk); // a closed connection is no tunnel either
        }
    }

    /** A target with another scheme than the connection's is refused (RFC 9110, section 7.4), or its scheme is ignored. */
    private static void schemeOf(Talk talk, String expected) throws IOException {
        talk.send("GET https://{host}{base}/ HTTP/1.1\r\nHost: {host}\r\n{case}\r\n");
        Answer answer = talk.connection().read("GET");
        if (answer.code() != 400) {
            answer.status(200).environ("wsgi.url_scheme", expected);
        }
    }

    private static void checkRefused(Answer answer) {
        answer.statusClass(4);
    }

    private static void checkNoServerError(Answer answer) {
        answer.check(answer.code() < 500, "no 5xx");
    }

    private static String head(String target) {
        return "GET {base}" + target + " HTTP/1.1\r\nHost: {host}\r\n{case}\r\n";
    }

    /** The answer is 4xx, the application is not called, and the bytes after the request are not taken for a request. */
    private static Case refused(String name, String bytes, String... rules) {
        return lenient(name, bytes, FaultyRequestCases::checkRefused, rules).calls(0);
    }

    /** The answer is as expected, or lost because the server refused early; the application is called once at most. */
    private static Case lenient(String name, String bytes, Consumer<Answer> expectation, String... rules) {
        return Case.of(name, rules).needs(Trait.SOCKET).calls(0, 1).talk(talk -> {
            Optional<Answer> answer = answer(talk, bytes);
            if (answer.isPresent()) {
                expectation.accept(answer.get());
            } else {
                talk.journal().times("called", 0);
            }
            expectService(talk);
        });
    }

    /** Empty if the server refused and closed while we were sending, and the reset took its answer (RFC 9112, 9.6). */
    private static Optional<Answer> answer(Talk talk, String bytes) throws IOException {
        boolean sent = true;
        try {
            talk.send(bytes);
        } catch (IOException e) {
            sent = false;
        }
        try {
            return Optional.of(talk.connection().read("GET"));
        } catch (EOFException | SocketException e) {
            if (sent) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Several answers are correct, each for its own reason. */
    private static Consumer<Answer> oneOf(Map<Integer, String> right) {
        return answer -> answer.check(right.containsKey(answer.code()), "one of " + right);
    }

    private static Case brokenChunks(String name, String chunks) {
        return Case.of(name + "_fails_to_read", "W42", "W43")
                .needs(Trait.SOCKET)
                .without(Trait.STREAMED_BODY, talk -> {
                    talk.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
                    talk.connection().read("POST").status(400);
                    talk.journal().times("called", 0);
                    expectService(talk);
                })
                .application((environ, start, run) -> {
                    try {
                        return InputCases.echo(environ, start, run);
                    } catch (IOException e) {
                        InputCases.noteFailedRead(run, e);
                        throw e;
                    }
                })
                .talk(talk -> {
                    talk.send(POST + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
                    talk.connection().read("POST").status(400);
                    expectService(talk);
                })
                .journal(seen -> seen.says("read failed", "client"));
    }

    /** The next client is served, even if the first connection failed. */
    private static void expectService(Talk talk) {
        try (RawConnection next = talk.another()) {
            next.send("GET " + talk.fill("{base}") + "/ HTTP/1.1\r\nHost: localhost\r\nX-Contract: journal\r\n\r\n");
            next.read("GET").status(200);
        } catch (IOException e) {
            throw new UncheckedIOException("the server does not go on", e);
        }
    }
}
