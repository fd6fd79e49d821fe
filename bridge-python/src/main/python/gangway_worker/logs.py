"""Sends the application's log output to the container's log: ``wsgi.errors``, ``logging``, and warnings.

All of it goes as LOG frames over the control connection, with the id of the request that the thread is serving. ``print`` does
not use this module: stdout and stderr have their own connections.
"""

from __future__ import annotations

import faulthandler
import functools
import logging
import os
import sys
import threading
import traceback
import warnings
from collections import deque
from contextvars import ContextVar
from typing import Any, Callable, Deque, Iterable, Iterator, Optional

from gangway_worker import frames
from gangway_worker.connection import Connection, ConnectionLost

#: The request that this thread, or this task, is serving; empty between requests.
REQUEST_ID: "ContextVar[str]" = ContextVar("gangway.request_id", default="")

#: Max characters of an unfinished line that wait for its line feed; a longer one is sent as it is.
MAX_PARTIAL = 64 << 10


class LogSender:
    """Sends records over a connection that many threads share; to stderr if there is no connection.

    Re-entrant: a destructor or a signal handler may log while its own thread is sending. Its record is sent after the record that it
    interrupted, never inside.
    """

    def __init__(self) -> None:
        self._connection: Optional[Connection] = None
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        """Makes a new lock, also in a forked child: no thread would release a lock there that another thread held at the fork."""
        #: Held while a record is sent. It is the only lock here that is held across I/O, because it keeps the records in order.
        self.lock = threading.RLock()
        self._waiting: Deque[bytes] = deque()
        self._sending = False

    def use(self, connection: Connection) -> None:
        """Sends all records over this connection from now on."""
        self._connection = connection

    def log(self, level: int, logger: str, text: str, request_id: Optional[str] = None) -> None:
        """Sends one record; does not raise if there is no connection."""
        request = REQUEST_ID.get() if request_id is None else request_id
        connection = self._connection
        if connection is None or connection.lost:
            os.write(2, f"{logger}: {text}\n".encode("utf-8", "backslashreplace"))
            return
        self.send(frames.encode_texts(frames.LOG, (str(level), logger, request, text)))

    def send(self, frame: bytes) -> None:
        """Sends any frame on the connection, in one piece. Frames that cannot be sent any more are dropped: the JVM is gone."""
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
    """Logs the stacks of all threads as one record. faulthandler writes them to a descriptor, because it must not depend on the state of the
    interpreter; where the system has no memory with a descriptor (Linux: memfd_create(2)), they go to stderr line by line."""
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
    """``wsgi.errors`` of one request (W47): sends complete lines, those of one write together. Any thread may write."""

    __slots__ = ("_sender", "_request_id", "_partial", "__weakref__")

    def __init__(self, sender: LogSender, request_id: str) -> None:
        self._sender = sender
        self._request_id = request_id
        self._partial = ""

    def write(self, text: str) -> int:
        """Accepts text, and sends complete lines to the log at once."""
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
        """Writes several texts; they must contain their line feeds."""
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


#: The attribute of a record that has been sent: further handlers pass it over.
_IS_SENT = "_gangway_is_sent"


class LogHandler(logging.Handler):
    """Sends records of Python's ``logging`` to the bridge; a traceback is part of its record."""

    def __init__(self, sender: LogSender) -> None:
        super().__init__()
        self._sender = sender
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if not hasattr(record, _IS_SENT) and not any(_prints(console, record) for console in _consoles(record.name)):
            self._send(record, self)

    def in_place_of(self, console: logging.Handler) -> "Callable[[logging.LogRecord], bool]":
        """A filter for a handler that prints to stdout or stderr: it sends the text of that handler's format, and lets nothing be printed."""

        def is_printed(record: logging.LogRecord) -> bool:
            if not hasattr(record, _IS_SENT):
                setattr(record, _IS_SENT, True)
                self._send(record, console if console.formatter is not None else self)
            return False

        return is_printed

    def _send(self, record: logging.LogRecord, formatting: logging.Handler) -> None:
        try:
            self._sender.log(record.levelno, record.name, formatting.format(record))
        except Exception:  # like every handler of logging: it reports a record that cannot be formatted, and does not raise
            self.handleError(record)


def install(sender: LogSender, level: Optional[str]) -> LogHandler:
    """Adds our handler to the root logger before the application is imported: a framework that looks for a handler (Flask's ``app.logger``)
    finds one, and adds none of its own. An application may still configure the root logger: ``logging.basicConfig``, which does nothing where
    the root logger has a handler, removes ours first."""
    handler = LogHandler(sender)
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(handler)
    configure = logging.basicConfig

    @functools.wraps(configure)
    def basic_config(**options: Any) -> None:
        if root.handlers == [handler]:
            root.removeHandler(handler)
        configure(**options)

    logging.basicConfig = basic_config
    logging.lastResort = handler  # type: ignore[assignment]
    if level is not None:
        root.setLevel(level.upper())
    _send_warnings(sender)
    _send_uncaught(sender)
    return handler


def settle(handler: LogHandler) -> None:
    """Called when the application is imported, so that each record arrives once. If the application has configured the root logger, its
    handlers do all of it. If not, ours is the only one that shows records: a handler of another logger that would print them to stdout or
    stderr sends its text to the log instead."""
    root = logging.getLogger()
    if root.handlers == [handler] or not root.handlers:
        root.handlers[:] = [handler]
        loggers = [it for it in logging.Logger.manager.loggerDict.values() if isinstance(it, logging.Logger)]
        consoles = {id(it): it for logger in loggers for it in logger.handlers if _is_console(it)}
        for console in consoles.values():
            console.addFilter(handler.in_place_of(console))
    else:
        root.removeHandler(handler)


def _consoles(name: str) -> Iterator[logging.Handler]:
    """The handlers that print what a logger of this name logs."""
    logger = logging.Logger.manager.loggerDict.get(name, logging.root)
    while isinstance(logger, logging.Logger):
        yield from filter(_is_console, logger.handlers)
        logger = logger.parent if logger.propagate else None


def _prints(console: logging.Handler, record: logging.LogRecord) -> bool:
    """Whether a handler that was added before :func:`settle` has looked, or since, prints a record, which is then an entry already."""
    return record.levelno >= console.level and bool(console.filter(record))


def _is_console(handler: logging.Handler) -> bool:
    if not isinstance(handler, logging.StreamHandler) or isinstance(handler, logging.FileHandler):
        return False
    # `is`, and `==` for a proxy such as Flask's, which stands for the stream of the request, or for stderr.
    streams = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    return any(handler.stream is stream or handler.stream == stream for stream in streams)


def _send_warnings(sender: LogSender) -> None:
    """Sends warnings to the log. ``logging.captureWarnings`` would not do: its logger has a NullHandler until the application configures
    handlers."""
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
    """Sends one record for each exception that ends a thread of the application, or that no code can catch, for example in ``__del__``. On
    stderr, its lines could mix with those of other threads."""

    def excepthook(args: Any) -> None:
        if args.exc_type is not SystemExit:  # SystemExit ends a thread without a message
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


#: How the names of files begin whose frames say nothing of the application: our own, and those of the import of a file by its path.
_OURS = (os.path.dirname(os.path.abspath(__file__)) + os.sep, "<frozen importlib")


def format_problem(problem: BaseException) -> "tuple[str, str]":
    """An exception's summary and traceback, without our own frames in front. Never raises, also if methods of the exception do."""
    try:
        entry = problem.__traceback__
        while entry is not None and entry.tb_frame.f_code.co_filename.startswith(_OURS):
            entry = entry.tb_next
        # A syntax error names its own place; the frames of our import add nothing.
        kept = None if entry is None and isinstance(problem, SyntaxError) else entry or problem.__traceback__
        summary = traceback.format_exception_only(type(problem), problem)[-1].strip()
        return summary, "".join(traceback.format_exception(type(problem), problem, kept))
    except BaseException:  # SystemExit too: what a problem says of itself must not end its reader
        return type(problem).__name__, f"{type(problem).__name__}, whose traceback cannot be formatted\n"
