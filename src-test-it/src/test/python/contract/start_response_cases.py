"""W50-W58: status and headers."""

from __future__ import annotations

import sys
from typing import Any, Iterable, Iterator

from contract.run import Run
from contract.twins import BY_ITSELF, HIDES_LENGTH, PLAIN, TEXT, Environ, StartResponse, Twins, blocks, ok, text

TWINS = Twins()

_FAILURE = "the application failed on purpose"


@TWINS.of("any_status_from_200_to_599_is_sent")
def own_status(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("599 Own", [TEXT])
    return blocks("body")


@TWINS.of("a_status_without_a_reason_is_sent", unvalidated=BY_ITSELF)
def unexplained_status(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("404", [TEXT])
    return blocks("body")


@TWINS.of("any_status_from_600_to_999_is_sent")
def high_status(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("999 Own", [TEXT])
    return blocks("body")


@TWINS.of("the_reason_phrase_is_the_applications")
def own_reason(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("404 Own Words", [TEXT])
    return blocks("body")


def _refused(name: str, heads: "list[tuple[str, list[tuple[str, str]]]]") -> None:
    """Each head must be refused at the call, and leave no trace in the answer."""

    @TWINS.of(name, unvalidated=BY_ITSELF)
    def trying(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
        again = _exc_info(RuntimeError("the next try"))
        for status, headers in heads:
            try:
                start(status, headers, again)
                run.note("accepted", repr((status, headers)))
            except Exception as error:
                run.note("refused", str(error)[:3])
        start("200 OK", [TEXT], again)
        return blocks("clean")


_refused(
    "a_malformed_status_is_refused_at_the_call",
    [
        (status, [])
        for status in (
            "20",
            "200OK",
            "2000 OK",
            "abc OK",
            "20 OK",
            "199 Low",
            "103",
            "099 Low",
            "200 OK\r\nX-Injected: yes",
            "200 \0",
            "200 \x7f",
            "200 \u20ac",
            "",
        )
    ],
)
_refused(
    "a_malformed_header_name_is_refused_at_the_call",
    [
        ("200 OK", [(name, "v")])
        for name in ("", "a b", "a:", "X\r\nX-Injected", "X\n", "\xe9", "X\0", "(x)", "X\u2028")
    ],
)
_refused(
    "a_header_value_with_control_characters_is_refused_at_the_call",
    [
        ("200 OK", [("X-Value", value)])
        for value in (
            "a\r\nX-Injected: yes",
            "a\nX-Injected: yes",
            "a\r",
            "\0",
            "\x1b[2J",
            "\x7f",
            "\u20ac",
            "\u560a\u560dX-Injected: yes",
        )
    ],
)

@TWINS.of("hop_by_hop_headers_are_dropped", unvalidated=HIDES_LENGTH)
def hop_by_hop(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(
        start,
        ("Connection", "x-own"),
        ("keep-alive", "timeout=5"),
        ("Proxy-Authenticate", "Basic"),
        ("Proxy-Authorization", "x"),
        ("TE", "trailers"),
        ("Trailer", "X-Kept"),
        ("Transfer-Encoding", "chunked"),
        ("UPGRADE", "websocket"),
        ("X-Kept", "yes"),
    )
    return blocks("body")


@TWINS.of("header_values_of_native_text_arrive_as_bytes")
def native_text(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("X-Name", "caf\xc3\xa9 \xff"))
    return []


@TWINS.of("what_is_written_goes_before_the_blocks")
def writing(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    write = ok(start)
    write(b"written ")
    write(b"twice ")
    return run.body(blocks("yielded"))


@TWINS.of("a_second_start_without_exc_info_is_an_error", unvalidated=BY_ITSELF)
def starting_twice(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    start("200 OK", [("X-First", "1")])
    start("201 Created", [("X-Second", "2")])
    return blocks("body")


@TWINS.of("a_second_start_is_an_error_even_if_the_first_was_refused", unvalidated=BY_ITSELF)
def starting_after_refusal(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    try:
        start("bad", [])
    except Exception as error:
        run.note("refused", str(error)[:3])
    start("200 OK", [])
    return blocks("body")


@TWINS.of("exc_info_replaces_what_was_not_sent")
def replacing(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("X-Old", "1"), ("Content-Length", "99"))
    start("503 Service Unavailable", [PLAIN, ("X-New", "2")], _exc_info(RuntimeError()))
    return blocks("sorry")


@TWINS.of("headers_of_filters_survive_exc_info")
def replacing_cookies(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Set-Cookie", "old=1"))
    start("500 Oh", [PLAIN, ("Set-Cookie", "new=1")], _exc_info(RuntimeError()))
    return blocks("sorry")


@TWINS.of("exc_info_after_the_head_was_sent_is_thrown_again")
def restarting(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    def steps() -> Iterator[bytes]:
        yield b"some"
        cause = RuntimeError(_FAILURE)
        try:
            start("500 Oh", [PLAIN], _exc_info(cause))
        except RuntimeError as error:
            run.note("thrown again", str(error is cause).lower())
            raise
        run.note("thrown again", "not at all")

    ok(start)
    return run.body(steps())


@TWINS.of("nothing_is_sent_before_the_first_non_empty_block")
def changing_its_mind(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    def steps() -> Iterator[bytes]:
        yield b""
        yield b""
        start("202 Accepted", [PLAIN], _exc_info(RuntimeError()))
        yield b"late"

    ok(start)
    return run.body(steps())


@TWINS.of("an_empty_body_still_sends_the_head")
def bodiless(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("X-Here", "yes"))
    return run.body([])


@TWINS.of("date_and_server_are_added_once")
def undated(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return text(start, "")


@TWINS.of("date_and_server_of_the_application_are_not_doubled")
def dated(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start, ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Server", "mine/1"))
    return blocks("x")


@TWINS.of("repeated_headers_stay_separate_and_in_order", unvalidated=HIDES_LENGTH)
def repeating(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(
        start,
        ("Set-Cookie", "b=2; Path=/"),
        ("X-Order", "1"),
        ("Set-Cookie", "a=1"),
        ("x-order", "2"),
        ("Set-Cookie", "c=3"),
    )
    return blocks("x")


def _exc_info(error: BaseException) -> "tuple[Any, Any, Any]":
    """What ``sys.exc_info()`` says where the error is handled."""
    try:
        raise error
    except type(error):
        return sys.exc_info()
