"""One WebSocket of an ASGI application (A30-A36).

The worker's part of the rules: order and content of the application's messages, the event of each message of the client, and back-pressure: a client whose
messages the application does not receive is held up when some of them wait, and send returns when the bytes are below the high-water mark. Frames of RFC 6455,
fragments, pings and close codes are the bridge's.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Deque, Optional

from gangway_worker import asgi_rules, frames, logs, states
from gangway_worker.asgi import ClientLeft, Exchange
from gangway_worker.frames import ABORT, ACCEPT, BINARY, CLOSE, DATA, END, HEAD, PART, TEXT, ProtocolError
from gangway_worker.rules import Head, RuleError, quote

if TYPE_CHECKING:
    from gangway_worker.asgi_link import Link, Service

#: Messages, and bytes of them, that wait for the application before its client is held up; it goes on when half of them are left.
_MOST_MESSAGES = 32
_MOST_BYTES = 64 << 10

#: The code of a connection that broke (RFC 6455, section 7.4.1), and of a close without a code of the application's.
_BROKEN = 1006
_NORMAL = 1000

_END_FRAME = frames.encode(END)

#: Max bytes of a response in place of a WebSocket, which the JVM holds until it is complete.
_MOST_DENIAL = 1 << 20

_CONNECTING, _OPEN, _DENYING, _CLOSED = "it is neither accepted nor closed", "it is open", "its response was started", "it is closed"


class WebSocketExchange(Exchange):
    """A WebSocket."""

    __slots__ = ("_state", "_is_connect_told", "_messages", "_size", "_parts", "_is_paused", "_disconnect", "_head", "_is_started", "_denied")

    def __init__(self, service: "Service", link: "Link", scope: "dict[str, Any]", request_id: str) -> None:
        super().__init__(service, link, scope, request_id)
        self._state = _CONNECTING
        self._is_connect_told = False
        self._messages: "Deque[dict[str, Any]]" = deque()
        self._size = 0
        #: The beginning of a message.
        self._parts: "list[bytes]" = []
        self._is_paused = False
        self._disconnect: "Optional[dict[str, Any]]" = None
        self._head: Optional[Head] = None
        self._is_started = False
        self._denied = 0

    # The client's side.

    async def receive(self) -> "dict[str, Any]":
        """``websocket.connect``, then each message, then ``websocket.disconnect``, again and again."""
        if not self._is_connect_told:
            self._is_connect_told = True
            return {"type": "websocket.connect"}
        while True:
            if self._messages:
                return self._next()
            if self._disconnect is not None:
                return dict(self._disconnect)
            await self.changed()

    def _next(self) -> "dict[str, Any]":
        message = self._messages.popleft()
        self._size -= _size_of(message)
        if self._is_paused and len(self._messages) <= _MOST_MESSAGES // 2 and self._size <= _MOST_BYTES // 2:
            self._is_paused = False
            self.link.resume_reading()
        return message

    def received(self, frame_type: int, payload: bytes) -> None:
        if frame_type == PART:
            self._parts.append(payload)
            return
        if frame_type == CLOSE:
            fields = frames.split_fields(CLOSE, payload)
            if len(fields) != 2 or not fields[0].isdecimal():
                raise ProtocolError(f"a CLOSE of {len(fields)} fields, or without a code")
            self._is_over(int(fields[0]), fields[1])
            return
        if self._parts:
            self._parts.append(payload)
            payload = b"".join(self._parts)
            self._parts.clear()
        if frame_type == TEXT:
            try:
                self._add({"type": "websocket.receive", "text": payload.decode()})
            except UnicodeDecodeError as error:
                raise ProtocolError(f"a TEXT that is not UTF-8: {error.reason}") from None
        else:
            self._add({"type": "websocket.receive", "bytes": payload})

    def _add(self, message: "dict[str, Any]") -> None:
        self._messages.append(message)
        self._size += _size_of(message)
        if not self._is_paused and (len(self._messages) >= _MOST_MESSAGES or self._size >= _MOST_BYTES):
            self._is_paused = True
            self.link.pause_reading()
        self.wake()

    def disconnected(self) -> None:
        if self._disconnect is None:
            self._is_over(_BROKEN, "")

    def _is_over(self, code: int, reason: str) -> None:
        self._disconnect = {"type": "websocket.disconnect", "code": code, "reason": reason}
        super().disconnected()

    # The application's side.

    async def send(self, message: "dict[str, Any]") -> None:
        """Takes ``websocket.accept``, ``websocket.send`` and ``websocket.close``, or to deny it a close or a response.

        :raises RuleError: if the message breaks a rule
        :raises ClientLeft: if the WebSocket is closed by the client
        """
        kind = asgi_rules.type_of(message)
        if self.is_gone and self._state is not _CLOSED:
            raise ClientLeft
        if self._state is _OPEN and kind == "websocket.send":
            self._write_message(*_payload(message))
            if self.link.is_full:
                await self.link.drained()
                if self.is_gone:
                    raise ClientLeft
        elif self._state is _CONNECTING and kind == "websocket.accept":
            self._accept(message)
        elif self._state in (_CONNECTING, _OPEN) and kind == "websocket.close":
            self._close(message)
        elif self._state is _CONNECTING and kind == "websocket.http.response.start":
            self._head = asgi_rules.checked_start(message)
            self._state = _DENYING
        elif self._state is _DENYING and kind == "websocket.http.response.body":
            await self._send_body(message)
        else:
            raise self._misplaced(kind)

    def _misplaced(self, kind: str) -> RuleError:
        """A message that is not expected in this state."""
        expected, fix = {
            _CONNECTING: ("websocket.accept, websocket.close or websocket.http.response.start", "accept or close first, and send afterwards"),
            _OPEN: ("websocket.send or websocket.close", "accept once, then send messages, then close"),
            _DENYING: ("websocket.http.response.body", "send the rest of the response; to open the WebSocket, accept it instead"),
        }.get(self._state, ("no message", "send nothing after websocket.close, or after a response"))
        if kind.startswith("http."):
            fix = 'look at scope["type"]: it is "websocket" here, and "http" where this message fits'
        return RuleError("A30", "send", f"{expected} on a WebSocket, because {self._state}", quote(kind), fix)

    def _accept(self, message: "dict[str, Any]") -> None:
        subprotocol = message.get("subprotocol") or ""
        if not isinstance(subprotocol, str) or not (subprotocol.isascii() and "\0" not in subprotocol):
            raise RuleError("A30", "websocket.accept", "a subprotocol that the client offers", repr(subprotocol)[:120], "choose one of scope[\"subprotocols\"]")
        if subprotocol and subprotocol not in self.scope["subprotocols"]:
            raise RuleError(
                "A30", "websocket.accept", "one of the subprotocols that the client offers", repr(subprotocol)[:120], "choose one of scope[\"subprotocols\"], or none"
            )
        parts = [subprotocol.encode()]
        asgi_rules.append_headers("websocket.accept", parts, message.get("headers", ()))
        for name in parts[1::2]:
            if name.lower().startswith(b"sec-websocket-"):
                raise RuleError("A30", "websocket.accept", "headers that are not the handshake's own", repr(name.decode("latin-1")), "leave it out")
        payload = asgi_rules.joined("websocket.accept", parts)
        self.link.state.sent(ACCEPT)
        self.link.write(frames.encode(ACCEPT, payload), True)
        self._state = _OPEN

    def _write_message(self, frame_type: int, payload: bytes) -> None:
        link = self.link
        if len(payload) > frames.MAX_PAYLOAD:
            view = memoryview(payload)
            last = (len(payload) - 1) // frames.MAX_PAYLOAD * frames.MAX_PAYLOAD
            for start in range(0, last, frames.MAX_PAYLOAD):
                link.state.sent(states.MESSAGE)
                link.write_block(frames.header(PART, frames.MAX_PAYLOAD), bytes(view[start : start + frames.MAX_PAYLOAD]), b"", False)
            payload = bytes(view[last:])
        link.state.sent(states.MESSAGE)
        link.write_block(frames.header(frame_type, len(payload)), payload, b"", True)

    def _close(self, message: "dict[str, Any]") -> None:
        code, reason = message.get("code", _NORMAL), message.get("reason") or ""
        if not isinstance(code, int) or not isinstance(reason, str) or not (code == 1000 or 1001 <= code <= 1014 and code not in (1004, 1005, 1006) or 3000 <= code <= 4999):
            raise RuleError("A35", "websocket.close", "a code that may be sent (1000 to 1014, 3000 to 4999), and a text", repr((code, reason))[:120], "send 1000, or a code of 4000 to 4999")
        try:
            size = len(reason.encode())
        except UnicodeEncodeError:
            raise RuleError("A35", "websocket.close", "a reason of Unicode characters", "a lone surrogate", "leave it out") from None
        if size > 123 or "\0" in reason:
            raise RuleError("A35", "websocket.close", "a reason of at most 123 bytes in UTF-8", f"{len(reason)} characters", "shorten it")
        self.link.state.sent(states.APPLICATION_CLOSE)
        self.link.write(frames.encode_fields(CLOSE, (str(code), reason)), True)
        self._state = _CLOSED

    async def _send_body(self, message: "dict[str, Any]") -> None:
        """A response in place of the WebSocket (A50)."""
        head = self._head
        assert head is not None
        block = asgi_rules.checked_block("websocket.http.response.body", message.get("body", b""))
        self._denied += len(block)
        if self._denied > _MOST_DENIAL:
            raise RuleError("A50", "websocket.http.response.body", f"at most {_MOST_DENIAL} bytes in all", str(self._denied), "give a short page, or redirect to a longer one")
        is_last = not message.get("more_body", False)
        front = b""
        if not self._is_started and (block or is_last):
            self.link.state.sent(HEAD)
            self._is_started = True
            front = frames.encode(HEAD, head.payload)
        pieces = [block[start : start + frames.MAX_PAYLOAD] for start in range(0, len(block), frames.MAX_PAYLOAD)] if not head.bodiless else []
        for piece in pieces:
            self.link.state.sent(DATA)
            front += frames.encode(DATA, piece)
        if front:
            self.link.write(front, True)
        if is_last:
            self._state = _CLOSED
        elif self.link.is_full:
            await self.link.drained()

    # The end.

    def conclude(self, problem: Optional[BaseException]) -> None:
        if self.link.is_lost:
            self.log_late("the WebSocket had been closed", problem)
            return
        if problem is None and self._state is _CONNECTING and not self.is_gone:
            problem = RuleError("A31", "the application's return", "a WebSocket that was accepted or closed", "neither", "send websocket.accept or websocket.close")
        elif problem is None and self._state is _DENYING:
            problem = RuleError("A17", "the application's return", "a complete response", "no last part of the body", "await send: websocket.http.response.body without more_body")
        elif problem is not None and self.is_gone:
            self.log_late("the WebSocket had been closed", problem)
            problem = None
        if problem is None and self._state is not _CONNECTING:
            self.link.state.sent(END)
            self.link.write(_END_FRAME, True)
        else:
            self._abort(problem)
        self.is_complete = True
        self.link.exchange = None
        if self._is_paused:
            self.link.resume_reading()

    def _abort(self, problem: Optional[BaseException]) -> None:
        if problem is None:
            kind, summary, traceback = "client", "the client has left", ""
        else:
            kind = "rule" if isinstance(problem, RuleError) else "application"
            summary, traceback = logs.format_problem(problem)
            if kind == "rule":
                summary = str(problem)
        self.link.state.sent(ABORT)
        self.link.write(frames.encode_texts(ABORT, (kind, summary, traceback)), True)


def _size_of(message: "dict[str, Any]") -> int:
    """Bytes of a message, or for text characters, which is as good for a limit."""
    text = message.get("text")
    return len(message["bytes"]) if text is None else len(text)


def _payload(message: "dict[str, Any]") -> "tuple[int, bytes]":
    """The frame of a message (A33).

    :raises RuleError: if it has not one of both
    """
    text, data = message.get("text"), message.get("bytes")
    if text is not None and data is None and isinstance(text, str):
        try:
            return TEXT, text.encode()
        except UnicodeEncodeError:
            raise RuleError("A33", "websocket.send", "text of Unicode characters", "a lone surrogate", "send bytes if it is no text") from None
    if data is not None and text is None and isinstance(data, (bytes, bytearray, memoryview)):
        return BINARY, bytes(data)
    found = ", ".join(f"{key} of type {type(message[key]).__name__}" for key in ("text", "bytes") if message.get(key) is not None) or "neither"
    raise RuleError("A33", "websocket.send", "either text of type str or bytes", found, _fix(text, data))


def _fix(text: object, data: object) -> str:
    if data is None and isinstance(text, (bytes, bytearray)):
        return "set bytes, or decode it"
    if text is None and isinstance(data, str):
        return "set text, or encode it"
    return "set one of both"
