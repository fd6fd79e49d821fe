"""How twins are registered, and what their responses have in common."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterable, Iterator, NamedTuple, Optional
from urllib.parse import quote_plus

from contract.run import Run

Environ = Dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], None]]
Application = Callable[[Environ, StartResponse, Run], Any]

TEXT = ("Content-Type", "text/plain; charset=iso-8859-1")
PLAIN = ("Content-Type", "text/plain")

# Why twins do without wsgiref.validate, where more than one has the reason.
BY_ITSELF = "the worker or the bridge must find by itself what validate would find before them"
HIDES_LENGTH = "validate hides that the body is a list of one block, whose length the server may supply (W62)"
HIDES_FILE = "validate hides that the body is a file wrapper, which the server may send by itself (W67)"
WARNS_OF_METHOD = "validate warns of methods that it does not know"


class Twin(NamedTuple):
    """An application, and why it is not validated; None if it is."""

    application: Application
    unvalidated: Optional[str]


class Twins:
    """The twins of one group of cases, by the names of the cases."""

    def __init__(self) -> None:
        self.by_name: Dict[str, Twin] = {}

    def of(self, *names: str, unvalidated: Optional[str] = None) -> "Callable[[Application], Application]":
        """Decorates the application of these cases.

        :param unvalidated: why ``wsgiref.validate`` is left away
        """

        def register(application: Application) -> Application:
            self._add(names, Twin(application, unvalidated))
            return application

        return register

    def dumped(self, *names: str, unvalidated: Optional[str] = None) -> None:
        """Cases whose application dumps its environ."""
        self._add(names, Twin(lambda environ, start, run: dump(environ, start), unvalidated))

    def _add(self, names: "tuple[str, ...]", twin: Twin) -> None:
        if twin.unvalidated is not None and not twin.unvalidated.strip():
            raise ValueError(f"{names} are not validated, for no reason")
        for name in names:
            if name in self.by_name:
                raise ValueError(f"{name} has two twins")
            self.by_name[name] = twin


def text(start: StartResponse, content: str) -> "list[bytes]":
    """Answers 200 with text of one block."""
    start("200 OK", [TEXT])
    return [content.encode("latin-1")]


def ok(start: StartResponse, *headers: "tuple[str, str]") -> "Callable[[bytes], None]":
    """Answers 200 with these headers and no body yet. validate demands a Content-Type."""
    return start("200 OK", [PLAIN, *headers])


def blocks(*texts: str) -> "list[bytes]":
    """Blocks of native text."""
    return [each.encode("latin-1") for each in texts]


def dump(environ: Environ, start: StartResponse) -> "list[bytes]":
    """Answers with the environ, one ``key=value`` in a line, values percent-encoded."""
    lines = [
        f"{key}={quote_plus(_shown(value), encoding='latin-1', errors='replace')}"
        for key, value in sorted(environ.items())
        if not key.startswith("HTTP_X_CONTRACT")
    ]
    return text(start, "\n".join(lines))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (str, int, tuple)) else type(value).__name__


def echo(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    """Answers with the request's body."""
    body = environ["wsgi.input"].read(-1)
    start("200 OK", [("Content-Type", "application/octet-stream")])
    return [body]


def path(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    """Answers with PATH_INFO."""
    return text(start, environ["PATH_INFO"])


@contextmanager
def failed_reads_noted(run: Run) -> Iterator[None]:
    """Notes reads that fail as W43 says, by the client's fault."""
    try:
        yield
    except OSError:
        run.note("read failed", "client")
        raise
