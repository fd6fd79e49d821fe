"""W60, W63, W65 and W68: applications that fail, and the servers that go on."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Optional

from contract.run import Run
from contract.twins import BY_ITSELF, HIDES_LENGTH, Environ, StartResponse, Twins, blocks, ok

TWINS = Twins()

_SECRET = "the application failed on purpose"


@TWINS.of("an_exception_before_the_head_is_a_500_that_tells_nothing")
def failing(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    raise RuntimeError(_SECRET)


@TWINS.of("an_exception_after_start_response_is_a_500_without_its_headers")
def failing_after_start(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("X-Private", "1"), ("Content-Length", "3"))
    raise OSError(_SECRET)


@TWINS.of("an_error_is_answered_like_an_exception")
def leaving(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    raise SystemExit(_SECRET)  # no Exception, but a BaseException


class _Uniterable:
    def __iter__(self) -> Iterator[bytes]:
        raise RuntimeError(_SECRET)


@TWINS.of(
    "an_exception_of_the_iterator_before_a_block_is_a_500",
    unvalidated="validate iterates within the call, and does not close what fails there",
)
def failing_to_iterate(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("X-Private", "1"))
    return run.body(_Uniterable())


def _failing(block: Optional[str]) -> Iterator[bytes]:
    """A body that yields a block, if there is one, and then raises."""
    if block is not None:
        yield block.encode()
    raise RuntimeError(_SECRET)


@TWINS.of("an_exception_in_the_first_step_is_a_500")
def failing_at_once(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(_failing(None))


@TWINS.of("an_exception_after_empty_blocks_is_a_500")
def failing_after_nothing(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(_failing(""))


@TWINS.of("an_exception_after_the_first_block_breaks_the_connection")
def failing_after_block(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(_failing("some"))


@TWINS.of("an_exception_within_a_declared_length_breaks_the_connection")
def failing_within_length(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "99"))
    return run.body(_failing("some"))


@TWINS.of("an_exception_after_write_breaks_the_connection")
def failing_after_write(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)(b"some")
    raise RuntimeError(_SECRET)


@TWINS.of("an_exception_of_close_is_logged_and_takes_nothing_from_the_client")
def failing_to_close(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "4"))
    return run.body(blocks("some"), RuntimeError(_SECRET))


@TWINS.of("exceptions_of_a_step_and_of_close_are_one_entry")
def failing_twice(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(_failing("some"), RuntimeError("too"))


@TWINS.of("a_null_block_is_a_500", unvalidated=BY_ITSELF)
def null_block(environ: Environ, start: StartResponse, run: Run) -> Any:
    nothing: Any = None
    ok(start)
    return run.body([nothing])


@TWINS.of("a_null_block_after_another_breaks_the_connection", unvalidated=BY_ITSELF)
def null_block_after_write(environ: Environ, start: StartResponse, run: Run) -> Any:
    nothing: Any = None
    ok(start)(b"some")
    return run.body([nothing])


@TWINS.of("what_exceeds_the_declared_length_is_cut")
def too_long(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "6"))
    return run.body(blocks("1234", "5678", "9"))


@TWINS.of("a_body_short_of_its_length_breaks_the_connection")
def too_short(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "6"))
    return run.body(blocks("1234"))


@TWINS.of("a_list_short_of_its_length_breaks_the_connection", unvalidated=HIDES_LENGTH)
def too_short_at_once(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "6"))
    return blocks("1234")


@TWINS.of("an_empty_body_that_promised_bytes_is_a_500")
def empty(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "6"))
    return run.body([])


@TWINS.of("a_malformed_length_is_a_500")
def odd_length(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "+6"))
    return run.body(blocks("123456"))


@TWINS.of("a_bad_status_that_nobody_catches_is_a_500", unvalidated=BY_ITSELF)
def split_status(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("200 OK\r\nX-Injected: yes", [])
    return blocks("body")


@TWINS.of("a_split_header_that_nobody_catches_is_a_500", unvalidated=BY_ITSELF)
def split_header(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Location", "/\r\nX-Injected: yes\r\n\r\n<html>"))
    return blocks("body")


@TWINS.of("the_linter_finds_what_the_application_does_wrong", unvalidated=BY_ITSELF)
def ringing(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("X-Id", "a\x07b"))
    return blocks("body")
