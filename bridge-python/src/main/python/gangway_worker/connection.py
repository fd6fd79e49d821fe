"""A connection to the bridge: a blocking Unix socket with the codec in front, and checks that its descriptor is still its own.

An application shares its process with these sockets. Code that makes a process a daemon closes all low descriptors, so these sockets have high ones.
"""

from __future__ import annotations

import fcntl
import os
import threading
import weakref

# Imported by name and before the application: a library such as gevent replaces functions of these modules later.
from socket import AF_UNIX, SOCK_STREAM, socket
from typing import Iterator, NamedTuple, Optional

from gangway_worker import frames
from gangway_worker.frames import Decoder, Frame, ProtocolError

#: The lowest descriptor of our sockets: above the range of ``os.closerange(3, 256)`` and of descriptors that an application that uses ``select``
#: is likely to get, below the usual soft limit of 1024 open files.
FIRST_DESCRIPTOR = 512

#: Max bytes of a block that is copied behind its header: at 4 KiB copying was cheaper than a gathering system call, at 16 KiB it was not.
COPY_LIMIT = 8 << 10


class ConnectionLost(OSError):
    """The bridge closed the connection, or it broke. On an exchange: no client waits for this response any more."""


class Address(NamedTuple):
    """The bridge's socket, and the token with which a process introduces itself there."""

    path: str
    token: str


#: Held while connections are added or listed; never across I/O, and not in a forked child, which has no other thread.
_registry = threading.Lock()
_open_connections: "weakref.WeakSet[Descriptor]" = weakref.WeakSet()


class Descriptor:
    """A socket to the bridge, which an application could close, and which a forked child must not keep."""

    __slots__ = ("__weakref__", "_file")

    def __init__(self, descriptor: int) -> None:
        self._file = _file_of(descriptor)
        with _registry:
            _open_connections.add(self)

    def fileno(self) -> int:
        """The descriptor, negative when it is closed."""
        raise NotImplementedError

    def close_copy(self) -> None:
        """Closes a forked child's copy."""
        raise NotImplementedError

    def is_intact(self) -> bool:
        """Whether its descriptor is still its own: an application can close any descriptor, and the next file that is opened gets the
        number. A connection that was closed here counts as intact."""
        descriptor = self.fileno()
        if descriptor < 0 or _file_of(descriptor) == self._file:
            return True
        return self.fileno() < 0  # its own thread has closed it meanwhile


class Connection(Descriptor):
    """Frames over a socket. Used by one thread, except where its owner locks."""

    def __init__(self, sock: socket) -> None:
        self._socket = sock
        self._decoder = Decoder()
        #: Whether the connection failed or was closed; sending raises then.
        self.lost = False
        #: How the bridge broke the protocol, if it did.
        self.fault: Optional[ProtocolError] = None
        super().__init__(sock.fileno())

    @classmethod
    def open(cls, address: Address, purpose: str, slot: Optional[int] = None) -> Connection:
        """Connects and sends HELLO.

        :raises OSError: if the bridge does not accept the connection; nothing is left open
        """
        return cls(dial(address, purpose, slot))

    def fileno(self) -> int:
        """The descriptor, for poll."""
        return self._socket.fileno()

    def send(self, data: bytes) -> None:
        """Sends all of the encoded frames; waits for the bridge without a limit.

        :raises ConnectionLost: if the connection is closed or broken
        """
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._loss(error) from error

    def send_block(self, data: "bytes | memoryview", front: bytes = b"", back: bytes = b"") -> None:
        """Sends a block as one DATA frame between encoded frames, with as few system calls and copies as its size allows.

        :raises ConnectionLost: if the connection is closed or broken
        """
        size = len(data)
        front += frames.header(frames.DATA, size)
        try:
            if size <= COPY_LIMIT:
                self._socket.sendall(front + data + back)
                return
            sent = self._socket.sendmsg((front, data, back))
            if sent < len(front) + size + len(back):  # a signal interrupted the call
                self._socket.sendall(b"".join((front, data, back))[sent:])
        except OSError as error:
            raise self._loss(error) from error

    def receive(self) -> Optional[Frame]:
        """The next frame; None if the connection ended between two frames.

        :raises ConnectionLost: if it broke, or ended within a frame
        :raises ProtocolError: if the received bytes are not a frame
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
        """The next frame and all complete frames behind it in the buffer, for an owner that polls.

        :raises ConnectionLost: if the connection ended
        :raises ProtocolError: if the received bytes are not a frame
        """
        frame = self.expect()
        yield frame
        while True:
            buffered = self._decoder.next_frame()
            if buffered is None:
                return
            yield buffered

    def expect(self) -> Frame:
        """The next frame, where the protocol requires one.

        :raises ConnectionLost: if the connection ended
        """
        frame = self.receive()
        if frame is None:
            raise ConnectionLost("the bridge closed the connection")
        return frame

    def _loss(self, error: OSError) -> ConnectionLost:
        self.lost = True
        return ConnectionLost(error.errno, f"the connection to the bridge broke: {error.strerror or error}")

    def break_off(self, fault: ProtocolError) -> ConnectionLost:
        """Gives the connection up, because the bridge broke the protocol; returns the exception to raise."""
        self.fault = fault
        self.lost = True
        return ConnectionLost(f"the bridge broke the protocol: {fault}")

    def close(self) -> None:
        """Closes the connection; the peer can still read all that was sent."""
        self.lost = True
        self._socket.close()

    close_copy = close


def are_intact() -> bool:
    """Whether all connections of this process have their own descriptors. If one has not, a connection that is opened now could get the
    number of a descriptor that another thread still writes to."""
    with _registry:
        connections = list(_open_connections)
    return all(connection.is_intact() for connection in connections)


def close_all() -> None:
    """Closes a forked child's copies of the connections: with these open, the bridge would not see that a dead worker's connections end."""
    for connection in list(_open_connections):
        connection.close_copy()


def _file_of(descriptor: int) -> "Optional[tuple[int, int]]":
    """The device and inode that a descriptor refers to; None if it is closed."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def dial(address: Address, purpose: str, slot: Optional[int] = None) -> socket:
    """A socket that is connected and has sent HELLO: for a Connection, or for raw bytes (``stdout``)."""
    sock = socket(AF_UNIX, SOCK_STREAM)
    try:
        sock = _raised(sock)
        sock.settimeout(None)  # also if the application has called socket.setdefaulttimeout
        sock.connect(address.path)
        fields = (frames.VERSION, purpose, address.token, str(os.getpid()), "" if slot is None else str(slot))
        sock.sendall(frames.encode_fields(frames.HELLO, fields))
    except BaseException:
        sock.close()
        raise
    return sock


def _raised(sock: socket) -> socket:
    """The same socket on a high descriptor, if the limit of open files allows one."""
    return socket(fileno=raised(sock.detach()))


def raised(descriptor: int) -> int:
    """A high descriptor of the same open file in place of a low one, if the limit of open files allows one."""
    try:
        high = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR)
    except OSError:
        return descriptor
    os.close(descriptor)
    return high
