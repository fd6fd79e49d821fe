"""W30-W39, W47, W71-W72: the gateway's own facts, its log, and what surrounds the call."""

from __future__ import annotations

import re
from typing import Iterable

from contract.run import Run
from contract.twins import Environ, StartResponse, Twins, text

TWINS = Twins()

TWINS.dumped(
    "the_gateway_says_what_it_is",
    "the_gateway_tells_how_it_calls",
    "a_distributable_web_application_is_multiprocess",
    "the_servlet_objects_are_in_the_environ",
    "forwarded_headers_of_strangers_have_no_effect",
    "forwarded_headers_of_trusted_proxies_are_taken_together",
    "a_malformed_field_of_a_trusted_proxy_is_ignored_alone",
    "a_client_that_a_trusted_proxy_names_in_garbage_is_not_known",
    "a_trusted_proxy_that_says_nothing_changes_nothing",
)


@TWINS.of("calls_overlap_where_multithread_is_true")
def overlapping(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/first":
        run.hold("second came")
    else:
        run.release("second came")
    return text(start, environ["PATH_INFO"])


@TWINS.of("the_servers_own_keys_are_in_lower_case")
def keys(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    for key in environ:
        if "." in key and not re.fullmatch(r"(wsgi|gangway)\.[a-z_.]+", key):
            run.note("odd key", key)
    return text(start, environ["gangway.request_id"])


@TWINS.of("lines_for_the_log_carry_the_request_id")
def logging(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    errors = environ["wsgi.errors"]
    errors.write("\u017c\u00f3\u0142w ")
    errors.writelines(["costs ", "5 \u20ac\n"])
    errors.flush()
    return text(start, environ["gangway.request_id"])


@TWINS.of("a_line_for_the_log_cannot_forge_another")
def forging(environ: Environ, start: StartResponse, run: Run) -> Iterable[bytes]:
    environ["wsgi.errors"].write("one\r\x1b[2Jtwo\n")
    return text(start, environ["gangway.request_id"])
