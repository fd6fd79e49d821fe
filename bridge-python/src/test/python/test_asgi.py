"""One connection of an ASGI worker: scopes, requests, and applications that break the rules."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import unittest
import weakref
from typing import Any, Callable
from unittest import mock

from asgi_double import AsgiTest
from exchanges import MAX_WAIT
from gangway_worker import asgi, frames
from gangway_worker.asgi_link import HEAD_SECONDS
from gangway_worker.frames import BODY, BODY_ABORT, BODY_END, BODY_FILE, LEFT, PULL, Decoder
from gangway_worker.rules import RuleError


def answering(body: bytes, *headers: "tuple[bytes, bytes]") -> "Callable[..., Any]":
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    return application


class ScopeTest(AsgiTest):
    def test_has_what_the_request_says(self) -> None:
        scopes = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            scopes.append(scope)
            await answering(b"")(scope, receive, send)

        client = self.serve(application, {"pool": "p"})
        client.get(headers=("host", "example.org", "x", "\xff"), remote_user="ann")
        self.assertEqual(
            scopes[0],
            {
                "type": "http",
                "asgi": {"version": "3.0", "spec_version": "2.5"},
                "http_version": "1.1",
                "method": "GET",
                "scheme": "http",
                "path": "/café",
                "raw_path": b"/caf%C3%A9",
                "query_string": b"a=%20",
                "root_path": "",
                "headers": [(b"host", b"example.org"), (b"x", b"\xff")],
                "client": ("10.0.0.1", 4711),
                "server": ("localhost", 8080),
                "state": {"pool": "p"},
                "extensions": {"gangway": {"request_id": "req-1", "remote_user": "ann"}, "http.response.trailers": {}},
            },
        )
        client.get()
        self.assertIsNot(scopes[0]["state"], scopes[1]["state"])

    def test_has_what_is_known_of_a_tls_connection(self) -> None:
        scopes = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            scopes.append(scope)
            await answering(b"")(scope, receive, send)

        client = self.serve(application)
        client.get(**{"tls.version": "772", "tls.cipher_suite": "", "tls.client_cert": "-----BEGIN", "tls.client_name": "CN=J\xc3\xbcrgen", "remote_user": "ann"})
        self.assertEqual(
            scopes[0]["extensions"],
            {
                "gangway": {"request_id": "req-1", "remote_user": "ann"},
                "http.response.trailers": {},
                "tls": {
                    "server_cert": None,
                    "client_cert_chain": ("-----BEGIN",),
                    "client_cert_name": "CN=Jürgen",
                    "client_cert_error": None,
                    "tls_version": 0x0304,
                    "cipher_suite": None,
                },
            },
        )

    def test_of_a_websocket_has_the_subprotocols_in_their_order(self) -> None:
        scopes = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            scopes.append(scope)
            await send({"type": "websocket.close"})

        client = self.serve(application)
        client.get(kind="websocket", headers=("sec-websocket-protocol", "chat , v2", "sec-websocket-protocol", "v1"))
        self.assertEqual(scopes[0]["subprotocols"], ["chat", "v2", "v1"])
        self.assertEqual(scopes[0]["scheme"], "ws")
        self.assertNotIn("method", scopes[0])
        self.assertIn("websocket.http.response", scopes[0]["extensions"])

    def test_that_is_malformed_ends_the_connection_and_is_logged(self) -> None:
        client = self.serve(answering(b""))
        client.connection.send(frames.encode_request(1, 1, ["http", "GET"], frames.SCOPE))
        self.assertTrue(client.ended.wait(MAX_WAIT))
        self.assertIn("exchange connection 2 is replaced after an error: a SCOPE of 2 fields", client.logged()[0][3])


class ResponseTest(AsgiTest):
    def test_of_one_part_has_its_length_and_leaves_in_one_write(self) -> None:
        client = self.serve(answering(b"hello", (b"X-A", b"1")))
        client.start()
        received = client.socket.recv(1000)
        decoder = Decoder()
        decoder.feed(received)
        self.assertEqual(decoder.next_frame(), (frames.HEAD, b"200 OK\0X-A\x001\0content-length\x005"))
        self.assertEqual(decoder.next_frame(), (frames.DATA, b"hello"))
        self.assertEqual(decoder.next_frame(), (frames.END, b""))

    def test_marks_the_request_as_taken(self) -> None:
        client = self.serve(answering(b""))
        client.get()
        client.get()
        self.assertEqual(bytes(client.slots), b"\0\0\2\0")

    def test_in_small_parts_is_joined_until_the_turn_ends(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200})
            for _ in range(1000):
                await send({"type": "http.response.body", "body": b"x" * 100, "more_body": True})
            await send({"type": "http.response.body"})

        client = self.serve(application)
        received = client.get()
        self.assertEqual([name for name, _ in received], ["HEAD", "DATA", "END"])
        self.assertEqual(received[1][1], b"x" * 100_000)

    def test_has_one_frame_for_the_parts_of_a_turn(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200})
            for part in (b"a", b"", b"bc", b"d" * (64 << 10), b"e"):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": b"f", "more_body": True})
            await send({"type": "http.response.body", "body": b"g"})

        client = self.serve(application)
        client.start()
        decoder = Decoder()
        received: "list[tuple[int, bytes]]" = []
        while not received or received[-1][0] != frames.END:
            decoder.feed(client.socket.recv(1 << 20))
            frame = decoder.next_frame()
            while frame is not None:
                received.append(frame)
                frame = decoder.next_frame()
        self.assertEqual([payload for kind, payload in received if kind == frames.DATA], [b"abc", b"d" * (64 << 10), b"e", b"f", b"g"])

    def test_has_a_head_that_does_not_wait_for_a_late_body(self) -> None:
        gate = threading.Event()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 202})
            await asyncio.get_running_loop().run_in_executor(None, gate.wait, MAX_WAIT)
            await send({"type": "http.response.body", "body": b"late"})

        client = self.serve(application)
        client.start()
        self.assertEqual(client.expect_named(), ("HEAD", b"202 Accepted"))
        gate.set()
        self.assertEqual(client.finish(), [("DATA", b"late"), ("END", b"")])

    def test_that_fails_before_a_late_body_has_no_second_head(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200})
            await asyncio.sleep(5 * HEAD_SECONDS)
            raise ValueError("late")

        self.assertEqual([name for name, _ in self.serve(application).get()], ["HEAD", "ABORT"])

    def test_above_the_max_payload_is_cut(self) -> None:
        body = bytes(range(256)) * 10_000
        self.assertEqual(self.serve(answering(body)).get()[1], ("DATA", body))

    def test_to_head_and_with_204_has_no_data(self) -> None:
        client = self.serve(answering(b"hello", (b"content-length", b"5")))
        self.assertEqual([name for name, _ in client.get(method="HEAD")], ["HEAD", "END"])

    def test_that_breaks_a_rule_is_refused_with_event_and_state(self) -> None:
        start: Any = {"type": "http.response.start", "status": 200}
        cases: Any = (
            ([], "A17, the application's return: expected a complete response; found no start. Fix: await send: http.response.start, and http.response.body"),
            ([start], "A17, the application's return: expected a complete response; found no last part of the body"),
            ([start, start], 'A15, send: expected http.response.body, because the response has started; found "http.response.start"'),
            ([{"type": "http.response.body"}], "A15, send: expected http.response.start, because nothing has been sent"),
            ([{"type": "http.response.begin"}], 'found "http.response.begin". Fix: send http.response.start once, then http.response.body until one has no more_body, then http.resp'),
            ([{"type": "websocket.accept"}], 'found "websocket.accept". Fix: look at scope["type"]: it is "http" here, and "websocket" where this message fits'),
            ([{**start, "headers": {b"ab": b"c"}}], "expected headers that are a list of [name, value] pairs; found dict of 1. Fix: pass list(headers.items()), with"),
            ([{"type": "http.response.pathsend"}], 'found "http.response.pathsend"'),
            ([{}], 'A15, send: expected a dict with a text under "type"; found dict of 0'),
            ([{**start, "status": "200"}], "A16, http.response.start: expected a status of type int; found str"),
            ([{"type": "http.response.start"}], 'A16, http.response.start: expected a status of type int; found no key "status". Fix: add "status": 200, or'),
            ([{**start, "status": 101}], "A16, http.response.start: expected a final status"),
            ([{**start, "headers": [("a", b"b")]}], "A15, http.response.start: expected a header name of type bytes; found str"),
            ([{**start, "headers": [(b"a", "b")]}], 'A15, http.response.start: expected a value of type bytes for header "a"; found str'),
            ([{**start, "headers": [(b"a b", b"b")]}], "A16, http.response.start: expected a header name of letters"),
            ([{**start, "headers": [(b"a", b"b\n")]}], 'expected a value without control characters for header "a"; found "b\\n"'),
            ([{**start, "headers": [(b"a",)]}], "expected each header as a pair of name and value, both bytes; found tuple of 1"),
            ([{**start, "headers": [(b"content-length", b"x")]}], "W63, http.response.start: expected a content-length of decimal digits"),
            ([start, {"type": "http.response.body", "body": "text"}], "A15, http.response.body: expected a body of type bytes; found str"),
        )
        for messages, expected in cases:
            with self.subTest(expected):

                async def application(scope: Any, receive: Any, send: Any) -> None:
                    for message in messages:
                        await send(message)

                name, payload = self.serve(application).get()[-1]
                kind, summary, _ = frames.split_fields(frames.ABORT, payload)
                self.assertEqual((name, kind), ("ABORT", "rule"))
                self.assertIn(expected, summary)

    def test_with_trailers_ends_with_them(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "trailers": True})
            await send({"type": "http.response.body", "body": b"abc"})
            await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"3")], "more_trailers": True})
            await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"4")]})
            await send({"type": "http.response.trailers", "headers": [(b"x-sum", b"ignored")]})

        client = self.serve(application)
        whole = [("TRAILED_HEAD", b"200 OK\0content-length\x003"), ("DATA", b"abc"), ("TRAILERS", b"\0x-sum\x003\0x-sum\x004"), ("END", b"")]
        self.assertEqual(client.get(), whole)
        self.assertEqual(client.get(), whole)
        self.assertEqual(client.get(method="HEAD"), [frame for frame in whole if frame[0] != "DATA"])

    def test_sends_its_body_before_it_has_its_trailers(self) -> None:
        gate = threading.Event()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "trailers": True})
            await send({"type": "http.response.body", "body": b"abc"})
            await asyncio.get_running_loop().run_in_executor(None, gate.wait, MAX_WAIT)
            await send({"type": "http.response.trailers"})

        client = self.serve(application)
        client.start()
        self.assertEqual([client.expect_named()[0] for _ in range(2)], ["TRAILED_HEAD", "DATA"])
        gate.set()
        self.assertEqual(client.finish(), [("TRAILERS", b""), ("END", b"")])

    def test_with_trailers_that_break_a_rule_is_refused_with_event_and_state(self) -> None:
        start: Any = {"type": "http.response.start", "status": 200, "trailers": True}
        body: Any = {"type": "http.response.body"}
        trailers: Any = {"type": "http.response.trailers"}
        cases: Any = (
            ([start, trailers], 'A15, send: expected http.response.body, because the response has started; found "http.response.trailers"'),
            ([{**start, "trailers": False}, trailers], "A15, send: expected http.response.body"),
            ([start, body, body], 'A15, send: expected http.response.trailers, because the body is complete; found "http.response.body"'),
            ([start, body, {**trailers, "more_trailers": True}, start], 'because the body is complete; found "http.response.start"'),
            ([start, body], "A17, the application's return: expected a complete response; found no http.response.trailers"),
            ([start, body, {**trailers, "more_trailers": True}], "A17, the application's return"),
            ([start, body, {**trailers, "headers": [("a", b"b")]}], "A15, http.response.trailers: expected a header name of type bytes; found str"),
            ([start, body, {**trailers, "headers": [(b"a b", b"b")]}], "A16, http.response.trailers: expected a header name of letters"),
            ([start, body, {**trailers, "headers": [(b"a", b"b\r\nc: d")]}], "A16, http.response.trailers: expected a value without control characters"),
            ([start, body, {**trailers, "headers": [(b"a", b"b\0c")]}], "A16, http.response.trailers: expected a value without control characters"),
            ([start, body, {**trailers, "headers": [(b"Set-Cookie", b"a=b")]}], "A52, http.response.trailers: expected fields that may follow a body"),
            ([start, body, {**trailers, "headers": [(b"a", b"b" * 8160)]}], "A52, http.response.trailers: expected at most 8192 bytes of fields, 32 for each included; found 8193 bytes"),
            ([start, body, {**trailers, "headers": [(b"a", b"b" * 4096)], "more_trailers": True}, {**trailers, "headers": [(b"a", b"b" * 4096)]}], "found 8258 bytes"),
        )
        for messages, expected in cases:
            with self.subTest(expected):

                async def application(scope: Any, receive: Any, send: Any) -> None:
                    for message in messages:
                        await send(message)

                name, payload = self.serve(application).get()[-1]
                kind, summary, _ = frames.split_fields(frames.ABORT, payload)
                self.assertEqual((name, kind), ("ABORT", "rule"))
                self.assertIn(expected, summary)

    def test_without_trailers_refuses_them_after_its_end(self) -> None:
        problems: "list[str]" = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await answering(b"whole")(scope, receive, send)
            try:
                await send({"type": "http.response.trailers"})
            except RuleError as error:
                problems.append(str(error))

        client = self.serve(application)
        self.assertEqual([name for name, _ in client.get()], ["HEAD", "DATA", "END"])
        client.close()
        self.assertIn('because the response is complete, and its start has announced no trailers; found "http.response.trailers"', problems[0])

    def test_that_is_complete_ends_before_its_task_and_frees_the_connection(self) -> None:
        gate = threading.Event()
        events = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await answering(b"done")(scope, receive, send)
            if scope["query_string"] == b"a=%20":
                await asyncio.get_running_loop().run_in_executor(None, gate.wait)
                events.append((await receive())["type"])
                await send({"type": "http.response.body", "body": b"ignored"})

        client = self.serve(application)
        for _ in range(3):
            self.assertEqual([name for name, _ in client.get()], ["HEAD", "DATA", "END"])
        gate.set()
        client.close()
        self.assertEqual(events, ["http.disconnect"] * 3)

    def test_fails_with_summary_and_traceback_of_the_application_alone(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            raise ValueError("broken")

        name, payload = self.serve(application).get()[-1]
        kind, summary, traceback = frames.split_fields(frames.ABORT, payload)
        self.assertEqual((kind, summary), ("application", "ValueError: broken"))
        self.assertNotIn("gangway_worker", traceback)


class RequestTest(AsgiTest):
    def reading(self, events: "list[Any]") -> "Callable[..., Any]":
        async def application(scope: Any, receive: Any, send: Any) -> None:
            more = True
            while more:
                event = await receive()
                events.append(event)
                more = event.get("more_body", False)
            await answering(b"")(scope, receive, send)

        return application

    def test_of_unknown_length_is_pulled_part_by_part(self) -> None:
        events: "list[Any]" = []
        client = self.serve(self.reading(events))
        client.start(0)
        client.finish(b"x" * 100_000)
        self.assertEqual([(len(event["body"]), event["more_body"]) for event in events], [(65536, True), (34464, True), (0, False)])

    def test_of_known_length_ends_with_its_last_part(self) -> None:
        events: "list[Any]" = []
        client = self.serve(self.reading(events))
        client.start(0, headers=("content-length", "100000"))
        client.finish(b"x" * 100_000)
        self.assertEqual([(len(event["body"]), event["more_body"]) for event in events], [(65536, True), (34464, False)])

    def test_that_is_pushed_is_one_event(self) -> None:
        events: "list[Any]" = []
        client = self.serve(self.reading(events))
        client.start(frames.FLAG_PUSHED)
        client.send(BODY, b"a")
        client.send(BODY, b"b")
        client.send(BODY_END)
        client.finish()
        self.assertEqual(events, [{"type": "http.request", "body": b"ab", "more_body": False}])

    def test_in_a_file_is_asked_for_in_frames(self) -> None:
        events: "list[Any]" = []
        client = self.serve(self.reading(events))
        client.start(0)
        self.assertEqual(client.expect()[0], PULL)
        client.send(BODY_FILE, b"/tmp/none\x003\x001\x001")
        client.finish(b"abc")
        self.assertEqual(events[0]["body"], b"abc")

    def test_that_is_not_read_is_not_pulled(self) -> None:
        client = self.serve(answering(b"x"))
        client.start(0)
        self.assertEqual([name for name, _ in client.finish()], ["HEAD", "DATA", "END"])

    def test_that_ends_early_is_a_disconnect_and_no_failure_of_the_application(self) -> None:
        events: "list[Any]" = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            events.append(await receive())
            raise RuntimeError("the client is gone")

        client = self.serve(application)
        client.start(0)
        self.assertEqual(client.expect()[0], PULL)
        client.send(BODY_ABORT, b"it ended early")
        name, payload = client.expect_named()
        self.assertEqual((name, payload.split(b"\0")[0]), ("ABORT", b"client"))
        self.assertEqual(events, [{"type": "http.disconnect"}])


class LeavingTest(AsgiTest):
    def test_is_told_by_receive_while_the_response_goes_on(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            event = await receive()
            await answering(event["type"].encode())(scope, receive, send)

        client = self.serve(application)
        client.start()
        client.send(LEFT)
        self.assertEqual(client.finish()[1], ("DATA", b"http.disconnect"))
        client.send(LEFT)  # late: it means nothing for the next request
        client.start()
        client.send(LEFT)
        self.assertEqual(client.finish()[1], ("DATA", b"http.disconnect"))

    def test_lets_an_application_return_without_a_response(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        client = self.serve(application)
        client.start()
        client.send(LEFT)
        self.assertEqual(client.finish(), [("ABORT", b"client\0the client has left\0")])

    def test_makes_send_raise_and_is_not_logged(self) -> None:
        raised: "list[Any]" = []
        began = threading.Event()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200})
            try:
                while True:
                    await send({"type": "http.response.body", "body": b"x" * 10_000, "more_body": True})
                    began.set()
                    await asyncio.sleep(0)
            except OSError as error:
                raised.append(error)
                raise RuntimeError("wrapped") from error

        client = self.serve(application)
        client.start()
        self.assertTrue(began.wait(MAX_WAIT))
        self.assertEqual(client.logged(), [])
        self.assertIsInstance(raised[0], asgi.ClientLeft)

    def test_is_noticed_by_an_application_that_never_waits_for_anything_else(self) -> None:
        body = {"type": "http.response.body", "body": b"x" * 100_000, "more_body": True}
        text = {"type": "websocket.send", "text": "x" * 100_000}
        for kind, start, event in (("http", {"type": "http.response.start", "status": 200}, body), ("websocket", {"type": "websocket.accept"}, text)):
            with self.subTest(kind):
                self._send_on_and_on(kind, start, event)

    def _send_on_and_on(self, kind: str, start: "dict[str, Any]", event: "dict[str, Any]") -> None:
        began, gone = threading.Event(), threading.Event()
        ended: "list[Any]" = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            if kind == "websocket":
                await receive()
            await send(start)
            began.set()
            gone.wait(MAX_WAIT)  # the loop does not turn, so that it cannot see that the client leaves
            try:
                for _ in range(1000):
                    await send(event)
                ended.append("all was sent")
            except OSError as error:
                ended.append(error)

        client = self.serve(application)
        client.start(kind=kind)
        self.assertTrue(began.wait(MAX_WAIT))
        client.socket.shutdown(socket.SHUT_RDWR)
        client.socket.close()
        gone.set()
        self.assertTrue(client.ended.wait(MAX_WAIT))
        client.wait_for_thread()
        self.assertIsInstance(ended[0], asgi.ClientLeft)

    def test_closes_the_applications_generator_without_a_garbage_collection(self) -> None:
        closed = threading.Event()
        began = threading.Event()

        async def parts() -> Any:
            try:
                while True:
                    yield b"x" * 10_000
                    await asyncio.sleep(0)
            finally:
                closed.set()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200})
            body = parts()  # as a response keeps it
            async for part in body:
                await send({"type": "http.response.body", "body": part, "more_body": True})
                began.set()

        gc.disable()
        self.addCleanup(gc.enable)
        client = self.serve(application)
        client.keep_running = threading.Event()
        client.start()
        self.assertTrue(began.wait(MAX_WAIT))
        client.socket.shutdown(socket.SHUT_RDWR)
        try:
            self.assertTrue(closed.wait(MAX_WAIT))
        finally:
            client.keep_running.set()

    def test_keeps_nothing_of_a_request_whose_task_has_ended(self) -> None:
        class Kept:
            pass

        ended: "list[weakref.ref[Kept]]" = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            scope["kept"] = kept = Kept()
            ended.append(weakref.ref(kept))
            await receive()

        client = self.serve(application)
        client.keep_running = threading.Event()
        client.start(0)
        self.assertEqual(client.expect()[0], PULL)
        client.socket.shutdown(socket.SHUT_RDWR)
        try:
            self.assertTrue(client.all_ended.wait(MAX_WAIT))
            gc.collect()
            self.assertIsNone(ended[0]())
        finally:
            client.keep_running.set()

    def test_is_no_error_of_a_task_that_a_stop_cancels(self) -> None:
        async def application(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            asyncio.current_task().cancel()  # type: ignore[union-attr] # as the server does to all
            await asyncio.sleep(MAX_WAIT)

        client = self.serve(application)
        client.start(0)
        self.assertEqual(client.expect()[0], PULL)
        client.socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(client.logged(), [])

    def test_cancels_a_task_that_only_waits_after_a_while(self) -> None:
        cancelled: "list[Any]" = []
        began = threading.Event()

        async def application(scope: Any, receive: Any, send: Any) -> None:
            began.set()
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                cancelled.append(True)
                raise

        with mock.patch.object(asgi, "CANCEL_SECONDS", 0.01):
            client = self.serve(application)
            client.start()
            self.assertTrue(began.wait(MAX_WAIT))
            self.assertEqual(client.logged(), [])
        self.assertEqual(cancelled, [True])


if __name__ == "__main__":
    unittest.main()
