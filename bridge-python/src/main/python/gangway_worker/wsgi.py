"""One exchange: the application's call, its response, and the handling of errors (W01-W03, W53-W68).

The worker's part of the rules:

- the head is held until the first non-empty block, the first ``write`` or the end (W57), and can be replaced until then (W55);
- each block is sent at once (W61); a list of one block is sent with its head and its end in one system call, and with a
  Content-Length (W62);
- if the method or the status has no body, none is sent and the iteration stops (W64), because an endless body would keep
  its thread without any use;
- the iterable is closed once, on this thread, before only END is sent (W65);
- any exception of the application, SystemExit and KeyboardInterrupt included, ends only its exchange (W68).

The bridge counts bytes against Content-Length (W63).
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Callable, MutableSequence, NamedTuple, Optional

from gangway_worker import frames, logs, states
from gangway_worker.connection import Connection, ConnectionLost
from gangway_worker.files import BLOCK_SIZE, FileWrapper, plain_file
from gangway_worker.frames import ABORT, DATA, END, FILE, FILE_REPLY, FLAG_EMPTY, FLAG_PUSHED, HEAD, REQUEST, ProtocolError
from gangway_worker.input import BodyAborted, EmptyInput, Input
from gangway_worker.logs import REQUEST_ID, ErrorStream, LogSender
from gangway_worker.rules import Head, RuleError, checked_head
from gangway_worker.states import ExchangeState

_NO_BODY = EmptyInput()
_END_FRAME = frames.encode(END)


class Service(NamedTuple):
    """The data that all exchanges of a worker share."""

    application: Callable[..., Any]
    #: The environ's keys that are the same for every request.
    environ: "dict[str, Any]"
    logs: LogSender
    #: The slot file: the sequence number of the request that each connection took last.
    slots: MutableSequence[int]


def common_environ(multithread: bool, multiprocess: bool) -> "dict[str, Any]":
    """The ``wsgi.*`` keys that are the same for all requests of a deployment."""
    return {
        "wsgi.version": (1, 0),
        "wsgi.multithread": multithread,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.input_terminated": True,
    }


def serve(service: Service, connection: Connection, slot: int) -> None:
    """Runs the exchanges of a connection, one after another, until it ends or cannot be used again.

    :raises ProtocolError: if the bridge breaks the protocol
    """
    state = ExchangeState()
    while True:
        frame = connection.receive()
        if frame is None:
            return
        frame_type, payload = frame
        if frame_type != REQUEST:
            # The rest of a pushed body that the application did not read (W45); the state refuses any other frame.
            state.received(frame_type)
            continue
        sequence, flags, fields = frames.split_request(payload)
        state.received(REQUEST | flags << 8)
        environ = dict(zip(fields[::2], fields[1::2]))
        exchange = Exchange(service, connection, state, environ, flags)
        service.slots[slot] = sequence
        exchange.run()
        if connection.fault is not None:
            raise connection.fault
        if connection.lost or not state.reusable:
            return


class Exchange:
    """One request's call of the application; used by one thread. An application that keeps start_response, write or the input can do no
    harm with them after the end: they raise then."""

    __slots__ = (
        "_service",
        "_connection",
        "_state",
        "_environ",
        "_input",
        "_errors",
        "_is_head",
        "_head",
        "_start_called",
        "_refusal",
        "_sent",
        "_silent",
        "_front",
        "_ended",
    )

    def __init__(
        self, service: Service, connection: Connection, state: ExchangeState, environ: "dict[str, Any]", flags: int
    ) -> None:
        self._service = service
        self._connection = connection
        self._state = state
        self._environ: "Optional[dict[str, Any]]" = environ
        self._input = _NO_BODY if flags & FLAG_EMPTY else Input(connection, state, bool(flags & FLAG_PUSHED))
        request_id = environ.get("gangway.request_id", "")
        REQUEST_ID.set(request_id)
        self._errors = ErrorStream(service.logs, request_id)
        self._is_head = environ.get("REQUEST_METHOD") == "HEAD"
        environ.update(service.environ)
        environ["wsgi.input"] = self._input
        environ["wsgi.errors"] = self._errors
        self._head: Optional[Head] = None
        self._start_called = False
        # The error of the last call of start_response, if it was refused.
        self._refusal: Optional[RuleError] = None
        # Whether the head was sent, and whether no body may follow it.
        self._sent = False
        self._silent = False
        # The HEAD frame of a response without a body, which is sent together with END.
        self._front = b""
        self._ended = False

    def run(self) -> None:
        """Calls the application and sends its response; never raises."""
        body: Any = None
        problem: Optional[BaseException] = None
        try:
            environ, self._environ = self._environ, None
            body = self._service.application(environ, self.start_response)
            if (type(body) is list or type(body) is tuple) and len(body) == 1 and not self._sent:
                self._send_whole(body[0])
                return
            self._send(body)
        except BaseException as error:
            problem = error
        self._ended = True
        failure = self._close(body)
        if failure is not None and (problem is None or self._is_clients(problem)):
            self._log("the iterable's close() failed", failure)
            failure = None
        self._finish()
        try:
            self._conclude(problem, failure)
        except (ConnectionLost, ProtocolError):
            self._connection.lost = True

    def _finish(self) -> None:
        """Called before END or ABORT is sent: objects that the application kept must not work any more when the next request comes."""
        self._ended = True
        self._input.end_exchange()
        self._errors.flush()

    # The functions that the application calls.

    def start_response(self, status: str, headers: "list[tuple[str, str]]", exc_info: Any = None) -> "Callable[[bytes], None]":
        """PEP 3333's start_response.

        :raises RuleError: if the call, the status or a header breaks a rule; nothing of them is sent
        """
        if self._ended:
            raise RuntimeError("start_response was called after its request had ended")
        if exc_info is not None:
            try:
                if self._sent:
                    raise exc_info[1].with_traceback(exc_info[2])  # W56
            finally:
                exc_info = None  # otherwise this frame and the traceback would keep each other alive
        elif self._start_called:
            raise RuleError(
                "W54",
                "start_response",
                "one call, or a later one with exc_info",
                "a second call without exc_info",
                "pass sys.exc_info() of the error that made you change the response as third argument",
            )
        self._start_called = True
        self._head = None
        try:
            self._head = checked_head(status, headers)
        except RuleError as error:
            self._refusal = error
            raise
        return self.write

    def write(self, data: bytes) -> None:
        """The callable that start_response returns (W53)."""
        if self._ended:
            raise RuntimeError("write was called after its request had ended")
        self._emit(data)

    # The response.

    def _send_whole(self, block: object) -> None:
        """Sends a list of one block, with head and end. A list has no ``close``."""
        data = _checked(block)
        size = len(data)
        head = self._checked_head()
        payload = head.payload
        if head.content_length is None and size and not head.bodiless:
            payload += b"\0Content-Length\0%d" % size
        front = frames.header(HEAD, len(payload)) + payload
        state, connection = self._state, self._connection
        state.sent(HEAD)
        self._sent = True
        self._finish()
        if size == 0 or head.bodiless or self._is_head:
            connection.send(front + _END_FRAME)
        elif size <= frames.MAX_PAYLOAD:
            state.sent(DATA)
            connection.send_block(data, front, _END_FRAME)
        else:
            self._send_blocks_of(data, front)
            connection.send(_END_FRAME)
        state.sent(END)

    def _send(self, body: Any) -> None:
        if body is None:
            raise RuleError(
                "W02", "the application's return", "an iterable of blocks", "None", "return [] if there is no body"
            )
        if type(body) is FileWrapper:
            self._send_file(body)
        else:
            for block in body:
                self._emit(block)
                if self._silent:
                    break
        if not self._sent:
            self._front = self._start(self._checked_head())

    def _emit(self, block: object) -> None:
        data = _checked(block)
        if not data or self._silent:
            return
        front = b""
        if not self._sent:
            front = self._start(self._checked_head())
            if self._silent:
                self._front = front
                return
        self._send_blocks_of(data, front)

    def _send_blocks_of(self, data: bytes, front: bytes) -> None:
        """Sends a block in as many DATA frames as it needs."""
        if len(data) <= frames.MAX_PAYLOAD:
            self._state.sent(DATA)
            self._connection.send_block(data, front)
            return
        view = memoryview(data)
        for start in range(0, len(data), frames.MAX_PAYLOAD):
            self._state.sent(DATA)
            self._connection.send_block(view[start : start + frames.MAX_PAYLOAD], front)
            front = b""

    def _start(self, head: Head) -> bytes:
        """The HEAD frame; the caller must send it."""
        self._state.sent(HEAD)
        self._sent = True
        self._silent = self._is_head or head.bodiless
        return frames.encode(HEAD, head.payload)

    def _checked_head(self) -> Head:
        if self._head is not None:
            return self._head
        if self._refusal is not None:
            raise self._refusal
        raise RuleError(
            "W02",
            "the body",
            "start_response to be called before the first non-empty block, or the end",
            "no call",
            "call start_response with status and headers",
        )

    # Files.

    def _send_file(self, wrapper: FileWrapper) -> None:
        head = self._checked_head()
        opened = None if self._is_head or head.bodiless else plain_file(wrapper.filelike)
        if opened is None:
            self._read_file(wrapper, head)
            return
        length = opened.length
        if head.content_length is None:
            if not self._sent:
                head = head._replace(payload=head.payload + b"\0Content-Length\0%d" % length, content_length=length)
        else:
            length = min(length, head.content_length)
        if opened.path is None:
            self._head = head  # with the length, which is known here too
            self._read_file(wrapper, head)
            return
        what = (str(opened.offset), str(length), str(opened.device), str(opened.inode))
        offer = frames.encode_fields(FILE, (opened.path, *what))
        front = b"" if self._sent else self._start(head)
        self._state.sent(FILE)
        self._connection.send(front + offer)
        if not self._is_accepted():
            self._read_file(wrapper, head)

    def _is_accepted(self) -> bool:
        """Whether the bridge has opened the file, and sends it to the client."""
        self._input.keep_pushed()
        try:
            frame_type, payload = self._connection.expect()
            sent = payload == b"sent"
            if frame_type != FILE_REPLY or not (sent or payload == b"refused"):
                raise ProtocolError(f"{frames.NAMES[frame_type]} in place of FILE_REPLY `sent` or `refused`")
            self._state.received(states.FILE_SENT if sent else states.FILE_REFUSED)
        except ProtocolError as error:
            raise self._connection.break_off(error) from error
        return sent

    def _read_file(self, wrapper: FileWrapper, head: Head) -> None:
        """Reads the file in blocks of our size and sends them, up to Content-Length."""
        left = sys.maxsize if head.content_length is None else head.content_length
        while left > 0 and not self._silent:
            block = wrapper.filelike.read(min(left, BLOCK_SIZE))
            if not block:
                return
            self._emit(block)
            left -= len(block)

    # The end.

    def _close(self, body: Any) -> Optional[BaseException]:
        """Closes the iterable (W65). An error does not change the response, but is logged."""
        try:
            close = getattr(body, "close", None)
            if close is not None:
                close()
        except BaseException as error:
            return None if self._is_clients(error) else error
        return None

    def _conclude(self, problem: Optional[BaseException], close_failure: Optional[BaseException]) -> None:
        """Sends the end.

        :param close_failure: the exception of ``close()`` after a problem: both are reported together, because one fault is one log entry
        """
        if problem is None:
            self._state.sent(END)
            self._connection.send(self._front + _END_FRAME)
        elif not self._connection.lost:
            kind = "rule" if isinstance(problem, RuleError) else "client" if self._is_clients(problem) else "application"
            summary, traceback = self._described(problem, close_failure)
            abort = frames.encode_texts(ABORT, (kind, str(problem) if kind == "rule" else summary, traceback))
            self._state.sent(ABORT)
            self._connection.send(self._front + abort)
        elif not self._is_clients(problem):
            self._log("the application failed after the client had left", problem, close_failure)

    @staticmethod
    def _is_clients(problem: BaseException) -> bool:
        """Whether a problem was caused by the client: it left, or stopped in the middle of its body."""
        link: Optional[BaseException] = problem
        for _ in range(20):  # a limit, because a chain of exceptions may be a circle
            if link is None:
                return False
            if isinstance(link, (BodyAborted, ConnectionLost)):
                return True
            link = link.__cause__ or link.__context__
        return False

    @staticmethod
    def _described(problem: BaseException, close_failure: Optional[BaseException]) -> "tuple[str, str]":
        summary, traceback = logs.format_problem(problem)
        if close_failure is not None:
            traceback += "Then the iterable's close() failed:\n" + logs.format_problem(close_failure)[1]
        return summary, traceback

    def _log(self, what: str, problem: BaseException, close_failure: Optional[BaseException] = None) -> None:
        summary, traceback = self._described(problem, close_failure)
        self._service.logs.log(logging.ERROR, "gangway", f"{what}: {summary}\n{traceback.rstrip()}")


def _checked(block: object) -> bytes:
    """Checks that a block is bytes (W60)."""
    if isinstance(block, bytes):
        return block
    hint = "encode text" if isinstance(block, str) else "return [data], not data" if isinstance(block, int) else "yield bytes"
    raise RuleError("W60", "the body", "blocks of bytes", type(block).__name__, hint)
