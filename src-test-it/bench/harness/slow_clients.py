"""Clients on slow networks: some send a body, some read one, each at its pace, again and again.

One thread gives each client its turn by the clock, five times a second, and never waits for one of them.
"""

import contextlib
import socket
import threading
import time

TURN_SECONDS = 0.2
STEPS = 20
#: As on an Ethernet. Over loopback a segment has 64 KiB, and the kernel would take megabytes from a server for each reader.
SEGMENT = 1460
RECEIVE_BUFFER = 8 * 1024
#: Bytes of an answer's head that are kept; the answers to uploads are shorter as a whole.
KEPT = 2048


@contextlib.contextmanager
def slow_clients(port, up, uploaded, down, download_bytes, each, bytes_per_second):
    """Has them for the length of the block; yields a dict that tells, after it, what became of them.

    ``up`` and ``down`` are the bytes of requests with ``Connection: close``, ``uploaded`` is the body of the answer to ``up``.
    """
    told = {}
    crowd = Crowd(port, up, uploaded, down, download_bytes, each, bytes_per_second)
    thread = threading.Thread(target=crowd.run, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        crowd.is_stopped.set()
        thread.join()
        told.update(crowd.told())


class Crowd:
    def __init__(self, port, up, uploaded, down, download_bytes, each, bytes_per_second):
        self.address = ("127.0.0.1", port)
        self.piece = int(bytes_per_second * TURN_SECONDS)
        self.promised = each * bytes_per_second
        self.uploaded = uploaded
        self.download_bytes = download_bytes
        self.is_stopped = threading.Event()
        self.uploads = self.read_bytes = self.failed = 0
        self.first_failure = ""
        self._began = time.monotonic()
        # Senders and readers are mixed, so that a server's limit on connections hits both.
        self._clients = [client for _ in range(each) for client in (Sender(self, up), Reader(self, down))]

    def run(self):
        step = 0
        while not self.is_stopped.is_set():
            for client in self._clients[step % STEPS :: STEPS]:
                client.turn()
            step += 1
            pause = self._began + step * TURN_SECONDS / STEPS - time.monotonic()
            if pause > 0:
                time.sleep(pause)
        self._seconds = time.monotonic() - self._began
        for client in self._clients:
            client.close()

    def told(self):
        return {
            "seconds": self._seconds,
            "uploads": self.uploads,
            "read_share": self.read_bytes / (self.promised * self._seconds),
            "failed": self.failed,
            "first_failure": self.first_failure,
        }


class Client:
    def __init__(self, crowd, request):
        self._crowd = crowd
        self._request = memoryview(request)
        self._socket = None

    def turn(self):
        try:
            if self._socket is None:
                self._connect()
            else:
                with contextlib.suppress(BlockingIOError):
                    self._send()
                with contextlib.suppress(BlockingIOError):
                    self._receive()
        except OSError as failure:
            self._failed(str(failure))

    def close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connect(self):
        self._sent = self._received = 0
        self._kept = b""
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        with contextlib.suppress(BlockingIOError):
            self._socket.connect(self._crowd.address)

    def _send(self):
        rest = self._request[self._sent : self._sent + self._crowd.piece]
        if rest:
            self._sent += self._socket.send(rest)

    def _receive(self):
        data = self._socket.recv(self._crowd.piece)
        self._received += len(data)
        if len(self._kept) < KEPT:
            self._kept += data
        if data:
            self._arrived(len(data))
            return
        head, _, body = self._kept.partition(b"\r\n\r\n")
        if head[9:12] == b"200" and self._is_whole(len(head) + 4, body):
            self._done()
            self.close()
        else:
            line = head.split(b"\r\n")[0].decode("latin-1") or "no answer"
            self._failed(f"closed after {self._received} bytes: {line}")

    def _failed(self, what):
        self._crowd.failed += 1
        self._crowd.first_failure = self._crowd.first_failure or f"{type(self).__name__}: {what}"
        self.close()


class Sender(Client):
    def _arrived(self, count):
        pass

    def _is_whole(self, head_length, body):
        return body == self._crowd.uploaded

    def _done(self):
        self._crowd.uploads += 1


class Reader(Client):
    def _arrived(self, count):
        self._crowd.read_bytes += count

    def _is_whole(self, head_length, body):
        return self._received - head_length == self._crowd.download_bytes

    def _done(self):
        pass
