"""W73: wsgiref.validate, which stands around nearly all twins, stays silent; and it is awake."""

from __future__ import annotations

import sys
from typing import Any, Iterable, Iterator

from contract.run import Run
from contract.twins import PLAIN, Environ, StartResponse, Twins

TWINS = Twins()

TWINS.dumped("what_validate_warns_of_is_in_the_log")


@TWINS.of("validate_stays_silent_around_an_application_that_uses_everything")
def everything(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    def steps() -> Iterator[bytes]:
        yield b""
        yield b"|".join(read)

    body, errors = environ["wsgi.input"], environ["wsgi.errors"]
    read = [body.read(2), body.readline(1), body.readline(), *body.readlines(1), *body, body.read(-1)]
    errors.write("a line\n")
    errors.writelines(["another ", "one\n"])
    errors.flush()
    start("200 OK", [PLAIN])
    try:
        raise RuntimeError("a change of mind")
    except RuntimeError:
        write = start("202 Accepted", [PLAIN, ("X-Many", "1"), ("X-Many", "2")], sys.exc_info())
    write(b"written ")
    return run.body(environ["wsgi.file_wrapper"](_Blocks(steps()), 1))


class _Blocks:
    """What a file wrapper needs of a file, from an iterator; an empty block would be its end."""

    def __init__(self, steps: Iterator[bytes]) -> None:
        self._steps = steps

    def read(self, size: int) -> bytes:
        return next((block for block in self._steps if block), b"")


@TWINS.of("validate_finds_what_the_application_does_wrong")
def wrong(environ: Environ, start: StartResponse, run: Run) -> Any:
    start("200 OK", [])  # no Content-Type: no rule of ours, but one of validate's
    return [b"body"]
