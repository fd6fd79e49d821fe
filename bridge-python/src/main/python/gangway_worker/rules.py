"""Checks the arguments of start_response (W50, W51), so that no response can be split (pure).

The bridge checks every head too; here the error is raised in the application, at the call that broke the rule. Hop-by-hop headers
(W52) are accepted here: the bridge drops them, and logs a warning.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

from gangway_worker import frames

#: Max characters of a quoted value in a message: enough to recognise the value, too few to flood a log.
QUOTE_LIMIT = 120

#: Statuses without a body: RFC 9110, section 6.4.1 (W64), and 205, which promises an empty body (section 15.3.6).
BODILESS = frozenset(("204", "205", "304"))

#: A code without a reason, and codes from 600 to 999, are accepted, as in other servers.
_STATUS = re.compile(r"[2-9][0-9]{2}(?: [^\x00-\x1f\x7f\u0100-\U0010ffff]*)?")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROLS = bytes(range(0x20)) + b"\x7f"

# Values that have passed the check: statuses (True if bodiless) and names (True for Content-Length). A look-up is five times as fast as the
# check. Bounded, because clients may choose the values.
_known_statuses = {"200 OK": False}
_known_names = {"Content-Type": False, "Content-Length": True}
_KNOWN_LIMIT = 1000

#: Max digits of a Content-Length: every number with as many digits fits into 64 bits.
_LENGTH_DIGITS = 18


class RuleError(Exception):
    """The application broke a rule. The message says which rule, where, what was expected, what was found, and how to fix it."""

    def __init__(self, rule: str, where: str, expected: str, found: str, fix: str) -> None:
        super().__init__(f"{rule}, {where}: expected {expected}; found {found}. Fix: {fix}")
        self.rule = rule


class Head(NamedTuple):
    """A status and headers that have passed the check."""

    #: The payload of a HEAD frame.
    payload: bytes
    #: The value of Content-Length, or None if there is no such header.
    content_length: Optional[int]
    #: Whether the status allows no body.
    bodiless: bool


def checked_head(status: object, headers: object) -> Head:
    """Checks and encodes the arguments of start_response.

    :raises RuleError: if they break a rule
    """
    bodiless = _known_statuses.get(status) if type(status) is str else None
    if bodiless is None:
        bodiless = _check_status(status)
    if not isinstance(headers, list):
        raise RuleError(
            "W51",
            "start_response",
            "a list of (name, value) pairs",
            _kind(headers),
            "pass a list; an empty one if there is no header",
        )
    parts: list = [status]
    length: Optional[int] = None
    for header in headers:
        if not isinstance(header, tuple) or len(header) != 2:
            raise _pair_error(header)
        name, value = header
        try:
            is_length = _known_names.get(name)
        except TypeError:
            raise _pair_error(header) from None
        if is_length is None:
            is_length = _check_name(name)
        if is_length:
            length = _checked_length(value, length)
        parts += header
    return Head(_encoded(parts, headers), length, bodiless)


def _encoded(parts: "list[str]", headers: list) -> bytes:
    """The payload. All values are checked at once: it must contain no control characters except the separators."""
    try:
        payload = "\0".join(parts).encode("latin-1")
        clean = len(payload) - len(payload.translate(None, _CONTROLS)) == len(parts) - 1
    except (TypeError, UnicodeEncodeError):
        clean = False
    if not clean:
        for name, value in headers:
            _check_value(name, value)
    if len(payload) > frames.MAX_PAYLOAD:
        raise RuleError(
            "W51",
            "start_response",
            f"headers of at most {frames.MAX_PAYLOAD} bytes",
            f"{len(payload)} bytes",
            "send large data in the body",
        )
    return payload


def _check_status(status: object) -> bool:
    """Whether a status allows no body.

    :raises RuleError: if it is not a valid status
    """
    if not isinstance(status, str) or _STATUS.fullmatch(status) is None:
        raise _status_error(status)
    bodiless = status[:3] in BODILESS
    if len(_known_statuses) < _KNOWN_LIMIT:
        _known_statuses[str(status)] = bodiless
    return bodiless


def _check_name(name: object) -> bool:
    """Whether a name is Content-Length.

    :raises RuleError: if it is not a valid name
    """
    if not isinstance(name, str):
        raise RuleError("W51", "start_response", "a header name of type str", _kind(name), "pass native strings")
    if _TOKEN.fullmatch(name) is None:
        raise RuleError(
            "W51",
            "start_response",
            "a header name of letters, digits and !#$%&'*+-.^_`|~",
            quote(name),
            "use only these characters (RFC 9110, section 5.1)",
        )
    is_length = name.lower() == "content-length"
    if len(_known_names) < _KNOWN_LIMIT:
        _known_names[str(name)] = is_length
    return is_length


def _check_value(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise RuleError(
            "W51",
            "start_response",
            f"a value of type str for header {quote(name)}",
            _kind(value),
            "pass native strings",
        )
    if any(c < " " or c == "\x7f" or c > "\xff" for c in value):
        raise RuleError(
            "W51",
            "start_response",
            f"a value of ISO-8859-1 characters without controls for header {quote(name)}",
            quote(value),
            "encode other characters, and remove line breaks from text that a client sent",
        )


def _checked_length(value: object, before: Optional[int]) -> int:
    if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) <= _LENGTH_DIGITS):
        raise RuleError(
            "W63",
            "start_response",
            "a Content-Length of decimal digits",
            quote(value) if isinstance(value, str) else _kind(value),
            "pass the number of bytes in the body as text, or leave the header out",
        )
    length = int(value)
    if before is not None and before != length:
        raise RuleError(
            "W63",
            "start_response",
            "one Content-Length",
            f"two that differ, {before} and {length}",
            "send the header once",
        )
    return length


def _status_error(status: object) -> RuleError:
    if isinstance(status, str) and re.fullmatch("[01][0-9]{2}(?: .*)?", status):
        return RuleError(
            "W50",
            "start_response",
            "a final status, 200 to 599 (only the server sends lower ones)",
            quote(status),
            "pass the status that answers the request",
        )
    return RuleError(
        "W50",
        "start_response",
        "a status of three digits, a space and a reason, without control characters",
        quote(status) if isinstance(status, str) else _kind(status),
        'pass a status such as "404 Not Found"',
    )


def _pair_error(header: object) -> RuleError:
    return RuleError(
        "W51",
        "start_response",
        "each header as a tuple of name and value",
        _kind(header),
        "pass (name, value) tuples of native strings",
    )


def _kind(value: object) -> str:
    """The type of a value, without a call of its ``repr``."""
    size = f" of {len(value)}" if type(value) in (tuple, list, dict, bytes) else ""
    return f"{type(value).__name__}{size}"


def quote(value: str) -> str:
    """A value for a message: in double quotes, controls and non-ASCII escaped, cut after :data:`QUOTE_LIMIT` characters."""
    shown = value[:QUOTE_LIMIT].replace("\\", "\\\\").replace('"', '\\"')
    escaped = "".join(c if " " <= c < "\x7f" else _escape(c) for c in shown)
    surplus = len(value) - QUOTE_LIMIT
    return f'"{escaped}"' + (f" and {surplus} more characters" if surplus > 0 else "")


def _escape(c: str) -> str:
    named = {"\r": "\\r", "\n": "\\n", "\t": "\\t"}.get(c)
    return named or (f"\\u{ord(c):04x}" if ord(c) <= 0xFFFF else f"\\U{ord(c):08x}")
