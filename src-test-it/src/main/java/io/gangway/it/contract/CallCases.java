package io.gangway.it.contract;

import static io.gangway.it.contract.Request.get;

import java.util.List;

/** W01-W02: how the application is called, and its duties. */
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
                Case.of("no_start_response_is_a_500", "W02", "W68")
                        .unlinted("the server must find this by itself")
                        .application((environ, start, run) -> run.body(Apps.blocks("body without head")))
                        .expect(answer -> answer.status(500).bodyWithout("body without head"))
                        .logged(1),
                Case.of("an_empty_body_without_start_response_is_a_500", "W02", "W68")
                        .unlinted("the server must find this by itself")
                        .application((environ, start, run) -> run.body(List.of()))
                        .expect(answer -> answer.status(500))
                        .logged(1),
                Case.of("a_null_in_place_of_the_body_is_a_500", "W02", "W68")
                        .unlinted("the server must find this by itself")
                        .application((environ, start, run) -> {
                            Apps.ok(start);
                            return nothing();
                        })
                        .expect(answer -> answer.status(500).endedCleanly())
                        .logged(1));
    }

    @SuppressWarnings("NullAway") // the fault that the case is about
    private static Iterable<byte[]> nothing() {
        return null;
    }
}
