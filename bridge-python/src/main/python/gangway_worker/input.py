"""``wsgi.input``: the request's body, pulled from the bridge as the application reads it (W40-W44)."""

from __future__ import annotations

import io
import sys
from typing import Any, Iterator, Optional

from gangway_worker import files, frames
from gangway_worker.connection import Connection
from gangway_worker.frames import BODY, BODY_ABORT, BODY_FILE, PULL, Frame, ProtocolError
from gangway_worker.states import ExchangeState

#: Min bytes that a PULL asks for: the worker reads ahead, so that not every line that the application reads costs a round trip.
MIN_PULL = 64 << 10
#: Max bytes that a PULL asks for: 1 MiB was a fifth faster, 64 KiB half as fast, and each thread that receives an upload has a buffer of this size.
MAX_PULL = 256 << 10


class BodyAborted(OSError):
    """The body is not complete: the client stopped in the middle, or the bridge cannot read further (W43)."""


class Input(io.BufferedIOBase):
    """A body, read by one thread at a time.

    ``read`` returns as many bytes as were asked for, unless the body ends before; at the end it returns nothing, however often it is called (W41).
    After the end of the exchange it raises: the connection belongs to another request then.

    ``io.TextIOWrapper`` and ``io.BufferedReader`` accept it as a file. They read ahead, and close it when they are closed or
    garbage-collected. Closing does nothing: the application can still read the bytes that they have not read.
    """

    # The base class would make a __dict__ when the first further attribute is set: we set none.
    __slots__ = ("_connection", "_state", "_pushed", "_file", "_offset", "_left", "_begun", "_chunk", "_at", "_ended", "_failure")

    def __init__(self, connection: Connection, state: ExchangeState, pushed: bool) -> None:
        self._connection = connection
        self._state = state
        self._pushed = pushed
        #: The body's file, if the bridge has told of one; where the next byte is, and how many there are from there on.
        self._file: Optional[files.BodyFile] = None
        self._offset = 0
        self._left = 0
        #: Whether a part of the body has come in a frame: no file may follow.
        self._begun = False
        self._chunk = b""
        self._at = 0
        self._ended = False
        self._failure: Optional[str] = None

    def read(self, size: Optional[int] = -1) -> bytes:
        """``size`` bytes, fewer only at the end; all that is left if ``size`` is negative or None.

        :raises BodyAborted: if there is no complete body
        """
        wanted = sys.maxsize if size is None or size < 0 else size
        pieces = []
        while wanted > 0 and (self._at < len(self._chunk) or self._fill(wanted)):
            piece = self._take(min(wanted, len(self._chunk) - self._at))
            pieces.append(piece)
            wanted -= len(piece)
        return b"".join(pieces)

    def read1(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes, as soon as there are any; all bytes that have arrived if ``size`` is negative. Empty at the end only.

        :raises BodyAborted: if there is no complete body
        """
        if size == 0 or not (self._at < len(self._chunk) or self._fill(max(size, 0))):
            return b""
        available = len(self._chunk) - self._at
        return self._take(available if size < 0 else min(size, available))

    def readinto(self, buffer: Any) -> int:
        """Like :meth:`read1`, into a buffer; returns the number of bytes in it. So ``io.BufferedReader`` returns a line that has arrived, and does
        not wait for more."""
        with memoryview(buffer) as view, view.cast("B") as target:
            data = self.read1(len(target))
            target[: len(data)] = data
        return len(data)

    readinto1 = readinto

    def readline(self, size: Optional[int] = -1) -> bytes:
        """A line with its line feed, or ``size`` bytes of it; empty at the end.

        :raises BodyAborted: if there is no complete body
        """
        wanted = sys.maxsize if size is None or size < 0 else size
        pieces = []
        line_end = 0
        while wanted > 0 and not line_end and (self._at < len(self._chunk) or self._fill(0)):
            line_end = self._chunk.find(b"\n", self._at, self._at + wanted) + 1
            available = line_end - self._at if line_end else min(wanted, len(self._chunk) - self._at)
            pieces.append(self._take(available))
            wanted -= available
        return b"".join(pieces)

    def readlines(self, hint: Optional[int] = -1) -> "list[bytes]":
        """All lines; about ``hint`` bytes of them if ``hint`` is positive."""
        lines = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def readable(self) -> bool:
        """Always true."""
        return True

    def close(self) -> None:
        """Does nothing: the connection does not belong to the application."""

    @property
    def aborted(self) -> bool:
        """Whether the body was given up before its end."""
        return self._failure is not None

    def keep_pushed(self) -> None:
        """Takes what is left of a pushed body off the connection, for what is waited for comes behind it; who reads on finds it here."""
        if self._ended or not self._pushed or self._failure is not None:
            return
        kept = [self._chunk[self._at :]]
        try:
            while self._fill(0):
                kept.append(self._chunk)
        except BodyAborted:
            return  # who reads on is told
        self._chunk = b"".join(kept)
        self._at = 0

    def end_exchange(self) -> None:
        """Makes reading fail from now on, because the connection belongs to the next request; the application may keep this object."""
        if not self._ended:
            self._failure = "wsgi.input was read after its request had ended"
            self._file = None

    def _take(self, count: int) -> bytes:
        start = self._at
        self._at = start + count
        if start == 0 and count == len(self._chunk):
            whole, self._chunk, self._at = self._chunk, b"", 0  # not kept: it may be large
            return whole
        return self._chunk[start : self._at]

    def _fill(self, wanted: int) -> bool:
        """Gets the next chunk; False at the end of the body."""
        if self._failure is not None:
            raise BodyAborted(self._failure)
        if self._ended:
            return False
        if self._file is not None:
            return self._fill_from_file(wanted)
        try:
            frame_type, payload = self._receive(wanted)
            if frame_type == BODY_FILE:
                if self._open(payload):
                    return self._fill_from_file(wanted)
                frame_type, payload = self._receive(wanted)  # in frames, then
        except ProtocolError as error:
            raise self._connection.break_off(error) from error
        if frame_type == BODY:
            self._chunk = payload
            self._at = 0
            return True
        self._chunk = b""
        self._at = 0
        if frame_type == BODY_ABORT:
            self._failure = f"the request's body is not complete: {payload.decode('utf-8', 'replace')}"
            raise BodyAborted(self._failure)
        self._ended = True
        return False

    def _receive(self, wanted: int) -> Frame:
        asked = frames.MAX_PAYLOAD
        if not self._pushed:
            asked = min(max(wanted, MIN_PULL), MAX_PULL)
            self._state.sent(PULL)
            self._connection.send(frames.encode(PULL, asked.to_bytes(4, "big")))
        frame_type, payload = self._connection.expect()
        self._state.received(frame_type)
        if frame_type == BODY_FILE and self._begun:
            raise ProtocolError("a BODY_FILE after the beginning of a body")
        self._begun = True
        if frame_type == BODY and not 0 < len(payload) <= asked:
            raise ProtocolError(f"a BODY of {len(payload)} bytes, where 1 to {asked} were asked for")
        return frame_type, payload

    def _open(self, payload: bytes) -> bool:
        """Opens the file of a BODY_FILE; False if that is not possible."""
        fields = frames.split_fields(BODY_FILE, payload)
        if len(fields) != 4 or not all(field.isdecimal() for field in fields[1:]):
            raise ProtocolError(f"a BODY_FILE of {len(fields)} fields, or without numbers")
        size, device, inode = map(int, fields[1:])
        self._file = files.open_body(fields[0], size, device, inode)
        self._left = size
        return self._file is not None

    def _fill_from_file(self, wanted: int) -> bool:
        file = self._file
        self._chunk = b""
        self._at = 0
        if file is None:  # the exchange has ended at this moment, on another thread
            raise BodyAborted(self._failure)
        if self._left == 0:
            self._file = None
            self._ended = True
            return False
        chunk = file.read(min(max(wanted, MIN_PULL), self._left), self._offset)
        if not chunk:
            self._failure = f"the request's body is not complete: its file lacks {self._left} bytes"
            raise BodyAborted(self._failure)
        self._chunk = chunk
        self._offset += len(chunk)
        self._left -= len(chunk)
        return True


class EmptyInput(Input):
    """The body of a request that has none: one object for all such requests, because it has no state."""

    __slots__ = ()

    def __init__(self) -> None:
        self._chunk = b""
        self._at = 0
        self._ended = True
        self._failure = None
