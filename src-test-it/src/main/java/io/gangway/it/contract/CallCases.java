package io.gangway.it.contract;

import static io.gangway.it.contract.Request.get;
import static io.gangway.it.contract.Request.request;

import java.util.List;

/** W01-W03: how the application is called. */
final class CallCases {
    private CallCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("calls_the_application_once_with_environ_and_start_response", "W01")
                        .request(get("/hello"))
                        .application((environ, start, run) -> Apps.text(start, "Hello " + environ.pathInfo()))
                        .expect(answer ->
                                answer.status(200).body("Hello /hello").endedCleanly()),
                Case.of("survives_an_application_that_empties_its_environ", "W01")
                        .application((environ, start, run) -> {
                            environ.clear();
                            return Apps.text(start, "emptied");
                        })
                        .expect(answer -> answer.status(200).body("emptied")),
                Case.of("start_response_may_be_called_in_the_first_step_of_the_iterable", "W02")
                        .application((environ, start, run) ->
                                run.body(() -> Apps.text(start, "late").iterator()))
                        .expect(answer -> answer.status(200).body("late").endedCleanly()),
                Case.of("no_start_response_is_a_500_with_the_request_id", "W02", "W68")
                        .application((environ, start, run) -> run.body(Apps.blocks("body without head")))
                        .expect(answer -> answer.status(500).bodyWithout("body without head"))
                        .logged(1),
                Case.of("passes_on_an_unknown_method", "W10")
                        .request(request("PURGE", "/x"))
                        .expect(answer -> answer.status(200).environ("REQUEST_METHOD", "PURGE")));
    }
}
