"""One exchange of an ASGI application: a task, its receive and its send (A10-A18).

The worker's part of the rules:

- nothing is read of the request before the application asks (A10), and send returns when the bytes are below the high-water mark (A12);
- the start is held until the first part of the body, but only for a moment, so that an early failure can still be a 500 (A14);
- order and content of messages are checked here (A15), so that the error is raised at the call that broke the rule;
- END is sent with the last byte: what the task does after that (background tasks) keeps no client waiting and no connection;
- a task whose client has left is told by receive and send, and cancelled when it goes on for too long;
- any exception of the application, SystemExit and KeyboardInterrupt included, ends only its exchange (A17).

The bridge counts bytes against Content-Length.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Optional

from gangway_worker import asgi_rules, frames, logs
from gangway_worker.connection import ConnectionLost
from gangway_worker.frames import ABORT, BODY, BODY_ABORT, BODY_END, BODY_FILE, DATA, END, FLAG_EMPTY, FLAG_PUSHED, HEAD, LEFT, PULL, TRAILED_HEAD, TRAILERS
from gangway_worker.logs import REQUEST_ID
from gangway_worker.rules import Head, RuleError

if TYPE_CHECKING:
    from gangway_worker.asgi_link import Link, Service

#: Seconds that a task may go on after its client has left; then it is cancelled. It has been told, if it asked or sent. The same time as in Daphne.
CANCEL_SECONDS = 10

#: Bytes that a PULL asks for: more is seldom there at once.
_PULL = frames.encode(PULL, (64 << 10).to_bytes(4, "big"))
_END_FRAME = frames.encode(END)


class ClientLeft(ConnectionLost):
    """The client has left: nobody reads what is sent (A13)."""

    def __init__(self) -> None:
        super().__init__("the client has left")


class Exchange:
    """A connection of an ASGI application's, from its scope to the end of its task. Used by the loop's thread."""

    __slots__ = ("service", "link", "scope", "request_id", "task", "is_complete", "is_gone", "is_closing", "is_cancelled", "_waiting", "_cancelling")

    def __init__(self, service: "Service", link: "Link", scope: "dict[str, Any]", request_id: str) -> None:
        self.service = service
        self.link = link
        self.scope = scope
        self.request_id = request_id
        self.task: "Optional[asyncio.Task[None]]" = None
        #: The client has everything; the link belongs to another exchange by now.
        self.is_complete = False
        #: The client has left.
        self.is_gone = False
        #: The client has closed its side, and may still read.
        self.is_closing = False
        #: The task was cancelled because its client has left.
        self.is_cancelled = False
        self._waiting: "list[asyncio.Future[None]]" = []
        #: What cancels the task in time, because its client has left.
        self._cancelling: "Optional[asyncio.TimerHandle]" = None

    async def run(self) -> None:
        """Calls the application; raises only if the task was cancelled."""
        REQUEST_ID.set(self.request_id)
        problem: Optional[BaseException] = None
        try:
            await self.service.application(self.scope, self.receive, self.send)
        except BaseException as error:
            problem = error
        self.service.guard.leave_if_child()
        try:
            self.conclude(problem)
            if isinstance(problem, asyncio.CancelledError):
                raise problem
        finally:
            if self._cancelling is not None:
                self._cancelling.cancel()  # otherwise it keeps the scope and the body alive: many clients may leave within its seconds
            problem = None  # otherwise this frame and the traceback keep each other alive, and with them generators that are to be closed now

    async def receive(self) -> "dict[str, Any]":
        """The next event."""
        raise NotImplementedError

    async def send(self, message: "dict[str, Any]") -> None:
        """Sends a message."""
        raise NotImplementedError

    def received(self, frame_type: int, payload: bytes) -> None:
        """Takes a frame, which the state table allows."""
        raise NotImplementedError

    def conclude(self, problem: Optional[BaseException]) -> None:
        """The application has returned or raised."""
        raise NotImplementedError

    def disconnected(self) -> None:
        """The link has ended: the client has left, or the bridge is gone."""
        self.is_gone = True
        self.wake()
        self.cancel_later()

    def cancel_later(self) -> None:
        """Gives the task some time to end by itself."""
        if self._cancelling is None:
            self._cancelling = self.service.loop.call_later(CANCEL_SECONDS, self._cancel)

    def _cancel(self) -> None:
        task = self.task
        if task is not None and not task.done() and not self.is_complete and not self.is_cancelled:
            self.is_cancelled = True
            task.cancel()

    def wake(self) -> None:
        """Lets those go on that wait for an event."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def changed(self) -> None:
        """Waits for the next event of the bridge."""
        future = self.service.loop.create_future()
        self._waiting.append(future)
        try:
            await future
        finally:
            if not future.done() or future.cancelled():
                self._waiting = [other for other in self._waiting if other is not future]

    def log_late(self, end: str, problem: Optional[BaseException]) -> None:
        """Logs a problem that no client is told of, unless it is the client's, or a cancellation, as by a stop."""
        if problem is None or isinstance(problem, asyncio.CancelledError) or self.is_clients(problem):
            return
        summary, traceback = logs.format_problem(problem)
        self.service.logs.log(logging.ERROR, "gangway", f"the application failed after {end}: {summary}\n{traceback.rstrip()}", self.request_id)

    def is_clients(self, problem: BaseException) -> bool:
        """Whether the client is the cause."""
        if self.is_cancelled and isinstance(problem, asyncio.CancelledError):
            return True
        link: Optional[BaseException] = problem
        for _ in range(20):  # a limit, because a chain of exceptions may be a circle
            if link is None:
                return False
            if isinstance(link, ConnectionLost):
                return True
            link = link.__cause__ or link.__context__
        return False


class HttpExchange(Exchange):
    """An HTTP request."""

    __slots__ = ("_is_head", "_content_length", "_body", "_got", "_is_asked", "_is_body_complete", "_is_body_told", "_is_pushed", "_head", "_is_started", "_is_silent", "_is_body_sent", "_trailers")

    def __init__(self, service: "Service", link: "Link", scope: "dict[str, Any]", request_id: str, flags: int) -> None:
        super().__init__(service, link, scope, request_id)
        self._is_head = scope["method"] == "HEAD"
        #: Bytes that have come and were not given to the application.
        self._body: "list[bytes]" = []
        self._got = 0
        self._is_asked = False
        self._is_body_complete = bool(flags & FLAG_EMPTY)
        #: Whether the application has the event that ends the body.
        self._is_body_told = False
        self._is_pushed = bool(flags & FLAG_PUSHED)
        self._content_length = -1 if self._is_body_complete else _content_length(scope["headers"])
        self._head: Optional[Head] = None
        self._is_started = False
        self._is_silent = False
        #: Whether only the trailers are still to come.
        self._is_body_sent = False
        #: The fields of the TRAILERS frame; None if the start has announced none.
        self._trailers: "Optional[list[bytes]]" = None

    # The request.

    async def receive(self) -> "dict[str, Any]":
        """``http.request`` until the body is complete, then ``http.disconnect`` when the client has left or has the response."""
        while True:
            if self.is_complete or self.is_gone:
                return {"type": "http.disconnect"}
            if not self._is_body_told:
                if self._is_body_complete or (self._body and not self._is_pushed):
                    return self._take_body()
                if not self._is_asked and not self._is_pushed:
                    self._is_asked = True
                    self.link.state.sent(PULL)
                    self.link.write(_PULL, True)
            elif self.is_closing:
                return {"type": "http.disconnect"}
            await self.changed()

    def _take_body(self) -> "dict[str, Any]":
        body = b"".join(self._body) if len(self._body) != 1 else self._body[0]
        self._body.clear()
        self._is_body_told = self._is_body_complete
        return {"type": "http.request", "body": body, "more_body": not self._is_body_complete}

    def received(self, frame_type: int, payload: bytes) -> None:
        if frame_type == BODY:
            self._is_asked = False
            self._body.append(payload)
            self._got += len(payload)
            if self._got == self._content_length and not self._is_pushed:
                self._is_body_complete = True
        elif frame_type == BODY_FILE:  # in frames, please: files are read by threads
            self.link.state.sent(PULL)
            self.link.write(_PULL, True)
            return
        elif frame_type == BODY_END:
            self._is_body_complete = True
        elif frame_type == BODY_ABORT:
            self.is_gone = True
        elif frame_type == LEFT:
            self.is_closing = True
            self.cancel_later()
        self.wake()

    # The response.

    async def send(self, message: "dict[str, Any]") -> None:
        """Takes ``http.response.start`` once, ``http.response.body`` until the last, and ``http.response.trailers`` if the start has announced them.

        :raises RuleError: if the message breaks a rule
        :raises ClientLeft: if the client has left
        """
        kind = asgi_rules.type_of(message)
        if self.is_complete:
            if kind == "http.response.trailers" and self._trailers is None:
                raise asgi_rules.misplaced(kind, "nothing", "the response is complete, and its start has announced no trailers")
            return
        if self.is_gone:
            raise ClientLeft
        if self._is_body_sent:
            self._take_trailers(kind, message)
        elif kind == "http.response.body":
            self._take_block(message)
            if self.link.is_full and not self.is_complete:
                await self._drain()
        elif kind != "http.response.start" or self._head is not None:
            expected = "http.response.start" if self._head is None else "http.response.body"
            raise asgi_rules.misplaced(kind, expected, "nothing has been sent" if self._head is None else "the response has started")
        else:
            self._head = asgi_rules.checked_start(message)
            self._trailers = [b""] if message.get("trailers", False) else None
            self.service.head_waits(self)

    def send_head(self) -> None:
        """Sends the head if it still waits: the client must see that it is served (A14)."""
        head = self._head
        if head is None or self._is_started or self.is_complete or self.is_gone or self.link.is_lost or self._is_head or head.bodiless:
            return
        self.link.write(self._start(head), False)

    def _take_block(self, message: "dict[str, Any]") -> None:
        head = self._head
        if head is None:
            raise asgi_rules.misplaced("http.response.body", "http.response.start", "nothing has been sent")
        block = message.get("body", b"")
        if type(block) is not bytes:
            block = asgi_rules.checked_block("http.response.body", block)
        is_last = not message.get("more_body", False)
        if is_last and self._trailers is None:
            self._finish(head, block)
            return
        self._is_body_sent = is_last
        if not block or self._is_silent:
            return
        if not self._is_started:
            self.link.write(self._start(_with_length(head, block) if is_last else head), False)
            if self._is_silent:
                return
        self.link.write_data(block)

    def _take_trailers(self, kind: str, message: "dict[str, Any]") -> None:
        """A52: with the last of them, the response is complete."""
        head, before = self._head, self._trailers
        if kind != "http.response.trailers" or head is None or before is None:
            raise asgi_rules.misplaced(kind, "http.response.trailers", "the body is complete")
        self._trailers = asgi_rules.checked_trailers(message, before)
        if message.get("more_trailers", False):
            return
        front = b"" if self._is_started else self._start(head)
        self.link.state.sent(TRAILERS)
        self.link.write(front + frames.encode(TRAILERS, b"\0".join(self._trailers)) + _END_FRAME, True)
        self.link.state.sent(END)
        self._let_go()

    async def _drain(self) -> None:
        await self.link.drained()
        if self.is_gone:
            raise ClientLeft

    def _start(self, head: Head) -> bytes:
        """The frame with the head, to be written."""
        kind = HEAD if self._trailers is None else TRAILED_HEAD
        self.link.state.sent(kind)
        self._is_started = True
        self._is_silent = self._is_head or head.bodiless
        return frames.encode(kind, head.payload)

    def _finish(self, head: Head, block: bytes) -> None:
        """Sends the last part of the body, with all that was held, and gives up the link: the next exchange may come."""
        front = b""
        if not self._is_started:
            front = self._start(_with_length(head, block))
        link = self.link
        if not block or self._is_silent:
            link.write(front + _END_FRAME, True)
        elif len(block) <= frames.MAX_PAYLOAD:
            link.state.sent(DATA)
            link.write_block(front + frames.header(DATA, len(block)), block, _END_FRAME, True)
        else:
            link.write(front, False)
            link.write_data(block)
            link.write(_END_FRAME, True)
        self.link.state.sent(END)
        self._let_go()

    def _let_go(self) -> None:
        self.is_complete = True
        self.link.exchange = None
        self.wake()

    # The end.

    def conclude(self, problem: Optional[BaseException]) -> None:
        if not self.is_complete and not self.link.is_lost:
            self._abort(problem)
        else:
            self.log_late("its response was complete" if self.is_complete else "the client had left", problem)

    def _abort(self, problem: Optional[BaseException]) -> None:
        if problem is None and (self.is_gone or self.is_closing):  # it has been told, and may return without a response
            kind, summary, traceback = "client", "the client has left", ""
        elif problem is None:
            state = "no start" if self._head is None else "no http.response.trailers" if self._is_body_sent else "no last part of the body"
            fix = "await send: http.response.start, and http.response.body without more_body at the end" + ("" if self._trailers is None else ", and then http.response.trailers")
            error = RuleError("A17", "the application's return", "a complete response", state, fix)
            kind, summary, traceback = "rule", str(error), ""
        else:
            kind = "rule" if isinstance(problem, RuleError) else "client" if self.is_gone or self.is_clients(problem) else "application"
            summary, traceback = logs.format_problem(problem)
            if kind == "rule":
                summary = str(problem)
        self.link.state.sent(ABORT)
        self.link.write(frames.encode_texts(ABORT, (kind, summary, traceback)), True)
        self._let_go()


def _with_length(head: Head, block: bytes) -> Head:
    """The head of a body that is one block (W62)."""
    if head.content_length is not None or not block or head.bodiless:
        return head
    return head._replace(payload=head.payload + b"\0content-length\0%d" % len(block))


def _content_length(headers: "list[tuple[bytes, bytes]]") -> int:
    """Bytes of the body, if they are known, so that the last part can be told as such; otherwise negative."""
    length = -1
    for name, value in headers:
        if name == b"transfer-encoding":
            return -1
        if name == b"content-length" and value.isdigit():
            length = int(value)
    return length
