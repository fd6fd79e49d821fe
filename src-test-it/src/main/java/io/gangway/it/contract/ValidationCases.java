package io.gangway.it.contract;

import static io.gangway.it.contract.Request.post;
import static io.gangway.it.contract.Request.request;

import java.util.List;

/**
 * W73: {@code wsgiref.validate}, which wraps nearly all Python twins, reports nothing; and cases show that it does report violations.
 *
 * <p>An error that it finds fails the call; a warning is a log entry that no case expects.
 */
final class ValidationCases {
    private ValidationCases() {}

    static List<Case> all() {
        return List.of(
                Case.of("validate_stays_silent_around_an_application_that_uses_everything", "W73")
                        .needs(Trait.PYTHON)
                        .request(post("/?q", "one\ntwo\nthree\n"))
                        .expect(answer -> answer.status(202)
                                .header("X-Many", "1", "2")
                                .body("written on|e|\n|two\n|three\n|")
                                .endedCleanly())
                        .logged(2), // the lines that the validator writes itself
                Case.of("validate_finds_what_the_application_does_wrong", "W73")
                        .needs(Trait.PYTHON)
                        .unlinted("validate must find this by itself")
                        .expect(answer -> answer.status(500).bodyWithout("Content-Type header"))
                        .journal(seen -> seen.check(
                                seen.details("raised").stream()
                                        .allMatch(text -> text.startsWith("AssertionError: No Content-Type header")),
                                "an AssertionError of validate's"))
                        .logged(1),
                Case.of("what_validate_warns_of_is_in_the_log", "W73")
                        .needs(Trait.PYTHON)
                        .request(request("PURGE", "/"))
                        .expect(answer -> answer.status(200))
                        .logged(1)); // once for each worker, as all warnings in Python
    }
}
