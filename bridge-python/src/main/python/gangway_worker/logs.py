"""What the application says, on its way to the container's log: ``wsgi.errors``, ``logging``, and warnings.

All of it goes as LOG frames over the control connection, with the id of the request that the thread is serving. ``print`` does
not come through here: stdout and stderr are connections of their own.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import traceback
import warnings
from collections import deque
from contextvars import ContextVar
from typing import Any, Deque, Iterable, Optional

from gangway_worker import frames
from gangway_worker.connection import Connection, ConnectionLost

#: The request that this thread, or this task, is serving; empty between requests.
REQUEST_ID: "ContextVar[str]" = ContextVar("gangway.request_id", default="")

#: Characters of an unfinished line that are kept for its line feed; then it goes out as it is.
MAX_PARTIAL = 64 << 10


class LogSender:
    """Sends records over a connection that many threads share; to stderr where there is none.

    Re-entrant: a destructor or a signal handler may log while its own thread is sending, and its record goes out behind the
    one that it interrupted, never inside.
    """

    def __init__(self) -> None:
        self._connection: Optional[Connection] = None
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        """In a fork's child, nobody will release a lock that another thread held."""
        #: Held while a record is sent. The one lock here that is held across I/O: the order of records is what it guards.
        self.lock = threading.RLock()
        self._waiting: Deque[bytes] = deque()
        self._sending = False

    def use(self, connection: Connection) -> None:
        """Directs everything to a connection."""
        self._connection = connection

    def log(self, level: int, logger: str, text: str, request_id: Optional[str] = None) -> None:
        """Sends one record; never raises for want of a connection."""
        request = REQUEST_ID.get() if request_id is None else request_id
        connection = self._connection
        if connection is None or connection.lost:
            os.write(2, f"{logger}: {text}\n".encode("utf-8", "backslashreplace"))
            return
        self.send(frames.encode_texts(frames.LOG, (str(level), logger, request, text)))

    def send(self, frame: bytes) -> None:
        """Sends any frame on the connection, in one piece. What cannot be sent any more is dropped: the JVM is gone."""
        with self.lock:
            self._waiting.append(frame)
            if self._sending:
                return
            self._sending = True
            try:
                while self._waiting and self._connection is not None:
                    self._connection.send(self._waiting.popleft())
            except ConnectionLost:
                self._waiting.clear()
            finally:
                self._sending = False


def tell_stacks(sender: LogSender) -> None:
    """Logs, as one record, what all threads are doing. Without memory that has a descriptor (Linux: memfd_create(2)), it goes to stderr
    line by line: faulthandler writes to a descriptor, since it asks nothing of an interpreter that may be in any state."""
    try:
        descriptor = os.memfd_create("gangway-stacks")
    except (AttributeError, OSError):
        faulthandler.dump_traceback(file=2, all_threads=True)
        return
    try:
        faulthandler.dump_traceback(file=descriptor, all_threads=True)
        text = os.pread(descriptor, frames.MAX_TEXT, 0).decode("utf-8", "backslashreplace")
    finally:
        os.close(descriptor)
    sender.log(logging.WARNING, "gangway", f"what the worker's threads are doing:\n{text.rstrip()}", "")


class ErrorStream:
    """``wsgi.errors`` of one request (W47): text by the line, or by the write that brought several. Any thread may write."""

    __slots__ = ("_sender", "_request_id", "_partial", "__weakref__")

    def __init__(self, sender: LogSender, request_id: str) -> None:
        self._sender = sender
        self._request_id = request_id
        self._partial = ""

    def write(self, text: str) -> int:
        """Takes text; complete lines go to the log at once."""
        if not isinstance(text, str):
            raise TypeError(f"wsgi.errors takes str, not {type(text).__name__}")
        with self._sender.lock:
            pending = self._partial + text
            line_end = pending.rfind("\n") + 1
            if len(pending) - line_end > MAX_PARTIAL:
                line_end = len(pending)
            self._partial = pending[line_end:]
            self._send(pending[:line_end])
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Takes lines, which bring their line feeds along."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Sends an unfinished line."""
        if self._partial:
            with self._sender.lock:
                partial, self._partial = self._partial, ""
                self._send(partial)

    def _send(self, text: str) -> None:
        text = text.rstrip("\r\n")
        for start in range(0, len(text), MAX_PARTIAL):
            self._sender.log(logging.ERROR, "wsgi.errors", text[start : start + MAX_PARTIAL], self._request_id)


class LogHandler(logging.Handler):
    """Python's ``logging`` to the bridge; a traceback stays with its record."""

    def __init__(self, sender: LogSender) -> None:
        super().__init__()
        self._sender = sender
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._sender.log(record.levelno, record.name, self.format(record))
        except Exception:  # as every handler: a record that cannot be formatted is reported, and ends nothing
            self.handleError(record)


def install(sender: LogSender, level: Optional[str]) -> LogHandler:
    """Takes what nobody else handles, while the application is being imported: an application that calls
    ``logging.basicConfig`` must still find a root logger without handlers."""
    handler = LogHandler(sender)
    logging.lastResort = handler  # type: ignore[assignment]
    if level is not None:
        logging.getLogger().setLevel(level.upper())
    _send_warnings(sender)
    _send_uncaught(sender)
    return handler


def settle(handler: LogHandler) -> None:
    """Once the application is imported: puts our handler on the root logger if the application configured none, so that
    frameworks see one and libraries that silence themselves are heard."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(handler)


def _send_warnings(sender: LogSender) -> None:
    """Not ``logging.captureWarnings``: it silences its logger until somebody configures handlers."""
    show = warnings.showwarning

    def showwarning(
        message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Optional[str] = None
    ) -> None:
        if file is not None:
            show(message, category, filename, lineno, file, line)
        else:
            text = warnings.formatwarning(message, category, filename, lineno, line)
            sender.log(logging.WARNING, "py.warnings", text.rstrip("\n"))

    warnings.showwarning = showwarning


def _send_uncaught(sender: LogSender) -> None:
    """What ends a thread of the application's own, or is raised where nobody can catch it, such as in ``__del__``: one record
    each, for on stderr its lines would mix with others'."""

    def excepthook(args: Any) -> None:
        if args.exc_type is not SystemExit:  # which ends a thread quietly
            name = "a thread" if args.thread is None else f"thread {args.thread.name}"
            _log_uncaught(sender, f"uncaught in {name}", args.exc_value, args.exc_type)

    def unraisablehook(args: Any) -> None:
        try:
            where = f"{args.err_msg or 'Exception ignored in'}: {args.object!r}"
        except Exception:
            where = "Exception ignored in an object that cannot be shown"
        _log_uncaught(sender, where, args.exc_value, args.exc_type)

    threading.excepthook = excepthook
    sys.unraisablehook = unraisablehook


def _log_uncaught(sender: LogSender, where: str, problem: Optional[BaseException], kind: "type[BaseException]") -> None:
    summary, traceback = (kind.__name__, "") if problem is None else format_problem(problem)
    sender.log(logging.ERROR, "gangway", f"{where}: {summary}\n{traceback}".rstrip())


_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def format_problem(problem: BaseException) -> "tuple[str, str]":
    """An exception's summary and traceback, without our own frames in front. Never raises, whatever the exception does."""
    try:
        entry = problem.__traceback__
        while entry is not None and entry.tb_frame.f_code.co_filename.startswith(_PACKAGE):
            entry = entry.tb_next
        # A syntax error names its place itself: where our import stood adds nothing.
        kept = None if entry is None and isinstance(problem, SyntaxError) else entry or problem.__traceback__
        summary = traceback.format_exception_only(type(problem), problem)[-1].strip()
        return summary, "".join(traceback.format_exception(type(problem), problem, kept))
    except Exception:
        return type(problem).__name__, f"{type(problem).__name__}, whose traceback cannot be formatted\n"
