"""The scope of an ASGI connection, made of a SCOPE frame (A01-A06; pure)."""

from __future__ import annotations

from typing import Any, NamedTuple

from gangway_worker import frames
from gangway_worker.frames import SCOPE, ProtocolError

#: The version of the HTTP and WebSocket part of ASGI 3. From 2.4 on, `send` raises when the client has left, and frameworks rely on it.
SPEC_VERSION = "2.5"

#: The fields before the headers: kind, method, http_version, scheme, path, raw_path, root_path, query, client's host and port, server's host and port,
#: request id, number of headers.
_FIXED = 14


class Opening(NamedTuple):
    """A SCOPE frame, read."""

    sequence: int
    flags: int
    request_id: str
    scope: "dict[str, Any]"


def read(payload: bytes, state: "dict[str, Any]") -> Opening:
    """Makes a scope that belongs to one connection.

    :param state: what the application's lifespan has left; copied (A05)
    :raises ProtocolError: if the frame is not a scope
    """
    sequence, flags = frames.split_opening(SCOPE, payload)
    fields = payload[2:].split(b"\0")
    try:
        kind, method, version, scheme, path, raw_path, root_path, query, client, client_port, server, server_port, request_id, count = fields[:_FIXED]
        end = _FIXED + 2 * int(count)
        peer = (client.decode(), int(client_port or 0)) if client else None
        host = (server.decode(), int(server_port) if server_port else None) if server else None
    except ValueError as error:  # too few fields, no numbers, or no UTF-8
        raise ProtocolError(f"a SCOPE of {len(fields)} fields: {error}") from None
    if kind not in (b"http", b"websocket") or end > len(fields) or (len(fields) - end) % 2:
        raise ProtocolError(f"a SCOPE of {len(fields)} fields, of kind {kind!r}, with {count!r} headers")
    more = [field.decode("latin-1") for field in fields[end:]]
    identity = request_id.decode("latin-1")
    scope: "dict[str, Any]" = {
        "type": kind.decode(),
        "asgi": {"version": "3.0", "spec_version": SPEC_VERSION},
        "http_version": version.decode("latin-1"),
        "scheme": scheme.decode("latin-1"),
        "path": path.decode("utf-8", "replace"),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": root_path.decode("utf-8", "replace"),
        "headers": list(zip(fields[_FIXED:end:2], fields[_FIXED + 1 : end : 2])),
        "client": peer,
        "server": host,
        "state": state.copy(),
        "extensions": {"gangway": {"request_id": identity, **dict(zip(more[::2], more[1::2]))}},
    }
    told = scope["extensions"]["gangway"]
    if "tls.version" in told:
        scope["extensions"]["tls"] = _tls(told)
    if kind == b"http":
        scope["method"] = method.decode("latin-1")
        scope["extensions"]["http.response.trailers"] = {}
    else:
        scope["subprotocols"] = _subprotocols(scope["headers"])
        scope["extensions"]["websocket.http.response"] = {}
    return Opening(sequence, flags, identity, scope)


def _tls(told: "dict[str, str]") -> "dict[str, Any]":
    """The extension of ASGI (A54), of what the bridge tells; containers know nothing of the server's certificate, and of the client's chain only the first."""
    version, suite, certificate, name = (told.pop(f"tls.{key}", "") for key in ("version", "cipher_suite", "client_cert", "client_name"))
    return {
        "server_cert": None,
        "client_cert_chain": (certificate,) if certificate else (),
        "client_cert_name": name.encode("latin-1").decode("utf-8", "replace") or None,
        "client_cert_error": None,
        "tls_version": int(version) if version.isdecimal() else None,
        "cipher_suite": int(suite) if suite.isdecimal() else None,
    }


def _subprotocols(headers: "list[tuple[bytes, bytes]]") -> "list[str]":
    """What the client offers (A32)."""
    offers = [value.decode("latin-1").split(",") for name, value in headers if name == b"sec-websocket-protocol"]
    return [name.strip() for offer in offers for name in offer if name.strip()]
