"""What clients get wrong, by accident or design: no answer is ever another request's, and the server goes on."""

from __future__ import annotations

from itertools import repeat
from typing import Iterable, Iterator

from contract.run import Run
from contract.twins import (
    WARNS_OF_METHOD,
    Environ,
    StartResponse,
    Twins,
    echo,
    failed_reads_noted,
    ok,
    path,
    text,
)

TWINS = Twins()

TWINS.dumped("a_connect_is_no_tunnel", unvalidated=WARNS_OF_METHOD)
TWINS.dumped(
    "a_request_without_host_is_refused",
    "a_nul_in_a_header_is_refused",
    "a_nul_in_the_path_is_refused",
    "an_escaped_nul_is_refused",
    "a_broken_escape_is_refused",
    "a_path_above_the_root_is_refused",
    "a_space_before_the_colon_is_refused",
    "an_unknown_protocol_version",
    "raw_bytes_beyond_ascii_in_the_path_are_refused_or_kept",
    "raw_bytes_beyond_ascii_in_the_query_are_refused_or_kept",
    "a_raw_byte_in_the_query_that_is_not_utf_8_is_refused",
    "a_raw_byte_in_the_path_that_is_not_utf_8_is_refused",
    "two_hosts_are_refused",
    "a_host_with_a_user_is_refused",
    "two_content_types_are_refused",
    "two_authorizations_are_refused",
    "a_folded_header_is_refused_or_joined",
    "a_bare_line_feed_ends_no_header",
    "a_bare_carriage_return_ends_no_header",
    "ten_thousand_headers_of_one_name",
    "a_header_of_a_megabyte",
    "options_of_the_whole_server",
    "the_target_does_not_choose_the_scheme",
    "a_scheme_that_is_not_http_is_refused",
    "an_absolute_target_wins_over_host",
    "a_host_with_an_empty_port_has_the_schemes_own",
    "the_absolute_form_is_reduced_to_its_path",
    "two_equal_lengths_are_refused",
    "two_lengths_that_differ_are_refused",
    "a_list_of_lengths_is_refused",
    "a_length_with_a_sign_is_refused",
    "a_length_beyond_64_bits_is_refused",
    "a_length_beside_chunks_counts_for_nothing",
    "an_unknown_transfer_coding_is_refused",
    "a_transfer_coding_in_http_1_0_is_refused_and_the_connection_closed",
)

TWINS.of("pipelined_requests_are_answered_in_order")(path)
TWINS.of("a_request_may_come_byte_by_byte")(echo)


@TWINS.of(
    "a_chunk_size_that_is_no_number_fails_to_read",
    "a_chunk_size_below_zero_fails_to_read",
    "a_chunk_size_beyond_64_bits_fails_to_read",
    "a_chunk_longer_than_its_size_fails_to_read",
)
def broken_chunks(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    with failed_reads_noted(run):
        return echo(environ, start, run)


@TWINS.of("a_client_that_half_closes_gets_its_answer")
def answering(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    return text(start, "answer")


@TWINS.of("a_client_that_resets_its_upload_makes_the_read_fail")
def interrupted_upload(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    run.note("begun", environ["wsgi.input"].read(1).decode("latin-1"))
    with failed_reads_noted(run):
        return echo(environ, start, run)


@TWINS.of("a_client_that_resets_its_download_closes_the_body")
def endless(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    ok(start)
    return run.body(repeat(bytes(64 << 10)))


@TWINS.of("a_client_that_leaves_between_blocks_closes_the_body")
def endless_once_alone(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    def steps() -> Iterator[bytes]:
        while True:
            run.hold("client left")
            yield bytes(1024)

    ok(start)
    return run.body(steps())
