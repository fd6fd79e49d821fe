"""W01-W02: how the application is called, and what it owes."""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from contract.run import Run
from contract.twins import BY_ITSELF, Environ, StartResponse, Twins, blocks, ok, text

TWINS = Twins()


@TWINS.of("calls_the_application_once_with_environ_and_start_response")
def hello(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return text(start, "Hello " + environ["PATH_INFO"])


@TWINS.of("survives_an_application_that_empties_its_environ")
def emptying(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    environ.clear()
    return text(start, "emptied")


@TWINS.of("start_response_may_be_called_in_the_first_step_of_the_iterable")
def late(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    def steps() -> Iterator[bytes]:
        yield from text(start, "late")

    return run.body(steps())


@TWINS.of("no_start_response_is_a_500", unvalidated=BY_ITSELF)
def headless(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return run.body(blocks("body without head"))


@TWINS.of("an_empty_body_without_start_response_is_a_500", unvalidated=BY_ITSELF)
def empty_and_headless(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return run.body([])


@TWINS.of("a_null_in_place_of_the_body_is_a_500", unvalidated=BY_ITSELF)
def nothing(environ: Environ, start: StartResponse, run: Run) -> Any:
    ok(start)
    return None
