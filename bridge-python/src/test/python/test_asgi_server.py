"""The loop of an ASGI worker as a real process: boot, connections on demand, retirement."""

from __future__ import annotations

import unittest
from typing import Any

from bridge_double import Bridge, Worker
from gangway_worker import frames
from gangway_worker.frames import BINARY, SCOPE

APPLICATION = '''
import asyncio, os

LEFT = []

async def stubborn():
    while True:
        try:
            await asyncio.sleep(1000)
        except asyncio.CancelledError:
            print("swallowed")

async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print("shut down")
        if os.environ.get("NEVER_ENDS") == "before":
            await asyncio.get_running_loop().create_future()
        if os.environ.get("NEVER_ENDS") == "blocks":
            import time
            time.sleep(1000)
        await send({"type": "lifespan.shutdown.complete"})
        if os.environ.get("NEVER_ENDS") == "after":
            await stubborn()
        return
    if scope["path"] == "/swallow":
        print("begun")
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            print("cancelled")
    if scope["path"] == "/stubborn-behind-its-answer":
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})
        await stubborn()
    if scope["path"] == "/leak":
        LEFT.extend(asyncio.create_task(asyncio.sleep(1000)) for _ in range(1000))
    if scope["path"] == "/leak-stubborn":
        LEFT.append(asyncio.create_task(stubborn()))
    if scope["path"].startswith("/never-ends/"):
        os.environ["NEVER_ENDS"] = scope["path"].rpartition("/")[2]
    if scope["path"] == "/hang":
        import time
        time.sleep(1000)
    if scope["path"] == "/system-exit-in-a-task":
        async def leave():
            raise SystemExit(5)
        asyncio.create_task(leave())
        await asyncio.sleep(0)
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": str(os.getpid()).encode()})
'''


class ServerTest(unittest.TestCase):
    def worker(self, **configuration: Any) -> Worker:
        bridge = Bridge({"shop.py": APPLICATION}, application="shop:application", **configuration)
        self.addCleanup(bridge.close)
        return bridge.fork(bridge.accept("launcher")).ready()

    def start(self, connection: Any, path: str) -> None:
        fields = ["http", "GET", "1.1", "http", path, path, "", "", "", "", "localhost", "80", "req-1", "0"]
        connection.send(frames.encode_request(1, frames.FLAG_EMPTY, fields, SCOPE))

    def get(self, connection: Any, path: str = "/") -> bytes:
        self.start(connection, path)
        body = b""
        while True:
            kind, payload = connection.expect()
            if kind == frames.DATA:
                body += payload
            elif kind in (frames.END, frames.ABORT):
                return body if kind == frames.END else payload

    def test_boots_in_steps_and_says_how_many_connections_it_has(self) -> None:
        bridge = Bridge({"shop.py": APPLICATION}, application="shop:application")
        self.addCleanup(bridge.close)
        worker = bridge.fork(bridge.accept("launcher"))
        told = []
        while not told or told[-1][0] != "READY":
            told.append(worker.control.next() or [])
        self.assertEqual([step[1] for step in told[:-1]], ["connect", "environment", "name", "import", "find", "lifespan", "connections"])
        self.assertEqual((told[-1][1], told[-1][4]), ("asgi", "8"))
        slots = sorted(int(bridge.accept("exchange")[1][4]) for _ in range(8))
        self.assertEqual(slots, list(range(8)))

    def test_has_no_more_connections_than_its_concurrency(self) -> None:
        self.assertEqual(len(self.worker(concurrency=3).exchanges), 3)

    def test_serves_on_each_connection(self) -> None:
        worker = self.worker()
        for connection, _ in worker.exchanges:
            self.assertEqual(self.get(connection), str(worker.pid).encode())

    def test_opens_as_many_connections_as_it_is_told(self) -> None:
        worker = self.worker(concurrency=100)
        worker.control.connection.send(frames.encode_fields(frames.OPEN, ["1000"]))
        slots = {int(hello[4]) for _, hello in worker.exchanges}
        while len(slots) < 100:
            connection, hello = worker.bridge.accept("exchange")
            slots.add(int(hello[4]))
            self.assertEqual(self.get(connection), str(worker.pid).encode())
        self.assertEqual(slots, set(range(100)))

    def test_opens_another_connection_in_place_of_one_that_ended(self) -> None:
        worker = self.worker(concurrency=2)
        connection, hello = worker.exchanges[0]
        connection.close()
        connection, again = worker.bridge.accept("exchange")
        self.assertEqual(again[4], hello[4])
        self.assertEqual(self.get(connection), str(worker.pid).encode())

    def test_says_that_its_loop_turns(self) -> None:
        worker = self.worker()
        for _ in range(3):
            worker.control.until("BEAT")

    def test_tells_its_stacks_although_its_loop_hangs(self) -> None:
        worker = self.worker()
        self.start(worker.exchanges[0][0], "/hang")
        worker.control.connection.send(frames.encode(frames.DUMP))
        stacks = worker.control.until("LOG")
        while "in application" not in stacks[4]:
            worker.control.connection.send(frames.encode(frames.DUMP))
            stacks = worker.control.until("LOG")
        self.assertIn("what the worker's threads are doing", stacks[4])

    def test_goes_on_after_a_task_has_raised_system_exit(self) -> None:
        worker = self.worker()
        connection = worker.exchanges[0][0]
        self.assertEqual(self.get(connection, "/system-exit-in-a-task"), str(worker.pid).encode())
        told = worker.control.until("LOG")[4]
        while "the worker goes on" not in told:  # asyncio has an entry of its own
            told = worker.control.until("LOG")[4]
        self.assertIn("raised an exception; the worker goes on: SystemExit: 5", told)
        self.assertEqual(self.get(connection), str(worker.pid).encode())

    def test_shuts_down_when_its_connections_have_ended(self) -> None:
        worker = self.worker()
        worker.retire("20")
        for connection, _ in worker.exchanges:
            connection.close()
        self.assertEqual(worker.ended(), ("exit", 0))
        self.assertTrue(worker.stdout.contains(b"shut down"))

    def end(self, path: str, seconds: str) -> "tuple[tuple[str, int], list[str]]":
        """How a worker ends that is retired after a request, and what it logs then."""
        worker = self.worker()
        self.get(worker.exchanges[0][0], path)
        worker.retire(seconds)
        for connection, _ in worker.exchanges:
            connection.close()
        ended = worker.ended()
        return ended, [frame[4] for frame in worker.control.ended() if frame[0] == "LOG"]

    def test_cancels_the_tasks_that_the_application_has_left_behind(self) -> None:
        self.assertEqual(self.end("/leak", "20"), (("exit", 0), []))

    def assert_given_up(self, path: str, why: str) -> None:
        after = "the worker is given up 1 s after it was told to end (gangway.graceful-timeout, its requests' time included): "
        self.assertEqual(self.end(path, "1"), (("exit", 3), [after + why]))

    def test_ends_when_its_time_is_over_although_a_task_swallows_its_cancellation(self) -> None:
        self.assert_given_up(
            "/leak-stubborn",
            "tasks of the application have not ended, although they were cancelled: 1 (stubborn). Fix: let asyncio.CancelledError pass in them",
        )

    def test_ends_when_its_time_is_over_although_a_call_swallows_its_cancellation_after_its_answer(self) -> None:
        self.assert_given_up(
            "/stubborn-behind-its-answer",
            "calls of the application have not returned, although they were cancelled: 1. Fix: let asyncio.CancelledError pass in them",
        )

    def test_ends_when_its_time_is_over_although_the_shutdown_never_ends(self) -> None:
        for path in ("/never-ends/before", "/never-ends/blocks"):
            with self.subTest(path):
                self.assert_given_up(
                    path, "the application has not answered lifespan.shutdown. Fix: limit the time of what its shutdown waits for, or raise the timeout"
                )

    def test_ends_when_its_time_is_over_although_the_lifespan_swallows_its_cancellation(self) -> None:
        why = "tasks of the application have not ended, although they were cancelled: 1 (the lifespan). Fix: let asyncio.CancelledError pass in them"
        after = "the worker is given up 2 s after it was told to end (gangway.graceful-timeout, its requests' time included): "
        self.assertEqual(self.end("/never-ends/after", "2"), (("exit", 3), [after + why]))

    def test_cancels_what_does_not_end_before_its_time_is_over(self) -> None:
        worker = self.worker()
        connection = worker.exchanges[0][0]
        self.start(connection, "/swallow")
        self.assertTrue(worker.stdout.contains(b"begun"))
        worker.retire("1")
        for idle, _ in worker.exchanges[1:]:
            idle.close()
        self.assertTrue(worker.stdout.contains(b"cancelled"))
        while connection.expect()[0] != frames.END:
            pass
        connection.close()
        self.assertEqual(worker.ended(), ("exit", 0))

    def test_that_hangs_at_its_retirement_ends_when_its_time_is_over(self) -> None:
        worker = self.worker()
        self.start(worker.exchanges[0][0], "/hang")
        worker.retire("0.5")
        self.assertEqual(worker.ended(), ("exit", 3))

    def test_replaces_a_connection_over_which_a_wrong_frame_came(self) -> None:
        worker = self.worker(concurrency=1)
        connection, _ = worker.exchanges[0]
        connection.send(frames.encode(BINARY, b"x"))
        self.assertIsNone(connection.receive())
        self.assertIn("exchange connection 0 is replaced after an error: ", worker.control.until("LOG")[4])
        connection, _ = worker.bridge.accept("exchange")
        self.assertEqual(self.get(connection), str(worker.pid).encode())


if __name__ == "__main__":
    unittest.main()
