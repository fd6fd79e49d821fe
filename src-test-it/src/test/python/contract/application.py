"""Serves every case by the name in ``X-Contract``, and the journal besides."""

from __future__ import annotations

import threading
from typing import Any, Dict, Iterable
from wsgiref.validate import validator

from contract import (
    body_cases,
    call_cases,
    environ_cases,
    faulty_application_cases,
    faulty_request_cases,
    gateway_cases,
    input_cases,
    path_cases,
    start_response_cases,
    validation_cases,
)
from contract.run import Run
from contract.twins import Environ, StartResponse, Twin, text

#: The run of requests that name none: nobody should have sent them.
STRAY = "stray"

_GROUPS = (
    call_cases,
    environ_cases,
    path_cases,
    gateway_cases,
    input_cases,
    start_response_cases,
    body_cases,
    faulty_application_cases,
    faulty_request_cases,
    validation_cases,
)

TWINS: Dict[str, Twin] = {name: twin for group in _GROUPS for name, twin in group.TWINS.by_name.items()}

_runs: Dict[str, Run] = {}
_runs_lock = threading.Lock()


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """A call is noted as ``called`` when it begins and ``done`` when it returns; a noted body also tells when it is closed."""
    name = environ.get("HTTP_X_CONTRACT", STRAY)
    with _runs_lock:
        run = _runs.setdefault(environ.get("HTTP_X_CONTRACT_RUN", STRAY), Run())
    if name == "journal":
        times = int(environ.get("HTTP_X_CONTRACT_TIMES", "0"))
        return text(start_response, run.await_events(environ.get("HTTP_X_CONTRACT_EVENT", ""), times))
    if name == "release":
        run.release(environ["HTTP_X_CONTRACT_EVENT"])
        return text(start_response, "")
    run.note("called", f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
    run.note("id", environ["gangway.request_id"])
    twin = TWINS.get(name)
    if twin is None:
        run.note("done")
        return text(start_response, "no such case")
    return _serve(twin, environ, start_response, run)


def _serve(twin: Twin, environ: Environ, start_response: StartResponse, run: Run) -> Iterable[bytes]:
    def plain(environ: Environ, start_response: StartResponse) -> Any:
        return twin.application(environ, start_response, run)

    try:
        return (plain if twin.unvalidated else validator(plain))(environ, start_response)
    except BaseException as error:
        run.note("raised", f"{type(error).__name__}: {error}")
        raise
    finally:
        run.note("done")
