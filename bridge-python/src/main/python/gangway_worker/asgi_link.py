"""An exchange connection of an ASGI worker: frames over a socket that the event loop reads, one exchange at a time."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from typing import TYPE_CHECKING, Any, Callable, MutableSequence, Optional

from gangway_worker import frames, scopes, states
from gangway_worker.asgi import Exchange, HttpExchange
from gangway_worker.asgi_websocket import WebSocketExchange
from gangway_worker.connection import Descriptor
from gangway_worker.forks import ForkGuard
from gangway_worker.frames import BINARY, DATA, FILE_REPLY, PART, REQUEST, SCOPE, ProtocolError, Splitter
from gangway_worker.logs import LogSender
from gangway_worker.states import ExchangeState

if TYPE_CHECKING:
    from gangway_worker.asgi_server import Server

#: Bytes that are received at once, whatever the connection: as many as a Unix socket usually holds.
BUFFER_SIZE = 256 << 10

#: Bytes above which what is written leaves before the loop's turn ends, and above which a block is not copied behind its header.
FLUSH_SIZE = 64 << 10

#: Seconds after which a head is sent although no byte of the body is there, at the latest: nobody notices it, and middleware that hands both on needs less.
HEAD_SECONDS = 0.01

#: Bytes that may wait for the bridge to read before send waits, too.
HIGH_WATER = 64 << 10


class Service:
    """What all links of a worker share. Belongs to the loop."""

    def __init__(
        self,
        application: "Callable[..., Any]",
        loop: asyncio.AbstractEventLoop,
        sender: LogSender,
        guard: ForkGuard,
        slots: MutableSequence[int],
    ) -> None:
        self.application = application
        self.loop = loop
        self.logs = sender
        self.guard = guard
        #: The slot file: the sequence number of the request that each connection took last.
        self.slots = slots
        #: What lifespan startup has left (A05).
        self.state: "dict[str, Any]" = {}
        self.buffer = memoryview(bytearray(BUFFER_SIZE))
        #: Exchanges whose head waits for the first byte of the body.
        self._heads: "list[HttpExchange]" = []
        #: The exchanges' tasks, those included whose client has the whole response.
        self.tasks: "set[asyncio.Task[None]]" = set()

    def head_waits(self, exchange: HttpExchange) -> None:
        """Lets the head go out soon if no body comes; one timer serves all, because most bodies come at once."""
        if not self._heads:
            self.loop.call_later(HEAD_SECONDS, self._send_heads)
        self._heads.append(exchange)

    def _send_heads(self) -> None:
        heads, self._heads = self._heads, []
        for exchange in heads:
            exchange.send_head()


class Link(asyncio.BufferedProtocol, Descriptor):
    """One connection. Writes of one turn of the loop leave together, unless the client has to wait for nothing else."""

    __slots__ = (
        "slot",
        "state",
        "exchange",
        "is_full",
        "is_lost",
        "_server",
        "_service",
        "_descriptor",
        "_transport",
        "_splitter",
        "_unsent",
        "_data",
        "_data_size",
        "_size",
        "_is_due",
        "_waiting",
    )

    def __init__(self, server: "Server", service: Service, slot: int, sock: socket.socket) -> None:
        self.slot = slot
        self.state = ExchangeState()
        #: The one that is running, until its response is complete.
        self.exchange: Optional[Exchange] = None
        #: Whether send has to wait.
        self.is_full = False
        self.is_lost = False
        self._server = server
        self._service = service
        self._descriptor = sock.fileno()
        self._transport: Any = None
        self._splitter = Splitter()
        self._unsent: "list[bytes | memoryview]" = []
        #: Blocks of a body that are to become one frame.
        self._data: "list[bytes]" = []
        self._data_size = 0
        self._size = 0
        self._is_due = False
        self._waiting: "list[asyncio.Future[None]]" = []
        Descriptor.__init__(self, self._descriptor)

    # Called by the loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.set_write_buffer_limits(HIGH_WATER)

    def get_buffer(self, sizehint: int) -> memoryview:
        """One buffer for all: what comes is taken out of it before anything else is received."""
        return self._service.buffer

    def buffer_updated(self, nbytes: int) -> None:
        try:
            for frame_type, payload in self._splitter.feed(self._service.buffer[:nbytes]):
                self._take(frame_type, payload)
        except ProtocolError as error:
            self._service.logs.log(logging.ERROR, "gangway", f"exchange connection {self.slot} is replaced after an error: {error}", "")
            self.close()

    def eof_received(self) -> bool:
        self._descriptor = -1  # closed from now on, also if connection_lost comes later
        return False

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self.is_lost = True
        self._descriptor = -1
        self._unsent.clear()
        self._data.clear()
        self.resume_writing()
        exchange = self.exchange
        if exchange is not None:
            self.exchange = None
            exchange.disconnected()
        self._server.link_ended(self, exc)

    def pause_writing(self) -> None:
        self.is_full = True

    def resume_writing(self) -> None:
        self.is_full = False
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def _take(self, frame_type: int, payload: bytes) -> None:
        if frame_type == SCOPE:
            self._begin(payload)
            return
        if frame_type == FILE_REPLY:
            raise ProtocolError("FILE_REPLY without a FILE")
        self.state.received(states.CLIENT_MESSAGE if frame_type == BINARY or frame_type == PART else frame_type)
        exchange = self.exchange
        if exchange is not None:  # otherwise it is what is left of a request that was answered before
            exchange.received(frame_type, payload)

    def _begin(self, payload: bytes) -> None:
        service = self._service
        opening = scopes.read(payload, service.state)
        exchange: Exchange
        if opening.scope["type"] == "http":
            self.state.received(REQUEST | opening.flags << 8)
            exchange = HttpExchange(service, self, opening.scope, opening.request_id, opening.flags)
        else:
            self.state.received(states.WEBSOCKET)
            exchange = WebSocketExchange(service, self, opening.scope, opening.request_id)
        service.slots[self.slot] = opening.sequence
        self.exchange = exchange
        task = service.loop.create_task(exchange.run())
        exchange.task = task
        service.tasks.add(task)
        task.add_done_callback(self._server.task_ended)

    # For the exchange.

    def write_data(self, block: bytes) -> None:
        """Writes a part of a body: when the loop's turn ends, in one frame with what else was written in it; a large one at once."""
        if len(block) >= FLUSH_SIZE:
            self._write_large(block)
            return
        if not self._data:
            self.state.sent(DATA)
        self._data.append(block)
        self._data_size += len(block)
        if self._data_size >= FLUSH_SIZE:
            self._flush()
        elif not self._is_due:
            self._is_due = True
            self._service.loop.call_soon(self._flush_due)

    def _write_large(self, block: bytes) -> None:
        view = memoryview(block)
        for start in range(0, len(block), frames.MAX_PAYLOAD):
            piece = view[start : start + frames.MAX_PAYLOAD]
            self.state.sent(DATA)
            self.write_block(frames.header(DATA, len(piece)), piece, b"", False)

    def _seal(self) -> None:
        """Makes a frame of the blocks."""
        data, size = self._data, self._data_size
        self._data, self._data_size = [], 0
        if not self.is_lost:
            self._unsent.append(b"".join((frames.header(DATA, size), *data)))
            self._size += size

    def write(self, data: bytes, is_now: bool) -> None:
        """Writes frames: at once, or when the loop's turn ends."""
        if self.is_lost:
            return
        if self._data:
            self._seal()
        self._unsent.append(data)
        self._size += len(data)
        if is_now or self._size >= FLUSH_SIZE:
            self._flush()
        elif not self._is_due:
            self._is_due = True
            self._service.loop.call_soon(self._flush_due)

    def write_block(self, front: bytes, block: "bytes | memoryview", back: bytes, is_now: bool) -> None:
        """Writes a block between frames, without a copy of a large one."""
        if len(block) < FLUSH_SIZE:
            self.write(b"".join((front, block, back)), is_now)
        elif not self.is_lost:
            if self._data:
                self._seal()
            self._unsent += (front, block, back) if back else (front, block)
            self._size += len(block)
            self._flush()

    def _flush_due(self) -> None:
        self._is_due = False
        self._flush()

    def _flush(self) -> None:
        if self._data:
            self._seal()
        unsent = self._unsent
        if not unsent or self.is_lost:
            return
        self._unsent = []
        if len(unsent) == 1:
            self._transport.write(unsent[0])
        elif self._size < FLUSH_SIZE:
            self._transport.write(b"".join(unsent))
        else:
            self._transport.writelines(unsent)
        self._size = 0
        if self._transport.is_closing():
            # The write has failed, and the loop tells it in its next turn: an application that sends on and on must let it have one.
            self.is_full = True

    def pause_reading(self) -> None:
        """Lets the bridge wait: more has come than the exchange takes."""
        if self._descriptor >= 0:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Undoes :meth:`pause_reading`."""
        if self._descriptor >= 0:
            self._transport.resume_reading()

    async def drained(self) -> None:
        """Waits until there is room again, or the connection has ended."""
        while self.is_full and not self.is_lost:
            future = self._service.loop.create_future()
            self._waiting.append(future)
            await future

    def close(self) -> None:
        """Ends it; nothing that was written is lost."""
        self._descriptor = -1
        if self._transport is not None:
            self._transport.close()

    # For the process.

    def fileno(self) -> int:
        return self._descriptor

    def close_copy(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
