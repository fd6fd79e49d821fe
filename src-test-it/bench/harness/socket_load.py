"""Clients that keep their connections: WebSockets (RFC 6455) that echo, listen or idle, and readers of events.

One thread has them all; the CPU time that it needs is told, because beyond a core it is the slower end.
"""

import base64
import hashlib
import os
import resource
import selectors
import socket
import statistics
import struct
import time

from .peers_servers import FORWARDED
from .processes import BenchError

#: Until what the beginning of many connections leaves to a server is done.
SETTLE_SECONDS = 2
CONNECT_SECONDS = 20
#: How long the last answers of a run may take.
GRACE_SECONDS = 10
#: Open files beside the connections.
OTHER_FILES = 200
MESSAGE = b"a message of a chat, 32 bytes !!"
TEXT, CLOSE, PING = 1, 8, 9
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
RECEIVE = 64 * 1024


class Crowd:
    """Connections to one path; ``run`` may be called several times."""

    def __init__(self, port, path, count):
        self._port, self._path, self._count = port, path, count
        self._selector = selectors.DefaultSelector()
        self._clients = []

    def __enter__(self):
        _allow_files(self._count + OTHER_FILES)
        try:
            for _ in range(self._count):
                self._clients.append(self._client(self._port, self._path))
            for client in self._clients:
                client.socket.setblocking(False)
                self._selector.register(client.socket, selectors.EVENT_READ, client)
        except (OSError, BenchError) as problem:
            self.__exit__()
            raise BenchError(f"connection {len(self._clients) + 1} of {self._count} failed: {problem}") from None
        return self

    def __exit__(self, *ignored):
        for client in self._clients:
            client.socket.close()
        self._selector.close()

    def run(self, seconds):
        for client in self._clients:
            client.answered = 0
        used, begin = time.thread_time(), time.monotonic()
        latencies = self._run(begin + seconds)
        took = time.monotonic() - begin
        answered = [client.answered for client in self._clients]
        if not sum(answered):
            raise BenchError("nothing was received")
        latencies.sort()
        return {
            "answered": sum(answered),
            "fewest": min(answered),
            "seconds": took,
            "p50_us": statistics.median(latencies) * 1e6 if latencies else None,
            "p99_us": latencies[int(len(latencies) * 0.99)] * 1e6 if latencies else None,
            "client_cores": (time.thread_time() - used) / took,
        }

    def _ready(self, limit):
        """The clients that have received something, until the limit."""
        return [key.data for key, _ in self._selector.select(max(0.0, limit - time.monotonic()))]


class Events(Crowd):
    """Readers of a stream of server-sent events."""

    class _client:
        def __init__(self, port, path):
            self.socket = _connect(port)
            self.socket.sendall(_head(port, path, "Accept: text/event-stream"))
            head, rest = _read_head(self.socket)
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise BenchError(f"{path} is answered {head[:40]!r}")
            self._last = rest[-4:]
            self.answered = 0

        def receive(self):
            data = self.socket.recv(RECEIVE)
            if not data:
                raise BenchError("a stream of events has ended")
            text = self._last + data
            self.answered += text.count(b"data:") - self._last.count(b"data:")
            self._last = text[-4:]

    def _run(self, end):
        while time.monotonic() < end:
            for client in self._ready(end):
                client.receive()
        return []


class Echoes(Crowd):
    """WebSockets that each send a message as soon as they have the last one back."""

    def _client(self, port, path):
        return WebSocket(port, path)

    def _run(self, end):
        latencies = []
        for client in self._clients:
            client.send(MESSAGE)
        waiting = len(self._clients)
        while waiting:
            ready = self._ready(end + GRACE_SECONDS)
            if not ready:
                raise BenchError(f"{waiting} messages did not come back")
            now = time.monotonic()
            for client in ready:
                for message in client.messages():
                    if message != MESSAGE:
                        raise BenchError(f"a message came back as {message[:40]!r}")
                    latencies.append(now - client.sent)
                    client.answered += 1
                    if now < end:
                        client.send(MESSAGE)
                    else:
                        waiting -= 1
        return latencies


class Fanout(Crowd):
    """One WebSocket sends to all of its room, and is told how many those are; then it sends again when all have received it.

    Each process of a server has a room of its own.
    """

    def _client(self, port, path):
        return WebSocket(port, path)

    def __enter__(self):
        super().__enter__()
        self._sender = WebSocket(self._port, self._path + "?sends")
        self._sender.socket.setblocking(False)
        self._selector.register(self._sender.socket, selectors.EVENT_READ, self._sender)
        return self

    def __exit__(self, *ignored):
        self._sender.socket.close()
        super().__exit__()

    def _run(self, end):
        latencies = []
        while time.monotonic() < end:
            begin = time.monotonic()
            self._sender.send(MESSAGE)
            self._await_all(end + GRACE_SECONDS)
            latencies.append(time.monotonic() - begin)
        return latencies

    def _await_all(self, limit):
        received, wanted = 0, None
        while wanted is None or received < wanted:
            ready = self._ready(limit)
            if not ready:
                raise BenchError(f"{received} of {wanted} received a message")
            for client in ready:
                for message in client.messages():
                    if client is self._sender:
                        wanted = int(message)
                    else:
                        client.answered += 1
                        received += 1


class Idle(Crowd):
    """WebSockets that do nothing; their handshakes are counted."""

    def _client(self, port, path):
        return WebSocket(port, path)

    def _run(self, end):
        for client in self._clients:
            client.answered = 1
        while time.monotonic() < end:
            for client in self._ready(end):
                for message in client.messages():
                    raise BenchError(f"an idle WebSocket got {message[:40]!r}")
        return []


class WebSocket:
    def __init__(self, port, path):
        self.socket = _connect(port)
        key = base64.b64encode(os.urandom(16))
        self.socket.sendall(
            _head(
                port,
                path,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {key.decode()}",
            )
        )
        head, self._rest = _read_head(self.socket)
        accepted = base64.b64encode(hashlib.sha1(key + GUID).digest())
        if b" 101 " not in head.split(b"\r\n", 1)[0] or accepted not in head:
            raise BenchError(f"{path} is answered {head[:40]!r}")
        self.answered = 0
        self.sent = 0.0

    def send(self, payload):
        """One short text message, with a mask of zeros (section 5.3): it changes nothing."""
        self.sent = time.monotonic()
        self._frame(TEXT, payload)

    def _frame(self, opcode, payload):
        self.socket.send(bytes((0x80 | opcode, 0x80 | len(payload))) + bytes(4) + payload)

    def messages(self):
        """The whole messages that have arrived."""
        data = self.socket.recv(RECEIVE)
        if not data:
            raise BenchError("a WebSocket has ended without a close")
        self._rest += data
        while frame := self._next():
            opcode, payload = frame
            if opcode == CLOSE:
                raise BenchError(f"a WebSocket was closed with {payload[:40]!r}")
            if opcode == PING:
                self._frame(10, payload)
            elif opcode == TEXT:
                yield payload

    def _next(self):
        rest = self._rest
        if len(rest) < 2:
            return None
        length, at = rest[1] & 0x7F, 2
        if length > 125:
            size, form = (2, ">H") if length == 126 else (8, ">Q")
            if len(rest) < 2 + size:
                return None
            (length,) = struct.unpack_from(form, rest, 2)
            at += size
        if len(rest) < at + length:
            return None
        self._rest = rest[at + length :]
        return rest[0] & 0x0F, rest[at : at + length]


def _connect(port):
    made = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_SECONDS)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _head(port, path, *headers):
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "User-Agent: bench", *FORWARDED, *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _read_head(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(RECEIVE)
        if not piece:
            raise BenchError(f"closed after {data[:40]!r}")
        data += piece
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _allow_files(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            raise BenchError(f"{count} connections need a limit of open files above {hard}: see ulimit -Hn")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
