"""W40-W46: the request's body."""

from __future__ import annotations

from typing import Iterable

from contract.run import Run
from contract.twins import TEXT, Environ, StartResponse, Twins, blocks, echo, failed_reads_noted, path, text

TWINS = Twins()

TWINS.of(
    "all_256_bytes_arrive_unchanged",
    "a_request_without_body_ends_at_once",
    "the_body_ends_before_the_next_request",
    "continue_is_sent_when_the_application_reads",
    "chunks_that_break_off_while_they_are_collected_are_the_clients_fault",
)(echo)

TWINS.of(
    "a_small_unread_body_does_not_reach_the_next_request",
    "a_large_unread_body_does_not_reach_the_next_request",
)(path)


@TWINS.of("the_body_is_read_in_every_way_that_streams_have")
def reading(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    body = environ["wsgi.input"]
    first, more = body.read(1), body.read(3)
    part, rest = body.readline(2), body.readline()
    lines = [part + rest, *body.readlines(1), *body]
    return text(start, (first + more + b"|".join(line.rstrip(b"\n") for line in lines)).decode("latin-1"))


@TWINS.of("the_end_of_the_body_is_read_again_and_again")
def ending(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    body = environ["wsgi.input"]
    count = len(body.read(9))
    ends = ["more" if rest else "end" for rest in (body.read(-1), body.readline(), body.read(4))]
    return text(start, " ".join([str(count), *ends]))


@TWINS.of("chunks_arrive_decoded")
def chunks(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(-1).decode("latin-1")
    return text(start, f"{body} {environ.get('CONTENT_LENGTH', 'none')}")


@TWINS.of(
    "collected_chunks_have_a_length_and_no_transfer_coding",
    "continue_is_sent_when_chunks_are_collected",
)
def collected(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    """Reads as much as it is told that there is, as most frameworks do."""
    length = environ["CONTENT_LENGTH"]
    body = environ["wsgi.input"].read(int(length)).decode("latin-1")
    return text(start, f"{body} {length} {environ.get('HTTP_TRANSFER_ENCODING', 'decoded')}")


@TWINS.of("a_large_body_without_a_length_arrives_whole")
def large(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    body = environ["wsgi.input"]
    return text(start, str(sum(len(block) for block in iter(lambda: body.read(64 << 10), b""))))


@TWINS.of(
    "a_body_shorter_than_promised_fails_to_read",
    "a_large_body_shorter_than_promised_fails_to_read",
    "chunks_without_a_last_one_fail_to_read",
    "a_chunk_shorter_than_promised_fails_to_read",
)
def cut_short(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    with failed_reads_noted(run):
        return echo(environ, start, run)


@TWINS.of("an_application_may_answer_for_itself_to_a_broken_body")
def forgiving(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    try:
        return echo(environ, start, run)
    except OSError:
        start("422 Broken", [TEXT])
        return blocks("your body is broken")


@TWINS.of("an_application_that_does_not_read_answers_without_continue")
def refusing(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return text(start, "no, thanks")


@TWINS.of("a_body_that_a_filter_took_is_not_silently_empty")
def filtered(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    try:
        return text(start, f"read {len(environ['wsgi.input'].read(-1))}")
    except OSError as error:
        return text(start, str(error))


@TWINS.of("a_large_body_streams_through")
def counting(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    body = environ["wsgi.input"]
    count = sum(len(block) for block in iter(lambda: body.read(64 << 10), b""))
    return text(start, f"{environ['CONTENT_LENGTH']} {count}")
