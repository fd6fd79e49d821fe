"""A WebSocket of an ASGI worker: its handshake, messages and closes, and applications that break the rules."""

from __future__ import annotations

import asyncio
import threading
import unittest
from typing import Any, Callable
from unittest import mock

from asgi_double import AsgiTest
from exchanges import MAX_WAIT
from gangway_worker import asgi, frames, states
from gangway_worker.asgi_link import Link


class WebSocketTest(AsgiTest):
    def echo(self, events: "list[Any]") -> "Callable[..., Any]":
        async def application(scope: Any, receive: Any, send: Any) -> None:
            events.append(await receive())
            await send({"type": "websocket.accept", "subprotocol": (scope["subprotocols"] or [None])[0], "headers": [(b"x-a", b"1")]})
            while True:
                event = await receive()
                events.append(event)
                if event["type"] == "websocket.disconnect":
                    return
                await send({**event, "type": "websocket.send"})

        return application

    def test_is_accepted_talks_and_is_closed_by_the_client(self) -> None:
        events: "list[Any]" = []
        client = self.serve(self.echo(events))
        for _ in range(2):  # the connection is used again
            events.clear()
            client.start(kind="websocket", headers=("sec-websocket-protocol", "chat"))
            self.assertEqual(client.expect_named(), ("ACCEPT", b"chat\0x-a\x001"))
            client.text("h\xe9")
            self.assertEqual(client.expect_named(), ("TEXT", "hé".encode()))
            client.send(frames.PART, b"\0" * 10, states.CLIENT_MESSAGE)
            client.send(frames.BINARY, b"\1", states.CLIENT_MESSAGE)
            self.assertEqual(client.expect_named(), ("BINARY", b"\0" * 10 + b"\1"))
            client.close_websocket(1001, "away")
            self.assertEqual(client.expect_named(), ("END", b""))
            self.assertEqual([event["type"] for event in events], ["websocket.connect", "websocket.receive", "websocket.receive", "websocket.disconnect"])
            self.assertEqual(events[-1], {"type": "websocket.disconnect", "code": 1001, "reason": "away"})

    def test_sends_a_message_above_the_max_payload_in_parts(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "bytes": b"x" * (2 << 20)})

        client = self.serve(application)
        client.start(kind="websocket")
        self.assertEqual([client.expect_named()[0] for _ in range(4)], ["ACCEPT", "PART", "BINARY", "END"])

    def test_is_closed_by_the_application(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4001, "reason": "as you wish"})

        client = self.serve(application)
        client.start(kind="websocket")
        self.assertEqual([client.expect_named() for _ in range(3)], [("ACCEPT", b""), ("CLOSE", b"4001\0as you wish"), ("END", b"")])

    def test_is_denied_with_a_close_or_with_a_response(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            if scope["path"] == "/close":
                await send({"type": "websocket.close"})
            else:
                await send({"type": "websocket.http.response.start", "status": 401, "headers": [(b"x", b"y")]})
                await send({"type": "websocket.http.response.body", "body": b"members "})
                raise AssertionError("not reached")

        client = self.serve(application)
        client.start(kind="websocket", path="/close")
        self.assertEqual([client.expect_named() for _ in range(2)], [("CLOSE", b"1000\0"), ("END", b"")])
        client.close_websocket(1006)
        client.start(kind="websocket", path="/deny")
        self.assertEqual(client.expect_named(), ("HEAD", b"401 Unauthorized\0x\0y"))
        self.assertEqual(client.expect_named(), ("DATA", b"members "))

    def test_that_nobody_receives_holds_up_its_client(self) -> None:
        gate = threading.Event()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            await asyncio.get_running_loop().run_in_executor(None, gate.wait)
            await receive()
            for number in range(1000):
                assert (await receive())["text"] == "x" * 10_000, number
            await send({"type": "websocket.send", "text": "all"})

        client = self.serve(application)
        self.addCleanup(gate.set)
        client.start(kind="websocket")
        client.expect()
        sent = []
        held_up_or_over = threading.Event()
        resumed_early = []

        def flood() -> None:
            for _ in range(1000):
                client.text("x" * 10_000)
                sent.append(True)
            held_up_or_over.set()

        pause, resume = Link.pause_reading, Link.resume_reading

        def pausing(link: Link) -> None:
            pause(link)
            held_up_or_over.set()

        def resuming(link: Link) -> None:
            if not gate.is_set():
                resumed_early.append(len(sent))
            resume(link)

        flooding = threading.Thread(target=flood)
        with mock.patch.object(Link, "pause_reading", pausing), mock.patch.object(Link, "resume_reading", resuming):
            flooding.start()
            self.assertTrue(held_up_or_over.wait(MAX_WAIT))
            self.assertLess(len(sent), 1000, "all messages were taken although nobody received one")
            self.assertEqual(resumed_early, [])
            gate.set()
            flooding.join(MAX_WAIT)
            self.assertEqual(client.expect_named(), ("TEXT", b"all"))

    def test_that_breaks_a_rule_is_told_which(self) -> None:
        accept: Any = {"type": "websocket.accept"}
        cases: Any = (
            ([], "A31, the application's return: expected a WebSocket that was accepted or closed; found neither"),
            ([{"type": "websocket.send", "text": "a"}], "A30, send: expected websocket.accept, websocket.close or"),
            ([accept, accept], 'A30, send: expected websocket.send or websocket.close on a WebSocket, because it is open; found "websocket.accept". Fix: accept once, then send messages, then close'),
            ([{"type": "websocket.http.response.start", "status": 403}, accept], 'found "websocket.accept". Fix: send the rest of the response; to open'),
            ([accept, {"type": "websocket.close"}, {"type": "websocket.send", "text": "a"}], "Fix: send nothing after websocket.close"),
            ([{"type": "http.response.start", "status": 200}], 'found "http.response.start". Fix: look at scope["type"]: it is "websocket" here'),
            ([accept, {"type": "websocket.send"}], "A33, websocket.send: expected either text of type str or bytes; found neither. Fix: set one of both"),
            ([accept, {"type": "websocket.send", "text": b"x"}], "A33, websocket.send: expected either text of type str or bytes; found text of type bytes. Fix: set bytes, or decode it"),
            ([accept, {"type": "websocket.send", "bytes": "x"}], "A33, websocket.send: expected either text of type str or bytes; found bytes of type str. Fix: set text, or encode it"),
            ([accept, {"type": "websocket.send", "text": "a", "bytes": b"b"}], "found text of type str, bytes of type bytes"),
            ([accept, {"type": "websocket.close", "code": 1006}], "A35, websocket.close: expected a code that may be sent"),
            ([accept, {"type": "websocket.close", "reason": "\ud800"}], "A35, websocket.close: expected a reason of Unicode characters; found a lone surrogate"),
            (
                [{"type": "websocket.http.response.start", "status": 403}, *[{"type": "websocket.http.response.body", "body": b"x" * (1 << 19), "more_body": True}] * 3],
                "A50, websocket.http.response.body: expected at most 1048576 bytes in all; found 1572864",
            ),
            ([{**accept, "subprotocol": "v9"}], "A30, websocket.accept: expected one of the subprotocols that the client offers; found 'v9'"),
            ([{**accept, "headers": [(b"Sec-WebSocket-Accept", b"x")]}], "expected headers that are not the handshake's own"),
        )
        for messages, expected in cases:
            with self.subTest(expected):

                async def application(scope: Any, receive: Any, send: Any) -> None:
                    for message in messages:
                        await send(message)

                client = self.serve(application)
                name, payload = client.get(kind="websocket")[-1]
                self.assertEqual(name, "ABORT")
                self.assertIn(expected, payload.decode())

    def test_raises_when_the_client_has_closed(self) -> None:
        raised: "list[Any]" = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})
            await receive()
            await receive()
            try:
                await send({"type": "websocket.send", "text": "late"})
            except OSError as error:
                raised.append(error)
                raise

        client = self.serve(application)
        client.start(kind="websocket")
        client.expect()
        client.close_websocket(1000)
        self.assertEqual(client.expect_named()[0], "END")
        self.assertEqual(client.logged(), [])
        self.assertIsInstance(raised[0], asgi.ClientLeft)


if __name__ == "__main__":
    unittest.main()
