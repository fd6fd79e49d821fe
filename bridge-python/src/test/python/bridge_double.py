"""Stands in for the JVM: starts a real launcher, and speaks to it and to its workers over a Unix socket."""

from __future__ import annotations

import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from typing import Any, Optional

from exchanges import ENVIRON, MAX_WAIT
from gangway_worker import frames
from gangway_worker.connection import Connection, ConnectionLost
from gangway_worker.frames import FORK, HELLO, Frame

_PACKAGE = os.path.dirname(os.path.abspath(frames.__file__))


class Inbox:
    """A connection whose frames a thread reads."""

    def __init__(self, connection: Connection, hello: "list[str]") -> None:
        self.connection = connection
        self.hello = hello
        self._frames: "queue.SimpleQueue[Optional[Frame]]" = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            frame = self.connection.receive()
            while frame is not None:
                self._frames.put(frame)
                frame = self.connection.receive()
        except ConnectionLost:
            pass
        self._frames.put(None)

    def next(self) -> "Optional[list[str]]":
        """The next frame as its name and fields; None at the end."""
        frame = self._frames.get(timeout=MAX_WAIT)
        return None if frame is None else [frames.NAMES[frame[0]], *frames.split_fields(*frame)]

    def until(self, *wanted: str) -> "list[str]":
        """The next frame of these names, skipping others."""
        while True:
            found = self.next()
            if found is None:
                raise AssertionError(f"the connection ended before {' or '.join(wanted)}")
            if found[0] in wanted:
                return found

    def ended(self) -> "list[list[str]]":
        """Waits for the end of the connection; returns what it received before."""
        rest = []
        while True:
            found = self.next()
            if found is None:
                return rest
            rest.append(found)


class Output:
    """What a worker prints, as a thread reads it."""

    def __init__(self, connection: Connection) -> None:
        self.length = 0
        self._tail = b""
        self._changed = threading.Condition()
        self._ended = False
        self._connection = connection
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        sock = self._connection._socket
        decoder = self._connection._decoder
        came_along = bytes(decoder._view[decoder._start : decoder._end])  # received together with HELLO, behind it
        while True:
            try:
                data = came_along or sock.recv(1 << 20)
            except OSError:
                data = b""
            came_along = b""
            with self._changed:
                self.length += len(data)
                self._tail = (self._tail + data)[-100_000:]
                self._ended = not data
                self._changed.notify_all()
            if not data:
                return

    def contains(self, text: bytes) -> bool:
        """Waits for a text, or the end."""
        with self._changed:
            self._changed.wait_for(lambda: text in self._tail or self._ended, MAX_WAIT)
            return text in self._tail


class Bridge:
    """A bridge with one launcher. Its workers import from a directory that tests write modules to."""

    def __init__(self, modules: "dict[str, str]", python: str = sys.executable, **configuration: Any) -> None:
        self.directory = tempfile.mkdtemp(prefix="gw")
        for name, source in modules.items():
            with open(os.path.join(self.directory, name), "w", encoding="utf-8") as file:
                file.write(source)
        self._queues: "dict[str, queue.SimpleQueue[Any]]" = {
            purpose: queue.SimpleQueue() for purpose in ("launcher", "control", "exchange", "stdout", "stderr")
        }
        self._connections: "list[Connection]" = []
        self._listener = socket.socket(socket.AF_UNIX)
        path = os.path.join(self.directory, "gangway.sock")
        self._listener.bind(path)
        self._listener.listen(100)
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        self.threads = configuration.get("threads", 1)
        self.slots = max(self.threads, configuration.get("concurrency", 1000))
        self._output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [python, _PACKAGE], stdin=subprocess.PIPE, stdout=self._output, stderr=self._output, cwd="/"
        )
        told = {"socket": path, "token": "launcher-token", "python_path": [self.directory], **configuration}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(told).encode() + b"\n")
        self.process.stdin.flush()
        self._workers = 0
        self.retired: "set[str]" = set()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            connection = Connection(sock)
            self._connections.append(connection)
            try:
                kind, payload = connection.expect()
            except ConnectionLost:
                continue  # a worker that died, or a test that ends
            assert kind == HELLO
            self._introduce(connection, frames.split_fields(kind, payload))

    def _introduce(self, connection: Connection, hello: "list[str]") -> None:
        purpose = hello[1]
        if purpose in ("stdout", "stderr"):
            self._queues[purpose].put(Output(connection))
        elif hello[2] in self.retired and purpose == "exchange":
            connection.close()
        elif purpose == "exchange":
            self._queues[purpose].put((connection, hello))
        else:
            self._queues[purpose].put(Inbox(connection, hello))

    def accept(self, purpose: str, max_wait: float = MAX_WAIT) -> Any:
        """The next connection of a purpose."""
        return self._queues[purpose].get(timeout=max_wait)

    def launcher_output(self) -> str:
        self._output.seek(0)
        return self._output.read().decode()

    def fork(self, launcher: Inbox) -> "Worker":
        """Has a worker made."""
        self._workers += 1
        token = f"worker-{self._workers}"
        slot_file = os.path.join(self.directory, f"{token}.slots")
        with open(slot_file, "wb") as file:
            file.write(bytes(self.slots))
        launcher.connection.send(frames.encode_fields(FORK, [token, slot_file]))
        _, told, pid, event, _ = launcher.until("CHILD")
        assert (told, event) == (token, "started"), (told, event)
        return Worker(self, launcher, token, int(pid), slot_file)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(MAX_WAIT)
        for connection in self._connections:
            try:
                connection._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(MAX_WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the launcher outlived its connection") from None
        finally:
            self._output.close()
            shutil.rmtree(self.directory)


class Worker:
    """One worker of a :class:`Bridge`."""

    def __init__(self, bridge: Bridge, launcher: Inbox, token: str, pid: int, slot_file: str) -> None:
        self.bridge = bridge
        self.launcher = launcher
        self.token = token
        self.pid = pid
        self.slot_file = slot_file
        self.control: Inbox = bridge.accept("control")

    def ready(self) -> "Worker":
        """Waits for READY and takes its connections."""
        found = self.control.until("READY", "FAILED")
        assert found[0] == "READY", found
        self.stdout: Output = self.bridge.accept("stdout")
        self.stderr: Output = self.bridge.accept("stderr")
        self.exchanges = [self.bridge.accept("exchange") for _ in range(int(found[4]))]
        return self

    def send(self, connection: Connection, **environ: str) -> None:
        pairs = {**ENVIRON, **environ}
        fields = [text for pair in pairs.items() for text in pair]
        connection.send(frames.encode_request(1, frames.FLAG_EMPTY, fields))

    def get(self, path: str) -> bytes:
        """Runs one exchange on the first connection; returns its body, or the text of ABORT."""
        connection = self.exchanges[0][0]
        self.send(connection, PATH_INFO=path)
        body = b""
        while True:
            kind, payload = connection.expect()
            if kind == frames.DATA:
                body += payload
            elif kind == frames.ABORT:
                return b"ABORT " + payload
            elif kind == frames.END:
                return body

    def retire(self, seconds: str) -> None:
        """Sends RETIRE; connections that the worker opens from now on are closed."""
        self.bridge.retired.add(self.token)
        self.control.connection.send(frames.encode_fields(frames.RETIRE, [seconds]))

    def ended(self) -> "tuple[str, int]":
        """How the launcher says that it ended."""
        while True:
            found = self.launcher.until("CHILD")
            if found[1] == self.token:
                return found[3], int(found[4])
