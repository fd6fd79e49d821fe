"""Plays the bridge to one exchange connection in this process, for tests of the worker's side."""

from __future__ import annotations

import socket
import threading
from typing import Any, Callable, NamedTuple, Optional

from gangway_worker import frames, wsgi
from gangway_worker.connection import Connection, ConnectionLost
from gangway_worker.frames import ABORT, BODY, BODY_END, DATA, END, FILE, HEAD, PULL, Frame, ProtocolError
from gangway_worker.logs import LogSender
from gangway_worker.states import WORKER_EVENTS, ExchangeState

#: Max seconds of a wait; a test that passes never waits as long.
MAX_WAIT = 20

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/caf\xc3\xa9",
    "QUERY_STRING": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "8080",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.url_scheme": "http",
    "gangway.request_id": "req-1",
}


class Response(NamedTuple):
    """What an exchange sent."""

    frames: "list[Frame]"

    def all(self, frame_type: int) -> "list[bytes]":
        return [payload for kind, payload in self.frames if kind == frame_type]

    @property
    def names(self) -> "list[str]":
        return [frames.NAMES[kind] for kind, _ in self.frames]

    @property
    def status(self) -> str:
        return self.head[0]

    @property
    def head(self) -> "list[str]":
        return frames.split_fields(HEAD, self.all(HEAD)[0])

    @property
    def body(self) -> bytes:
        return b"".join(self.all(DATA))

    @property
    def abort(self) -> "list[str]":
        """Kind, summary, traceback."""
        return frames.split_fields(ABORT, self.all(ABORT)[0])


class BridgeEnd:
    """The bridge's end of an exchange connection and of the log's, for a worker's side that a thread serves."""

    def __init__(self) -> None:
        self.socket, self._theirs = socket.socketpair()
        log_end, sender_end = socket.socketpair()
        for sock in (self.socket, log_end):
            sock.settimeout(MAX_WAIT)
        self.connection = Connection(self.socket)
        self.state = ExchangeState(WORKER_EVENTS)
        self.slots = bytearray(4)
        self._log = Connection(log_end)
        self._sender_connection = Connection(sender_end)
        self._sender = LogSender()
        self._sender.use(self._sender_connection)
        self._sequence = 0

    def _begin(self, serve: "Callable[..., None]", *arguments: Any) -> None:
        self._thread = threading.Thread(target=serve, args=arguments)
        self._thread.start()

    def _next_sequence(self) -> int:
        self._sequence = self._sequence % 255 + 1
        return self._sequence

    def send(self, frame_type: int, payload: bytes = b"", event: Optional[int] = None) -> None:
        self.state.sent(frame_type if event is None else event)
        self.connection.send(frames.encode(frame_type, payload))

    def logged(self) -> "list[list[str]]":
        """Ends the connection, and gives every record: level, logger, request id, text."""
        self.close()
        records = []
        while True:
            frame = self._log.receive()
            if frame is None:
                return records
            records.append(frames.split_fields(*frame))

    def close(self) -> None:
        """Ends the connection; the serving thread must come to its end."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.wait_for_thread()
        self.connection.close()

    def wait_for_thread(self) -> None:
        """Waits until the worker's side has come to its end."""
        self._thread.join(MAX_WAIT)
        assert not self._thread.is_alive(), "the serving thread hangs"

    def dispose(self) -> None:
        self.close()
        self._log.close()


class Client(BridgeEnd):
    """The bridge's end of a connection that a thread serves with a WSGI application."""

    def __init__(self, application: "Callable[..., Any]", multithread: bool = False) -> None:
        super().__init__()
        self._served = Connection(self._theirs)
        self.outcome: Optional[BaseException] = None
        self._begin(self._serve, wsgi.Service(application, wsgi.common_environ(multithread, True), self._sender, self.slots))

    def _serve(self, service: wsgi.Service) -> None:
        try:
            wsgi.serve(service, self._served, 2)
        except (ConnectionLost, ProtocolError) as error:
            self.outcome = error
        finally:
            self._served.close()
            self._sender_connection.close()

    def start(self, flags: int = frames.FLAG_EMPTY, **environ: str) -> None:
        """Sends a REQUEST."""
        pairs = {**ENVIRON, **environ}
        self.state.sent(frames.REQUEST | flags << 8)
        fields = [text for pair in pairs.items() for text in pair]
        self.connection.send(frames.encode_request(self._next_sequence(), flags, fields))

    def expect(self) -> Frame:
        frame = self.connection.expect()
        self.state.received(frame[0])
        return frame

    def finish(self, body: bytes = b"") -> Response:
        """Answers PULLs from a body until the exchange ends."""
        received = []
        while True:
            kind, payload = self.expect()
            received.append((kind, payload))
            if kind == PULL:
                size = int.from_bytes(payload, "big")
                piece, body = body[:size], body[size:]
                self.send(*((BODY, piece) if piece else (BODY_END,)))
            if kind in (END, ABORT, FILE):
                return Response(received)

    def get(self, **environ: str) -> Response:
        self.start(**environ)
        return self.finish()

    def post(self, body: bytes, **environ: str) -> Response:
        self.start(0, **{"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), **environ})
        return self.finish(body)
