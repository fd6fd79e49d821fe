"""Checks the messages that an ASGI application sends (A15, A16), so that no response can be split (pure)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Iterable, Optional

from gangway_worker import frames
from gangway_worker.rules import BODILESS, Head, RuleError, quote

_TOKEN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~")
_CONTROLS = bytes(range(0x20)) + b"\x7f"

#: The text of a status in a HEAD frame. The phrases are Python's; other numbers have none.
_STATUSES = {int(status): f"{int(status)} {status.phrase}".encode() for status in HTTPStatus if status >= 200}

# Names that have passed the check: True for Content-Length. Bounded, because clients may choose the names.
_known_names = {b"content-type": False, b"content-length": True}
_KNOWN_LIMIT = 1000

#: Max digits of a Content-Length: every number with as many digits fits into 64 bits.
_LENGTH_DIGITS = 18


#: Max bytes of trailers, the overhead of each field included: what every container sends.
_MAX_TRAILERS = 8 << 10
_TRAILER_OVERHEAD = 32

#: RFC 9110, section 6.5.1: a recipient needs these before the body; and the connection's own.
_NEVER_BEHIND = frozenset(
    b"age authorization cache-control content-encoding content-length content-range content-type cookie date expect expires host location max-forwards pragma"
    b" range retry-after set-cookie vary www-authenticate"
    b" connection keep-alive proxy-authenticate proxy-authorization te trailer trailers transfer-encoding upgrade".split()
)


def checked_start(message: "dict[str, Any]") -> Head:
    """Checks and encodes a start of a response.

    :raises RuleError: if it breaks a rule
    """
    where = str(message["type"])
    status = message.get("status")
    text = _STATUSES.get(status) if type(status) is int else None
    if text is None:
        text = _checked_status(where, message)
    parts = [text]
    length = append_headers(where, parts, message.get("headers", ()))
    return Head(joined(where, parts), length, text[:3].decode() in BODILESS)


def checked_trailers(message: "dict[str, Any]", before: "list[bytes]") -> "list[bytes]":
    """Checks an event with trailers (A52), and returns the fields of a TRAILERS frame: those of the events before it, and its own.

    :raises RuleError: if it breaks a rule
    """
    where = str(message["type"])
    parts = [*before]
    append_headers(where, parts, message.get("headers", ()))
    for name in parts[1::2]:
        if name.lower() in _NEVER_BEHIND:
            raise RuleError(
                "A52", where, "fields that may follow a body (RFC 9110, section 6.5.1)", _quoted(name), "send it in http.response.start, or leave it out"
            )
    size = len(joined(where, parts)) + (_TRAILER_OVERHEAD - 2) * (len(parts) // 2)  # without the NULs
    if size > _MAX_TRAILERS:
        raise RuleError("A52", where, f"at most {_MAX_TRAILERS} bytes of fields, {_TRAILER_OVERHEAD} for each included", f"{size} bytes", "send large data in the body")
    return parts


def append_headers(where: str, parts: "list[bytes]", headers: Any) -> Optional[int]:
    """Appends names and values, and returns the Content-Length that they have."""
    length: Optional[int] = None
    if type(headers) is dict and headers:
        raise RuleError("A15", where, "headers that are a list of [name, value] pairs", _kind(headers), "pass list(headers.items()), with names and values of type bytes")
    try:
        pairs: Iterable[Any] = iter(headers)
    except TypeError:
        raise RuleError("A15", where, "headers that are a list of [name, value] pairs", _kind(headers), "pass a list of pairs of bytes") from None
    for pair in pairs:
        try:
            name, value = pair
            is_length = _known_names.get(name)
        except (TypeError, ValueError):
            raise RuleError("A15", where, "each header as a pair of name and value, both bytes", _kind(pair), "pass [b\"name\", b\"value\"]") from None
        if is_length is None:
            is_length = _checked_name(where, name)
        if type(value) is not bytes:
            value = _checked_value(where, name, value)
        if is_length:
            length = _checked_length(where, value, length)
        parts.append(name)
        parts.append(value)
    return length


def joined(where: str, parts: "list[bytes]") -> bytes:
    """The payload. All values are checked at once: it must contain no control characters except the separators, and tabs within values."""
    payload = b"\0".join(parts)
    if len(payload) - len(payload.translate(None, _CONTROLS)) != len(parts) - 1:
        for name, value in zip(parts[1::2], parts[2::2]):
            if value.translate(None, _CONTROLS) != value:
                raise RuleError(
                    "A16",
                    where,
                    f"a value without control characters for header {_quoted(name)}",
                    _quoted(value),
                    "remove line breaks from text that a client sent",
                )
    if len(payload) > frames.MAX_PAYLOAD:
        raise RuleError("A16", where, f"headers of at most {frames.MAX_PAYLOAD} bytes", f"{len(payload)} bytes", "send large data in the body")
    return payload


def _checked_status(where: str, message: "dict[str, Any]") -> bytes:
    if "status" not in message:
        raise RuleError("A16", where, "a status of type int", 'no key "status"', 'add "status": 200, or another number')
    status = message["status"]
    if not isinstance(status, int) or isinstance(status, bool):
        raise RuleError("A16", where, "a status of type int", _kind(status), "pass a number such as 404")
    number = int(status)
    if not 200 <= number <= 999:
        raise RuleError("A16", where, "a final status, 200 to 599 (only the server sends lower ones)", str(number), "pass the status that answers the request")
    return _STATUSES.get(number) or str(number).encode()


def _checked_name(where: str, name: object) -> bool:
    """Whether a name is Content-Length."""
    if not isinstance(name, bytes):
        raise RuleError("A15", where, "a header name of type bytes", _kind(name), 'pass b"content-type", not "content-type"')
    if not name or not _TOKEN.issuperset(name):
        raise RuleError(
            "A16", where, "a header name of letters, digits and !#$%&'*+-.^_`|~", _quoted(name), "use only these characters (RFC 9110, section 5.1)"
        )
    is_length = name.lower() == b"content-length"
    if len(_known_names) < _KNOWN_LIMIT:
        _known_names[bytes(name)] = is_length
    return is_length


def _checked_value(where: str, name: bytes, value: object) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise RuleError("A15", where, f"a value of type bytes for header {_quoted(name)}", _kind(value), "encode it")


def _checked_length(where: str, value: bytes, before: Optional[int]) -> int:
    if not value.isdigit() or len(value) > _LENGTH_DIGITS:
        raise RuleError("W63", where, "a content-length of decimal digits", _quoted(value), "pass the number of bytes in the body, or leave the header out")
    length = int(value)
    if before is not None and before != length:
        raise RuleError("W63", where, "one content-length", f"two that differ, {before} and {length}", "send the header once")
    return length


def checked_block(where: str, block: object) -> bytes:
    """The bytes of a body's message.

    :raises RuleError: if they are none
    """
    if isinstance(block, (bytes, bytearray, memoryview)):
        return bytes(block)
    hint = "encode text" if isinstance(block, str) else "pass bytes"
    raise RuleError("A15", where, "a body of type bytes", _kind(block), hint)


def type_of(message: object) -> str:
    """The type of a message.

    :raises RuleError: if it is no message
    """
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(kind, str):
        raise RuleError("A15", "send", "a dict with a text under \"type\"", _kind(message), 'send {"type": "http.response.start", …}')
    return kind


def misplaced(kind: str, expected: str, state: str) -> RuleError:
    """A message that is not expected in this state."""
    if kind.startswith("websocket."):
        fix = 'look at scope["type"]: it is "http" here, and "websocket" where this message fits'
    else:
        fix = "send http.response.start once, then http.response.body until one has no more_body, then http.response.trailers if the start has trailers"
    return RuleError("A15", "send", f"{expected}, because {state}", quote(kind), fix)


def _kind(value: object) -> str:
    """The type of a value, without a call of its ``repr``."""
    size = f" of {len(value)}" if type(value) in (tuple, list, dict, bytes) else ""  # type: ignore[arg-type]
    return f"{type(value).__name__}{size}"


def _quoted(value: bytes) -> str:
    return quote(value.decode("latin-1"))
