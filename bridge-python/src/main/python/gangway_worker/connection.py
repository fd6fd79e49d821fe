"""A connection to the bridge: a blocking Unix socket with the codec in front, and what guards its descriptor.

An application shares its process with these sockets. Daemon code closes every low descriptor, so ours are high ones.
"""

from __future__ import annotations

import fcntl
import os
import threading
import weakref

# By name, and now: a library such as gevent replaces what these modules hold, when the application is imported.
from socket import AF_UNIX, SOCK_STREAM, socket
from typing import Iterator, NamedTuple, Optional

from gangway_worker import frames
from gangway_worker.frames import Decoder, Frame, ProtocolError

#: Where our descriptors begin: above what ``os.closerange(3, 256)`` reaches and what ``select`` users are likely to get, below
#: the usual soft limit of 1024 open files.
FIRST_DESCRIPTOR = 512

#: Bytes of a block up to which copying it behind its header is cheaper than a call that gathers: at 4 KiB it was, at 16 KiB not.
COPY_LIMIT = 8 << 10


class ConnectionLost(OSError):
    """The bridge closed the connection, or it broke. On an exchange: nobody waits for this response any more."""


class Address(NamedTuple):
    """Where and how a process introduces itself."""

    path: str
    token: str


#: Held while connections are added or listed; never across I/O, and not in a fork's child, where nobody else is left.
_registry = threading.Lock()
_open_connections: "weakref.WeakSet[Connection]" = weakref.WeakSet()


class Connection:
    """Frames over a socket. Used by one thread, except where its owner locks."""

    def __init__(self, sock: socket) -> None:
        self._socket = sock
        self._file = _file_of(sock.fileno())
        self._decoder = Decoder()
        #: Whether it failed or was closed; what is sent afterwards is lost, and says so.
        self.lost = False
        #: What the bridge did against the protocol, if it did.
        self.fault: Optional[ProtocolError] = None
        with _registry:
            _open_connections.add(self)

    @classmethod
    def open(cls, address: Address, purpose: str, slot: Optional[int] = None) -> Connection:
        """Connects and says HELLO.

        :raises OSError: if the bridge is not there; nothing is left open
        """
        return cls(dial(address, purpose, slot))

    def fileno(self) -> int:
        """The descriptor, for poll."""
        return self._socket.fileno()

    def send(self, data: bytes) -> None:
        """Sends encoded frames, all of them, however long the bridge takes.

        :raises ConnectionLost: if it cannot
        """
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._loss(error) from error

    def send_block(self, data: "bytes | memoryview", front: bytes = b"", back: bytes = b"") -> None:
        """Sends a block as one DATA frame between encoded frames, with as few calls and copies as its size allows.

        :raises ConnectionLost: if it cannot
        """
        size = len(data)
        front += frames.header(frames.DATA, size)
        try:
            if size <= COPY_LIMIT:
                self._socket.sendall(front + data + back)
                return
            sent = self._socket.sendmsg((front, data, back))
            if sent < len(front) + size + len(back):  # a signal came in between
                self._socket.sendall(b"".join((front, data, back))[sent:])
        except OSError as error:
            raise self._loss(error) from error

    def receive(self) -> Optional[Frame]:
        """The next frame; None if the connection ended between two frames.

        :raises ConnectionLost: if it broke, or ended within a frame
        :raises ProtocolError: if what came is no frame
        """
        decoder = self._decoder
        while True:
            frame = decoder.next_frame()
            if frame is not None:
                return frame
            try:
                count = self._socket.recv_into(decoder.space())
            except OSError as error:
                raise self._loss(error) from error
            if count == 0:
                self.lost = True
                if decoder.pending:
                    raise ConnectionLost("the connection to the bridge ended within a frame")
                return None
            decoder.advance(count)

    def receive_available(self) -> Iterator[Frame]:
        """The next frame and those that came along with it, for an owner that polls.

        :raises ConnectionLost: if the connection ended
        :raises ProtocolError: if what came is no frame
        """
        frame = self.expect()
        yield frame
        while True:
            buffered = self._decoder.next_frame()
            if buffered is None:
                return
            yield buffered

    def expect(self) -> Frame:
        """The next frame, where there must be one."""
        frame = self.receive()
        if frame is None:
            raise ConnectionLost("the bridge closed the connection")
        return frame

    def _loss(self, error: OSError) -> ConnectionLost:
        self.lost = True
        return ConnectionLost(error.errno, f"the connection to the bridge broke: {error.strerror or error}")

    def break_off(self, fault: ProtocolError) -> ConnectionLost:
        """Gives the connection up, for the bridge broke the protocol; returns what to raise."""
        self.fault = fault
        self.lost = True
        return ConnectionLost(f"the bridge broke the protocol: {fault}")

    def is_intact(self) -> bool:
        """Whether its descriptor is still its own: an application can close any, and the next file that is opened gets the
        number. Closed by :meth:`close` is intact."""
        descriptor = self._socket.fileno()
        if descriptor < 0 or _file_of(descriptor) == self._file:
            return True
        return self._socket.fileno() < 0  # its own thread closed it in between

    def close(self) -> None:
        """Closes it; what the peer has not read yet, it still can."""
        self.lost = True
        self._socket.close()


def are_intact() -> bool:
    """Whether all connections of this process have their descriptors. Without it, a connection that is opened could get the
    number of one that another thread still writes to."""
    with _registry:
        connections = list(_open_connections)
    return all(connection.is_intact() for connection in connections)


def close_all() -> None:
    """Closes a forked child's copies, or the bridge would not see a dead worker's connections end."""
    for connection in list(_open_connections):
        connection.close()


def _file_of(descriptor: int) -> "Optional[tuple[int, int]]":
    """What a descriptor stands for."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def dial(address: Address, purpose: str, slot: Optional[int] = None) -> socket:
    """A socket, connected and introduced, for what is no conversation of frames (``stdout``), or a Connection's own."""
    sock = socket(AF_UNIX, SOCK_STREAM)
    try:
        sock = _raised(sock)
        sock.settimeout(None)  # whatever the application thinks of socket.setdefaulttimeout
        sock.connect(address.path)
        fields = (frames.VERSION, purpose, address.token, str(os.getpid()), "" if slot is None else str(slot))
        sock.sendall(frames.encode_fields(frames.HELLO, fields))
    except BaseException:
        sock.close()
        raise
    return sock


def _raised(sock: socket) -> socket:
    """The same socket on a high descriptor, where the limit of open files allows one."""
    try:
        descriptor = fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
    except OSError:
        return sock
    sock.close()
    return socket(fileno=descriptor)
