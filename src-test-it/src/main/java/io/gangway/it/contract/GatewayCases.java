package io.gangway.it.contract;

import static io.gangway.it.contract.Request.get;

import io.gangway.it.client.RawConnection;
import java.util.List;

/** W30-W39, W47, W71-W72: the gateway's own keys, its log, and the context of the call. */
final class GatewayCases {
    private GatewayCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("the_gateway_says_what_it_is", "W30", "W31", "W32", "W33", "W38", "W39")
                        .expect(answer -> answer.environ("wsgi.version", "(1, 0)")
                                .environ("wsgi.url_scheme", "http")
                                .environ("wsgi.input_terminated", "true")
                                .check(answer.environ("wsgi.input").isPresent(), "wsgi.input")
                                .check(answer.environ("wsgi.errors").isPresent(), "wsgi.errors")
                                .check(answer.environ("wsgi.file_wrapper").isPresent(), "wsgi.file_wrapper")),
                Case.of("the_gateway_tells_how_it_calls", "W34", "W35", "W36", "W03")
                        .without(
                                Trait.SINGLE_PROCESS,
                                talk -> talk.ask(get("/"))
                                        .environ("wsgi.multithread", "true")
                                        .environ("wsgi.multiprocess", "true")
                                        .environ("wsgi.run_once", "false"))
                        .expect(answer -> answer.environ("wsgi.multithread", "true")
                                .environ("wsgi.multiprocess", "false")
                                .environ("wsgi.run_once", "false")),
                Case.of("a_distributable_web_application_is_multiprocess", "W34", "W35", "W36")
                        .deployed("distributable")
                        .needs(Trait.DISTRIBUTABLE)
                        .expect(answer -> answer.environ("wsgi.multithread", "true")
                                .environ("wsgi.multiprocess", "true")
                                .environ("wsgi.run_once", "false")),
                Case.of("calls_overlap_where_multithread_is_true", "W03", "W34")
                        .needs(Trait.SOCKET)
                        .application((environ, start, run) -> {
                            if (environ.pathInfo().equals("/first")) {
                                run.hold("second came");
                            } else {
                                run.release("second came");
                            }
                            return Apps.text(start, environ.pathInfo());
                        })
                        .calls(2)
                        .talk(talk -> {
                            talk.send(get("/first").template());
                            talk.journal("called", 1);
                            RawConnection second = talk.another();
                            second.send(talk.fill(get("/second").template()));
                            second.read("GET").body("/second");
                            talk.connection().read("GET").body("/first");
                        }),
                Case.of("the_servers_own_keys_are_in_lower_case", "W37", "W72")
                        .application((environ, start, run) -> {
                            environ.keySet().stream()
                                    .filter(key -> key.indexOf('.') >= 0)
                                    .filter(key -> !key.matches("(wsgi|gangway|jakarta\\.servlet)\\.[a-z_.]+"))
                                    .forEach(key -> run.note("odd key", key));
                            return Apps.text(start, environ.requestId());
                        })
                        .expect(answer -> answer.check(!answer.text().isEmpty(), "a request id"))
                        .journal(seen -> seen.times("odd key", 0)),
                Case.of("the_servlet_objects_are_in_the_environ", "W72")
                        .without(
                                Trait.SERVLET,
                                talk -> talk.ask(get("/"))
                                        .status(200)
                                        .noEnviron("jakarta.servlet.request")
                                        .noEnviron("jakarta.servlet.response")
                                        .noEnviron("jakarta.servlet.context"))
                        .expect(answer -> answer.check(
                                        answer.environ("jakarta.servlet.request")
                                                .isPresent(),
                                        "the request")
                                .check(
                                        answer.environ("jakarta.servlet.response")
                                                .isPresent(),
                                        "the response")
                                .check(answer.environ("jakarta.servlet.context").isPresent(), "the context")),
                Case.of("lines_for_the_log_carry_the_request_id", "W33", "W47")
                        .application((environ, start, run) -> {
                            environ.errors().print("\u017c\u00f3\u0142w ");
                            environ.errors().println("costs 5 \u20ac");
                            environ.errors().flush();
                            return Apps.text(start, environ.requestId());
                        })
                        .talk(talk -> {
                            String id = talk.ask(get("/")).text();
                            talk.expectLog(id, "\u017c\u00f3\u0142w costs 5 \u20ac");
                        })
                        .logged(1),
                Case.of("a_line_for_the_log_cannot_forge_another", "W47")
                        .without(Trait.LOG, talk -> {
                            talk.ask(get("/")).status(200);
                            talk.expectLog("one");
                            talk.expectLog("two");
                        })
                        .application((environ, start, run) -> {
                            environ.errors().println("one\r\u001b[2Jtwo");
                            return Apps.text(start, environ.requestId());
                        })
                        .talk(talk -> {
                            String id = talk.ask(get("/")).text();
                            talk.expectLog(id);
                        })
                        .logged(1),
                Case.of("forwarded_headers_of_strangers_have_no_effect", "W71")
                        .request(get("/x")
                                .header("Forwarded", "for=1.2.3.4;proto=https;host=evil.example")
                                .header("X-Forwarded-For", "1.2.3.4")
                                .header("X-Forwarded-Proto", "https")
                                .header("X-Forwarded-Host", "evil.example")
                                .header("X-Forwarded-Port", "443")
                                .header("X-Forwarded-Prefix", "/evil"))
                        .expect(answer -> answer.environ("wsgi.url_scheme", "http")
                                .environ("REMOTE_ADDR", "127.0.0.1")
                                .environ("PATH_INFO", "/x")
                                .check(!answer.environ("SERVER_NAME").orElse("").contains("evil"), "its own name")
                                .check(!answer.environ("SCRIPT_NAME").orElse("").contains("evil"), "its own mount")),
                Case.of("forwarded_headers_of_trusted_proxies_are_taken_together", "W71")
                        .deployed("proxied")
                        .request(get("/x")
                                .header("X-Forwarded-For", "6.6.6.6, 192.0.2.7")
                                .header("X-Forwarded-Proto", "https")
                                .header("X-Forwarded-Host", "shop.example:8443")
                                .header("Forwarded", "for=1.2.3.4;host=evil.example"))
                        .expect(answer -> answer.environ("wsgi.url_scheme", "https")
                                .environ("REMOTE_ADDR", "192.0.2.7")
                                .environ("HTTP_HOST", "shop.example:8443")
                                .environ("SERVER_NAME", "shop.example")
                                .environ("SERVER_PORT", "8443")
                                .environ("PATH_INFO", "/x")),
                Case.of("a_malformed_field_of_a_trusted_proxy_is_ignored_alone", "W71")
                        .deployed("proxied")
                        .request(get("/x")
                                .header("X-Forwarded-For", "192.0.2.7")
                                .header("X-Forwarded-Proto", "gopher")
                                .header("X-Forwarded-Host", "shop.example:8080"))
                        .expect(answer -> answer.environ("REMOTE_ADDR", "192.0.2.7")
                                .environ("wsgi.url_scheme", "http")
                                .environ("HTTP_HOST", "shop.example:8080")),
                Case.of("a_client_that_a_trusted_proxy_names_in_garbage_is_not_known", "W18", "W71")
                        .deployed("proxied")
                        .request(get("/x")
                                .header("X-Forwarded-For", "192.0.2.7, garbage")
                                .header("X-Forwarded-Proto", "https"))
                        .expect(answer -> answer.noEnviron("REMOTE_ADDR").environ("wsgi.url_scheme", "https")),
                Case.of("a_trusted_proxy_that_says_nothing_changes_nothing", "W71")
                        .deployed("proxied")
                        .expect(answer ->
                                answer.environ("wsgi.url_scheme", "http").environ("REMOTE_ADDR", "127.0.0.1")));
    }
}
