"""W60-W69: the response's body."""

from __future__ import annotations

import io
import tempfile
from typing import Any, Iterable, Iterator

from contract.run import Run
from contract.twins import HIDES_FILE, HIDES_LENGTH, PLAIN, Environ, StartResponse, Twins, blocks, ok, path, text

TWINS = Twins()

TWINS.of("after_head_the_connection_is_in_step")(path)


@TWINS.of("one_block_gets_a_content_length", unvalidated=HIDES_LENGTH)
def one_block(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return text(start, "12345")


@TWINS.of("a_body_of_unknown_length_is_chunked", "a_body_of_unknown_length_ends_with_the_connection_on_1_0")
def two_blocks(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(blocks("one ", "two"))


@TWINS.of("each_block_goes_out_before_the_next_is_asked_for")
def step_by_step(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    def steps() -> Iterator[bytes]:
        for step in ("first", "second"):
            run.hold(step)
            yield step.encode()

    ok(start)
    return run.body(steps())


@TWINS.of("each_write_goes_out_at_once")
def written_first(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)(b"first")
    run.hold("seen")
    return blocks("second")


class _Touchy:
    """An iterable that tells on whoever asks for more than the rules allow."""

    def __init__(self, run: Run, given: "list[bytes]") -> None:
        self._run = run
        self._given = given

    def __iter__(self) -> Iterator[bytes]:
        self._run.note("iterated")
        return iter(self._given)

    def __getattr__(self, name: str) -> Any:
        if name != "close":
            self._run.note("touched", name)
        raise AttributeError(name)

    def __getitem__(self, index: int) -> bytes:
        self._run.note("touched", "index")
        return self._given[index]

    def __bool__(self) -> bool:
        self._run.note("touched", "truth")
        return True

    def __repr__(self) -> str:
        self._run.note("touched", "repr")
        return "touchy"


@TWINS.of(
    "nothing_of_the_iterable_is_touched_but_what_it_is_for",
    unvalidated="validate would stand between the server and the iterable",
)
def touchy(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return _Touchy(run, blocks("a", "b"))


@TWINS.of("the_body_passes_unchanged_and_undescribed")
def unchanged(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return [bytes(range(256)) + b"\n\r\n\r"]


@TWINS.of("a_content_type_is_sent_as_it_was_given")
def described(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return blocks("<html>")


@TWINS.of("an_absent_content_type_stays_absent", unvalidated="validate demands a Content-Type")
def undescribed(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("200 OK", [])
    return blocks("<html>")


@TWINS.of("a_body_of_megabytes_arrives_whole")
def megabytes(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(b"0123456789abcdef" * 4096 for _ in range(64))


@TWINS.of("head_sends_the_length_and_no_body")
def headed(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "5"))
    return run.body(blocks("12345"))


@TWINS.of("a_204_has_no_body")
def no_content(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return _bodiless(environ, start, run, "204 No Content")


@TWINS.of("a_304_has_no_body")
def not_modified(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return _bodiless(environ, start, run, "304 Not Modified")


@TWINS.of("a_205_has_no_body")
def reset_content(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("205 Reset Content", [PLAIN])  # validate demands a Content-Type
    return run.body(blocks("body"))


def _bodiless(environ: Environ, start: StartResponse, run: Run, status: str) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/next":
        ok(start)
    else:
        start(status, [])
    return run.body(blocks("body"))


@TWINS.of("the_length_is_kept_on_304_and_removed_on_204")
def with_length(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("304 Not Modified" if environ["PATH_INFO"] == "/304" else "204 No Content", [("Content-Length", "5")])
    return []


@TWINS.of("a_file_is_sent_from_its_position_and_closed", unvalidated=HIDES_FILE)
def file_from_position(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return environ["wsgi.file_wrapper"](_noted(run, _file(b"0123456789", 3)), 4)


@TWINS.of("a_file_honours_content_length", unvalidated=HIDES_FILE)
def file_of_length(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Content-Length", "4"))
    return environ["wsgi.file_wrapper"](_noted(run, _file(b"0123456789", 3)), 64)


@TWINS.of("a_stream_without_a_file_is_sent_and_closed", unvalidated=HIDES_FILE)
def stream(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return environ["wsgi.file_wrapper"](_noted(run, io.BytesIO(b"x" * 300_000)), 1000)


@TWINS.of("a_wrapped_file_works_as_any_iterable")
def wrapped_file(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(environ["wsgi.file_wrapper"](_file(b"0123456789", 0), 3))


def _file(content: bytes, position: int) -> Any:
    """A plain file that is deleted already: what is open can be read."""
    opened = tempfile.TemporaryFile()
    opened.write(content)
    opened.seek(position)
    return opened


def _noted(run: Run, opened: Any) -> Any:
    """The same object, for only Python's own files are sent by the bridge, with a ``close()`` that the journal shows."""
    close = opened.close

    def noted_close() -> None:
        run.note("source closed")
        close()

    opened.close = noted_close
    return opened
