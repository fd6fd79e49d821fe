"""The codec: frames to bytes, and bytes to frames. Pure: it uses no sockets, threads or clocks.

A frame is one byte of type, four bytes of length (big-endian), and the payload.
"""

from __future__ import annotations

import struct
from typing import Iterable, Optional, Sequence, Tuple

VERSION = "1"

HELLO = 0x01
FORK = 0x02
CHILD = 0x03
STEP = 0x04
READY = 0x05
FAILED = 0x06
LOG = 0x07
RETIRE = 0x08
DUMP = 0x09
BEAT = 0x0A
NOTIFY = 0x0B
OPEN = 0x0C
REQUEST = 0x10
SCOPE = 0x11
BODY = 0x12
BODY_END = 0x13
BODY_ABORT = 0x14
FILE_REPLY = 0x15
LEFT = 0x16
BODY_FILE = 0x17
PULL = 0x20
HEAD = 0x21
DATA = 0x22
FILE = 0x23
END = 0x24
ABORT = 0x25
TRAILED_HEAD = 0x26
TRAILERS = 0x27
ACCEPT = 0x30
TEXT = 0x31
BINARY = 0x32
CLOSE = 0x33
PART = 0x34

NAMES = {
    value: name
    for name, value in list(globals().items())
    if name.isupper() and isinstance(value, int)
}

#: The body is empty.
FLAG_EMPTY = 1
#: BODY and BODY_END follow without a PULL.
FLAG_PUSHED = 2

#: Max bytes of a payload: far more than any head (containers allow 8 to 64 KiB), and little enough for a heap with one buffer
#: for each connection.
MAX_PAYLOAD = 1 << 20

#: Max bytes of a text that people read, as UTF-8: enough for any log entry, and three such texts fit into a frame.
MAX_TEXT = 256 << 10
_CUT = "… [cut]".encode()

_HEADER = struct.Struct(">BI")
HEADER_SIZE = _HEADER.size
_ISO_8859_1 = frozenset((REQUEST, SCOPE, HEAD, TRAILED_HEAD, TRAILERS, ACCEPT))


class ProtocolError(Exception):
    """The peer broke the protocol; the connection must be closed."""


class EncodeError(ValueError):
    """A frame that cannot be encoded. No part of it has been sent."""


#: One frame, as received: its type and its payload. A plain tuple, because it is made on the hot path.
Frame = Tuple[int, bytes]


def header(frame_type: int, length: int) -> bytes:
    """The five bytes in front of a payload.

    :raises EncodeError: if the payload is longer than a frame may be
    """
    if length > MAX_PAYLOAD:
        raise EncodeError(f"a {NAMES[frame_type]} frame of {length} bytes; at most {MAX_PAYLOAD} fit")
    return _HEADER.pack(frame_type, length)


def encode(frame_type: int, payload: bytes = b"") -> bytes:
    """One frame around a payload.

    :raises EncodeError: if the payload is longer than a frame may be
    """
    return header(frame_type, len(payload)) + payload


def encode_fields(frame_type: int, fields: Sequence[str]) -> bytes:
    """One frame of text fields.

    :raises EncodeError: if a field holds a NUL or a character that is not in its charset, or if all fields together are too long
    """
    return encode(frame_type, join_fields(frame_type, fields))


def encode_request(sequence: int, flags: int, fields: Sequence[str], frame_type: int = REQUEST) -> bytes:
    """A REQUEST or SCOPE frame: the sequence number, 1 to 255, the flags, and keys with their values."""
    return encode(frame_type, bytes((sequence, flags)) + join_fields(frame_type, fields))


def join_fields(frame_type: int, fields: Sequence[str]) -> bytes:
    """The payload of text fields; see :func:`encode_fields`."""
    joined = "\0".join(fields)
    if joined.count("\0") != len(fields) - 1:
        raise EncodeError(f"a NUL in a field of {NAMES[frame_type]}, or no field at all")
    try:
        return joined.encode(charset(frame_type))
    except UnicodeEncodeError as error:
        raise EncodeError(f"a field of {NAMES[frame_type]} is not {error.encoding}: {error.reason}") from None


def split_fields(frame_type: int, payload: bytes) -> "list[str]":
    """The fields of a payload.

    :raises ProtocolError: if it is not in its charset
    """
    try:
        return payload.decode(charset(frame_type)).split("\0")
    except UnicodeDecodeError as error:
        raise ProtocolError(f"a field of {NAMES[frame_type]} is not {error.encoding}: {error.reason}") from None


def split_request(payload: bytes) -> "tuple[int, int, list[str]]":
    """Sequence number, flags, and fields of a REQUEST; the fields alternate between key and value.

    :raises ProtocolError: if it is too short, has unknown flags, a sequence number of 0, or a key without a value
    """
    sequence, flags = split_opening(REQUEST, payload)
    fields = payload[2:].decode("latin-1").split("\0")
    if len(fields) % 2:
        raise ProtocolError(f"a REQUEST of {len(fields)} fields")
    return sequence, flags, fields


def split_opening(frame_type: int, payload: bytes) -> "tuple[int, int]":
    """Sequence number and flags of a REQUEST or a SCOPE.

    :raises ProtocolError: if it is too short, has unknown flags, or a sequence number of 0
    """
    if len(payload) < 2:
        raise ProtocolError(f"a {NAMES[frame_type]} of {len(payload)} bytes")
    sequence, flags = payload[0], payload[1]
    if sequence == 0 or flags > FLAG_PUSHED:
        raise ProtocolError(f"a {NAMES[frame_type]} with sequence number {sequence} and flags {flags}")
    return sequence, flags


def charset(frame_type: int) -> str:
    """The charset of a frame's fields: ISO-8859-1 (one byte for each character) for fields of HTTP, UTF-8 for all others."""
    return "iso-8859-1" if frame_type in _ISO_8859_1 else "utf-8"


def printable(text: str) -> str:
    """A text that any UTF-8 field can hold: NUL replaced, surrogates escaped, cut to :data:`MAX_TEXT`.

    It accepts every text, because no output of an application may end a connection.
    """
    whole = len(text) <= MAX_TEXT
    octets = text[:MAX_TEXT].replace("\0", "\ufffd").encode("utf-8", "backslashreplace")
    if not whole or len(octets) > MAX_TEXT:
        octets = octets[: MAX_TEXT - len(_CUT)].decode("utf-8", "ignore").encode() + _CUT
    return octets.decode()


def encode_texts(frame_type: int, fields: Iterable[str]) -> bytes:
    """A LOG, FAILED or ABORT frame of any texts."""
    return encode_fields(frame_type, [printable(field) for field in fields])


class Splitter:
    """Turns received bytes into frames, where one buffer receives for many connections: it keeps only the bytes of a frame that is not complete.

    Do not use it again after a ProtocolError.
    """

    __slots__ = ("_pieces", "_pending", "_wanted")

    def __init__(self) -> None:
        #: The beginning of a frame, in the pieces that came; joined when the frame is complete, so that a large one is copied once.
        self._pieces: "list[bytes]" = []
        self._pending = 0
        self._wanted = HEADER_SIZE

    def feed(self, received: memoryview) -> "list[Frame]":
        """The frames that are complete with these bytes, which are copied.

        :raises ProtocolError: if a type is unknown, or a length above the limit
        """
        size = len(received)
        if not self._pending and size >= HEADER_SIZE:  # as nearly always: one frame, and nothing else
            frame_type, length = _HEADER.unpack_from(received)
            if HEADER_SIZE + length == size and length <= MAX_PAYLOAD and frame_type in NAMES:
                return [(frame_type, bytes(received[HEADER_SIZE:]))]
        self._pieces.append(bytes(received))
        self._pending += size
        return self._split() if self._pending >= self._wanted else []

    def _split(self) -> "list[Frame]":
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        found: "list[Frame]" = []
        start = 0
        self._wanted = HEADER_SIZE
        while len(data) - start >= HEADER_SIZE:
            frame_type, length = _HEADER.unpack_from(data, start)
            if length > MAX_PAYLOAD or frame_type not in NAMES:
                Decoder._refuse(frame_type, length)
            stop = start + HEADER_SIZE + length
            if stop > len(data):
                self._wanted = HEADER_SIZE + length
                break
            found.append((frame_type, data[start + HEADER_SIZE : stop]))
            start = stop
        self._pieces = [data[start:]] if start < len(data) else []
        self._pending = len(data) - start
        return found


class Decoder:
    """Turns received bytes into frames; the bytes are received directly into its buffer.

    Receive into ``space()``, report the count to ``advance(n)``, and take complete frames from ``next_frame()``. The memory is
    at most that of one frame of the max size, and returns to the usual size after such a frame. Do not use it again after a
    ProtocolError.
    """

    __slots__ = ("_buffer", "_view", "_start", "_end", "_wanted")

    #: Bytes of the usual buffer: the usual environ with a body of 64 KiB, or a PULLed piece of a body, is received in one system call.
    USUAL = (64 + 8) << 10

    def __init__(self) -> None:
        self._allocate(self.USUAL)
        self._start = 0
        self._end = 0
        self._wanted = HEADER_SIZE

    def _allocate(self, size: int) -> None:
        self._buffer = bytearray(size)
        self._view = memoryview(self._buffer)

    def space(self) -> memoryview:
        """The memory for the next bytes, when ``next_frame()`` has returned None; never empty. Valid until the next call."""
        if self._start + self._wanted > len(self._buffer) or self._end == len(self._buffer):
            self._make_room()
        return self._view[self._end :] if self._end else self._view

    def _make_room(self) -> None:
        pending = bytes(self._view[self._start : self._end])
        needed = max(self.USUAL, self._wanted)
        if needed != len(self._buffer):
            self._allocate(needed)
        self._view[: len(pending)] = pending
        self._start = 0
        self._end = len(pending)

    def advance(self, count: int) -> None:
        """Reports how many bytes were received into ``space()``."""
        self._end += count

    def feed(self, data: bytes) -> None:
        """Copies bytes into ``space()``, which must have room for them."""
        self.space()[: len(data)] = data
        self.advance(len(data))

    @property
    def pending(self) -> int:
        """The number of received bytes that ``next_frame()`` has not returned yet."""
        return self._end - self._start

    def next_frame(self) -> Optional[Frame]:
        """The next complete frame, or None.

        :raises ProtocolError: if the type is unknown, or the length above the limit
        """
        start = self._start
        pending = self._end - start
        if pending < HEADER_SIZE:
            self._wanted = HEADER_SIZE
            return None
        frame_type, length = _HEADER.unpack_from(self._buffer, start)
        if length > MAX_PAYLOAD or frame_type not in NAMES:
            self._refuse(frame_type, length)
        size = HEADER_SIZE + length
        if pending < size:
            self._wanted = size
            return None
        stop = start + size
        payload = bytes(self._view[start + HEADER_SIZE : stop])
        if stop == self._end:
            self._start = self._end = 0
            if len(self._buffer) != self.USUAL:
                self._allocate(self.USUAL)
        else:
            self._start = stop
        self._wanted = HEADER_SIZE
        return frame_type, payload

    @staticmethod
    def _refuse(frame_type: int, length: int) -> None:
        if frame_type not in NAMES:
            raise ProtocolError(f"a frame of unknown type 0x{frame_type:02x}")
        raise ProtocolError(f"a {NAMES[frame_type]} frame of {length} bytes; at most {MAX_PAYLOAD} are allowed")
