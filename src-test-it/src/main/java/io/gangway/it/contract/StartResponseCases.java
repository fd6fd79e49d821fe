package io.gangway.it.contract;

import static io.gangway.it.contract.Apps.header;

import io.gangway.it.client.Answer;
import io.gangway.it.client.Answer.Framing;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.RuleViolation;
import io.gangway.wsgi.StartResponse;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** W50-W58: status and headers. */
final class StartResponseCases {
    private static final String REPAIRED = "the linter fails in tests what the server repairs";
    private static final String OWN_CHECKS = "the server's own checks must hold without the linter";

    private StartResponseCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("any_status_from_200_to_599_is_sent", "W50")
                        .application((environ, start, run) -> {
                            start.start("599 Own", List.of(Apps.TEXT));
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(599).body("body")),
                Case.of("a_status_without_a_reason_is_sent", "W50")
                        .unlinted(REPAIRED)
                        .application((environ, start, run) -> {
                            start.start("404", List.of(Apps.TEXT));
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(404).body("body").endedCleanly()),
                Case.of("any_status_from_600_to_999_is_sent", "W50")
                        .unlinted(REPAIRED)
                        .application((environ, start, run) -> {
                            start.start("999 Own", List.of(Apps.TEXT));
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(999).body("body").endedCleanly()),
                Case.of("the_reason_phrase_is_the_applications", "W50")
                        .without(Trait.REASON_PHRASE, talk -> {
                            Answer answer =
                                    talk.ask(Request.get("/")).status(404).body("body");
                            answer.check(
                                    List.of("", "Not Found").contains(answer.reason()),
                                    "no phrase or the standard one");
                        })
                        .application((environ, start, run) -> {
                            start.start("404 Own Words", List.of(Apps.TEXT));
                            return Apps.blocks("body");
                        })
                        .expect(answer ->
                                answer.status(404).check(answer.reason().equals("Own Words"), "the reason Own Words")),
                refused(
                        "a_malformed_status_is_refused_at_the_call",
                        "W50",
                        Stream.of(
                                        "20",
                                        "200OK",
                                        "2000 OK",
                                        "abc OK",
                                        "20 OK",
                                        "199 Low",
                                        "103",
                                        "099 Low",
                                        "200 OK\r\nX-Injected: yes",
                                        "200 \u0000",
                                        "200 \u007f",
                                        "200 \u20ac",
                                        "")
                                .map(status -> new Head(status, List.of()))
                                .toList()),
                refused(
                        "a_malformed_header_name_is_refused_at_the_call",
                        "W51",
                        Stream.of("", "a b", "a:", "X\r\nX-Injected", "X\n", "\u00e9", "X\u0000", "(x)", "X\u2028")
                                .map(name -> new Head("200 OK", List.of(header(name, "v"))))
                                .toList()),
                refused(
                        "a_header_value_with_control_characters_is_refused_at_the_call",
                        "W51",
                        Stream.of(
                                        "a\r\nX-Injected: yes",
                                        "a\nX-Injected: yes",
                                        "a\r",
                                        "\u0000",
                                        "\u001b[2J",
                                        "\u007f",
                                        "\u20ac",
                                        "\u560a\u560dX-Injected: yes")
                                .map(value -> new Head("200 OK", List.of(header("X-Value", value))))
                                .toList()),
                Case.of("hop_by_hop_headers_are_dropped", "W52")
                        .unlinted(REPAIRED)
                        .application((environ, start, run) -> {
                            Apps.ok(
                                    start,
                                    header("Connection", "x-own"),
                                    header("keep-alive", "timeout=5"),
                                    header("Proxy-Authenticate", "Basic"),
                                    header("Proxy-Authorization", "x"),
                                    header("TE", "trailers"),
                                    header("Trailer", "X-Kept"),
                                    header("Transfer-Encoding", "chunked"),
                                    header("UPGRADE", "websocket"),
                                    header("X-Kept", "yes"));
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(200)
                                .check(
                                        !answer.values("Connection").contains("x-own"),
                                        "no Connection of the application's")
                                .header("Keep-Alive")
                                .header("Proxy-Authenticate")
                                .header("Proxy-Authorization")
                                .header("TE")
                                .header("Trailer")
                                .header("Upgrade")
                                .header("X-Kept", "yes")
                                .framed(Framing.LENGTH)
                                .body("body")
                                .endedCleanly()),
                Case.of("header_values_of_native_text_arrive_as_bytes", "W51")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("X-Name", "caf\u00c3\u00a9 \u00ff"));
                            return List.of();
                        })
                        .expect(answer -> answer.header("X-Name", "caf\u00c3\u00a9 \u00ff")),
                Case.of("what_is_written_goes_before_the_blocks", "W53")
                        .application((environ, start, run) -> {
                            StartResponse.Write write = Apps.ok(start);
                            write.write(Apps.bytes("written "));
                            write.write(Apps.bytes("twice "));
                            return run.body(Apps.blocks("yielded"));
                        })
                        .expect(answer -> answer.body("written twice yielded").endedCleanly()),
                Case.of("a_second_start_without_exc_info_is_an_error", "W54")
                        .unlinted(OWN_CHECKS)
                        .application((environ, start, run) -> {
                            start.start("200 OK", List.of(header("X-First", "1")));
                            start.start("201 Created", List.of(header("X-Second", "2")));
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(500).header("X-First").header("X-Second"))
                        .logged(1),
                Case.of("a_second_start_is_an_error_even_if_the_first_was_refused", "W54")
                        .unlinted(OWN_CHECKS)
                        .application((environ, start, run) -> {
                            try {
                                start.start("bad", List.of());
                            } catch (RuleViolation e) {
                                run.note("refused", e.rule());
                            }
                            start.start("200 OK", List.of());
                            return Apps.blocks("body");
                        })
                        .expect(answer -> answer.status(500))
                        .journal(seen -> seen.says("refused", "W50"))
                        .logged(1),
                Case.of("exc_info_replaces_what_was_not_sent", "W55", "W57")
                        .application((environ, start, run) -> {
                            start.start("200 OK", List.of(header("X-Old", "1"), header("Content-Length", "99")));
                            start.start(
                                    "503 Service Unavailable", List.of(header("X-New", "2")), new RuntimeException());
                            return Apps.blocks("sorry");
                        })
                        .expect(answer -> answer.status(503)
                                .header("X-Old")
                                .header("X-New", "2")
                                .body("sorry")
                                .endedCleanly()),
                Case.of("headers_of_filters_survive_exc_info", "W55")
                        .mount("filtered")
                        .application((environ, start, run) -> {
                            start.start("200 OK", List.of(header("Set-Cookie", "old=1")));
                            start.start("500 Oh", List.of(header("Set-Cookie", "new=1")), new RuntimeException());
                            return Apps.blocks("sorry");
                        })
                        .expect(answer -> answer.status(500)
                                .header("Set-Cookie", "filter=1", "new=1")
                                .header("X-Filter", "was here")),
                Case.of("exc_info_after_the_head_was_sent_is_thrown_again", "W56")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return run.body(() -> new Iterator<>() {
                                private boolean yielded;

                                @Override
                                public boolean hasNext() {
                                    return true;
                                }

                                @Override
                                public byte[] next() {
                                    if (yielded) {
                                        restart(start, run);
                                    }
                                    yielded = true;
                                    return Apps.bytes("some");
                                }
                            });
                        })
                        .expect(answer -> answer.status(200).body("some").truncated())
                        .journal(seen -> seen.says("thrown again", "true"))
                        .logged(1),
                Case.of("nothing_is_sent_before_the_first_non_empty_block", "W57", "W60")
                        .application((environ, start, run) -> {
                            start.start("200 OK", List.of());
                            Iterator<String> blocks = List.of("", "", "late").iterator();
                            return run.body(() -> Stream.generate(() -> {
                                        String block = blocks.next();
                                        if (block.equals("late")) {
                                            start.start("202 Accepted", List.of(), new RuntimeException());
                                        }
                                        return Apps.bytes(block);
                                    })
                                    .limit(3)
                                    .iterator());
                        })
                        .expect(answer -> answer.status(202).body("late")),
                Case.of("an_empty_body_still_sends_the_head", "W57")
                        .application((environ, start, run) -> {
                            start.start("200 OK", List.of(header("X-Here", "yes")));
                            return run.body(List.of());
                        })
                        .expect(answer -> answer.status(200)
                                .header("X-Here", "yes")
                                .body("")
                                .endedCleanly()),
                Case.of("date_and_server_are_added_once", "W58")
                        .without(
                                Trait.SOCKET,
                                talk -> talk.ask(Request.get("/"))
                                        .status(200)
                                        .header("Date")
                                        .header("Server"))
                        .application((environ, start, run) -> Apps.text(start, ""))
                        .expect(answer -> answer.check(answer.values("Date").size() == 1, "one Date")
                                .check(answer.values("Server").size() == 1, "one Server")),
                Case.of("date_and_server_of_the_application_are_not_doubled", "W58")
                        .application((environ, start, run) -> {
                            Apps.ok(start, header("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), header("Server", "mine/1"));
                            return Apps.blocks("x");
                        })
                        .expect(answer -> answer.header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
                                .header("Server", "mine/1")),
                Case.of("repeated_headers_stay_separate_and_in_order", "W58")
                        .application((environ, start, run) -> {
                            Apps.ok(
                                    start,
                                    header("Set-Cookie", "b=2; Path=/"),
                                    header("X-Order", "1"),
                                    header("Set-Cookie", "a=1"),
                                    header("x-order", "2"),
                                    header("Set-Cookie", "c=3"));
                            return Apps.blocks("x");
                        })
                        .expect(answer -> answer.header("Set-Cookie", "b=2; Path=/", "a=1", "c=3")
                                .header("X-Order", "1", "2")
                                .framed(Framing.LENGTH)));
    }

    private record Head(String status, List<Header> headers) {}

    /** The rule must refuse each head when start_response is called, and the answer must show nothing of it. */
    private static Case refused(String name, String rule, List<Head> heads) {
        return Case.of(name, rule)
                .unlinted(OWN_CHECKS)
                .application((environ, start, run) -> {
                    RuntimeException again = new RuntimeException("the next try");
                    for (Head head : heads) {
                        try {
                            start.start(head.status(), head.headers(), again);
                            run.note("accepted", head.toString());
                        } catch (RuleViolation e) {
                            run.note("refused", e.rule());
                        }
                    }
                    start.start("200 OK", List.of(Apps.TEXT), again);
                    return Apps.blocks("clean");
                })
                .expect(answer -> answer.status(200)
                        .header("X-Injected")
                        .header("X-Value")
                        .body("clean"))
                .journal(seen -> seen.times("accepted", 0).says("refused", rule).times("refused", heads.size()));
    }

    private static void restart(StartResponse start, Run run) {
        IllegalStateException cause = new IllegalStateException("the application failed on purpose");
        try {
            start.start("500 Oh", List.of(), cause);
        } catch (IllegalStateException e) {
            run.note("thrown again", String.valueOf(e == cause));
            throw e;
        }
        run.note("thrown again", "not at all");
    }
}
