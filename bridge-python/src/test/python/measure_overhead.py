"""Measures what a worker adds to a small GET: run by hand, with the package on PYTHONPATH.

A thread plays the bridge over a socketpair. Its own cost, measured with a peer that only echoes a canned response, is taken
off, so that the rest is the worker's side: receiving, the environ, the call, the checks, the sending.
"""

from __future__ import annotations

import cProfile
import socket
import sys
import threading
import time
from typing import Any, Callable

from gangway_worker import frames, wsgi
from gangway_worker.connection import Connection
from gangway_worker.logs import LogSender

ENVIRON = {
    "REQUEST_METHOD": "GET",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/hello",
    "QUERY_STRING": "",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "8080",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "REMOTE_PORT": "50000",
    "HTTP_HOST": "localhost:8080",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "HTTP_ACCEPT_LANGUAGE": "en-US,en;q=0.5",
    "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
    "HTTP_COOKIE": "session=0123456789abcdef",
    "wsgi.url_scheme": "http",
    "gangway.request_id": "5f2c9a1e",
}
REQUEST = frames.encode_request(1, frames.FLAG_EMPTY, [text for pair in ENVIRON.items() for text in pair])


def application(environ: "dict[str, Any]", start_response: "Callable[..., Any]") -> "list[bytes]":
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello, world\n"]


RESPONSE = (
    frames.encode_fields(frames.HEAD, ["200 OK", "Content-Type", "text/plain", "Content-Length", "13"])
    + frames.encode(frames.DATA, b"Hello, world\n")
    + frames.encode(frames.END)
)


def canned(sock: socket.socket) -> None:
    """The least that any peer must do."""
    buffer = bytearray(65536)
    while sock.recv_into(buffer):
        sock.sendall(RESPONSE)


def worker(sock: socket.socket) -> None:
    service = wsgi.Service(application, wsgi.common_environ(True, True), LogSender(), bytearray(1))
    wsgi.serve(service, Connection(sock), 0)


def microseconds(peer: "Callable[[socket.socket], None]", count: int) -> float:
    bridge, end = socket.socketpair()
    thread = threading.Thread(target=peer, args=(end,))
    thread.start()
    buffer = bytearray(65536)
    began = time.perf_counter()
    for _ in range(count):
        bridge.sendall(REQUEST)
        received = bridge.recv_into(buffer)
        assert received == len(RESPONSE), buffer[:received]
    taken = time.perf_counter() - began
    bridge.close()
    thread.join()
    return taken / count * 1e6


class _Replay:
    """A socket of one thread: every receive is the request, every send goes nowhere."""

    def __init__(self, count: int) -> None:
        self._left = count

    def fileno(self) -> int:
        return -1

    def recv_into(self, buffer: memoryview) -> int:
        self._left -= 1
        if self._left < 0:
            return 0
        buffer[: len(REQUEST)] = REQUEST
        return len(REQUEST)

    def sendall(self, data: bytes) -> None:
        assert len(data) == len(RESPONSE)


def main() -> None:
    count = 30000
    if sys.argv[1:] == ["profile"]:
        cProfile.runctx("worker(replay)", {"worker": worker, "replay": _Replay(count)}, {}, sort="tottime")
        return
    pure = min(_timed(count) for _ in range(3))
    there = min(microseconds(canned, count) for _ in range(3))
    whole = min(microseconds(worker, count) for _ in range(3))
    print(f"{sys.version.split()[0]}: without sockets {pure:.1f} µs; round trip {whole:.1f} µs, canned peer {there:.1f} µs")


def _timed(count: int) -> float:
    replay: Any = _Replay(count)
    began = time.thread_time()
    worker(replay)
    return (time.thread_time() - began) / count * 1e6


if __name__ == "__main__":
    main()
