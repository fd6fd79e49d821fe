"""Plays the bridge to one exchange connection of an ASGI worker in this process: a loop in a thread serves an application."""

from __future__ import annotations

import asyncio
import threading
import unittest
from typing import Any, Callable, Optional

from exchanges import MAX_WAIT, BridgeEnd
from gangway_worker import frames, states
from gangway_worker.asgi_link import Link, Service
from gangway_worker.frames import BODY, BODY_END, CLOSE, DATA, END, ABORT, PULL, SCOPE, TEXT, Frame


class NoGuard:
    """Nothing is forked here."""

    def leave_if_child(self) -> None:
        pass


class AsgiClient(BridgeEnd):
    """The bridge's end of a connection that a loop serves with an application."""

    def __init__(self, application: "Callable[..., Any]", state: "Optional[dict[str, Any]]" = None) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.service = Service(application, self.loop, self._sender, NoGuard(), self.slots)  # type: ignore[arg-type]
        self.service.state.update(state or {})
        self.ended = threading.Event()
        #: Lets the loop turn until it is set, also when the connection has ended.
        self.keep_running: Optional[threading.Event] = None
        #: Set when the connection and all tasks have ended.
        self.all_ended = threading.Event()
        self._begin(self._serve)

    def _serve(self) -> None:
        self.loop.run_until_complete(self._run())
        self.loop.close()
        self._sender_connection.close()

    async def _run(self) -> None:
        self._over = self.loop.create_future()
        link = Link(self, self.service, 2, self._theirs)  # type: ignore[arg-type]
        await self.loop.create_unix_connection(lambda: link, sock=self._theirs)
        await self._over
        if self.service.tasks:
            await asyncio.wait(list(self.service.tasks), timeout=MAX_WAIT)
        self.all_ended.set()
        if self.keep_running is not None:
            await self.loop.run_in_executor(None, self.keep_running.wait, MAX_WAIT)

    # What a Server does.

    def link_ended(self, link: Link, problem: Optional[Exception]) -> None:
        self.ended.set()
        if not self._over.done():
            self._over.set_result(None)

    def task_ended(self, task: "asyncio.Task[None]") -> None:
        self.service.tasks.discard(task)

    # What the bridge does.

    def start(self, flags: int = frames.FLAG_EMPTY, kind: str = "http", headers: "tuple[str, ...]" = (), method: str = "GET", path: str = "/caf\xc3\xa9", **more: str) -> None:
        """Sends a SCOPE."""
        self.state.sent(states.WEBSOCKET if kind == "websocket" else frames.REQUEST | flags << 8)
        scheme = "ws" if kind == "websocket" else "http"
        fields = [kind, method, "1.1", scheme, path, "/caf%C3%A9", "", "a=%20", "10.0.0.1", "4711", "localhost", "8080", "req-1"]
        fields += [str(len(headers) // 2), *headers]
        fields += [text for pair in more.items() for text in pair]
        self.connection.send(frames.encode_request(self._next_sequence(), flags, fields, SCOPE))

    def expect(self) -> Frame:
        frame = self.connection.expect()
        kind = frame[0]
        event = {frames.TEXT: states.MESSAGE, frames.BINARY: states.MESSAGE, frames.PART: states.MESSAGE, CLOSE: states.APPLICATION_CLOSE}.get(kind, kind)
        self.state.received(event)
        return frame

    def expect_named(self) -> "tuple[str, bytes]":
        kind, payload = self.expect()
        return frames.NAMES[kind], payload

    def finish(self, body: bytes = b"") -> "list[tuple[str, bytes]]":
        """Answers PULLs from a body until the exchange ends; returns the frames, those of data joined."""
        received: "list[tuple[str, bytes]]" = []
        while True:
            kind, payload = self.expect()
            if kind == PULL:
                size = int.from_bytes(payload, "big")
                piece, body = body[:size], body[size:]
                self.send(*((BODY, piece) if piece else (BODY_END,)))
            elif kind == DATA and received and received[-1][0] == "DATA":
                received[-1] = ("DATA", received[-1][1] + payload)
            else:
                received.append((frames.NAMES[kind], payload))
            if kind in (END, ABORT):
                return received

    def get(self, **more: Any) -> "list[tuple[str, bytes]]":
        self.start(**more)
        return self.finish()

    def text(self, text: str) -> None:
        self.send(TEXT, text.encode(), states.CLIENT_MESSAGE)

    def close_websocket(self, code: int, reason: str = "") -> None:
        self.send(CLOSE, f"{code}\0{reason}".encode(), states.CLIENT_CLOSE)


class AsgiTest(unittest.TestCase):
    """A test of connections that an application serves."""

    def serve(self, application: "Callable[..., Any]", state: "Optional[dict[str, Any]]" = None) -> AsgiClient:
        client = AsgiClient(application, state)
        self.addCleanup(client.dispose)
        return client
