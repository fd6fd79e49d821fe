"""One exchange: what the application sees, what is sent, and all the ways in which it can end."""

from __future__ import annotations

import random
import socket
import sys
import threading
import unittest
from typing import Any, Callable, Iterator
from wsgiref.validate import validator

from exchanges import ENVIRON, MAX_WAIT, Client
from gangway_worker import frames, states
from gangway_worker.connection import ConnectionLost
from gangway_worker.frames import ABORT, BODY, BODY_ABORT, BODY_END, DATA, END, FLAG_PUSHED, HEAD

Start = Callable[..., Any]


class ExchangeTest(unittest.TestCase):
    def client(self, application: "Callable[..., Any]") -> Client:
        client = Client(application)
        self.addCleanup(client.dispose)
        return client


def hello(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"Hello"]


class Body:
    """An iterable that counts how often it is closed."""

    def __init__(self, *blocks: bytes, failure: "BaseException | None" = None) -> None:
        self.blocks = blocks
        self.failure = failure
        self.closed = 0
        self.thread = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.blocks
        if self.failure is not None:
            raise self.failure

    def close(self) -> None:
        self.closed += 1
        self.thread = threading.get_ident()


def answering(body: Any, *headers: "tuple[str, str]") -> "Callable[..., Any]":
    def application(environ: "dict[str, Any]", start: Start) -> Any:
        start("200 OK", list(headers))
        return body

    return application


class EnvironTest(ExchangeTest):
    def seen(self, **environ: str) -> "dict[str, Any]":
        found: "dict[str, Any]" = {}

        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            found.update(environ)
            return hello(environ, start)

        self.client(application).get(**environ)
        return found

    def test_is_a_dict_of_native_strings(self) -> None:
        environ = self.seen(HTTP_X="\xff\x80", QUERY_STRING="")
        self.assertEqual((environ["PATH_INFO"], environ["HTTP_X"], environ["QUERY_STRING"]), ("/cafÃ©", "ÿ\x80", ""))

    def test_tells_about_the_deployment(self) -> None:
        environ = self.seen()
        told = {key: value for key, value in environ.items() if key.startswith("wsgi.") and value in (True, False, (1, 0))}
        expected = {
            "wsgi.version": (1, 0),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.input_terminated": True,
        }
        self.assertEqual(told, expected)

    def test_may_be_changed_without_harm_to_the_next_request(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            start("200 OK", [])
            count = str(len(environ)).encode()
            environ.clear()
            return [count]

        client = self.client(application)
        self.assertEqual(client.get().body, client.get().body)

    def test_marks_the_request_as_taken_before_the_call(self) -> None:
        taken = []

        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            taken.append(bytes(client.slots))
            return hello(environ, start)

        client = self.client(application)
        for _ in range(256):
            client.get()
        self.assertEqual(taken[:2], [b"\0\0\1\0", b"\0\0\2\0"])
        self.assertEqual(taken[-2:], [b"\0\0\xff\0", b"\0\0\1\0"])


class ResponseTest(ExchangeTest):
    def test_sends_one_block_with_its_head_its_length_and_its_end_at_once(self) -> None:
        client = self.client(hello)
        client.start()
        received = client.socket.recv(65536)
        head = frames.encode_fields(HEAD, ["200 OK", "Content-Type", "text/plain", "Content-Length", "5"])
        self.assertEqual(received, head + frames.encode(DATA, b"Hello") + frames.encode(END))

    def test_never_doubles_content_length(self) -> None:
        for name in ("Content-Length", "content-length", "CONTENT-LENGTH"):
            response = self.client(answering([b"Hello"], (name, "5"))).get()
            self.assertEqual(response.head, ["200 OK", name, "5"])

    def test_serves_one_exchange_after_another(self) -> None:
        client = self.client(hello)
        for _ in range(3):
            self.assertEqual(client.get().body, b"Hello")

    def test_sends_each_block_before_it_asks_for_the_next(self) -> None:
        asked = threading.Event()

        def application(environ: "dict[str, Any]", start: Start) -> Iterator[bytes]:
            start("200 OK", [])
            yield b"one"
            asked.wait(MAX_WAIT)
            yield b"two"

        client = self.client(application)
        client.start()
        self.assertEqual([client.expect()[0], client.expect()], [HEAD, (DATA, b"one")])
        asked.set()
        self.assertEqual(client.finish().frames, [(DATA, b"two"), (END, b"")])

    def test_holds_the_head_until_the_first_block_that_is_not_empty(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> Iterator[bytes]:
            start("200 OK", [])
            yield b""
            try:
                raise ValueError
            except ValueError:
                start("500 Oops", [("X", "1")], sys.exc_info())
            yield b"body"

        response = self.client(application).get()
        self.assertEqual((response.head, response.names), (["500 Oops", "X", "1"], ["HEAD", "DATA", "END"]))

    def test_sends_a_head_without_a_body(self) -> None:
        for body in ([], [b""], (), iter([]), [b"", b""], Body(), Body(b"")):
            self.assertEqual(self.client(answering(body)).get().names, ["HEAD", "END"])

    def test_splits_blocks_that_no_frame_holds(self) -> None:
        block = bytes(range(256)) * 4096 * 2 + b"!"
        for body in ([block], iter([block])):
            response = self.client(answering(body)).get()
            self.assertEqual([len(data) for data in response.all(DATA)], [1 << 20, 1 << 20, 1])
            self.assertEqual(response.body, block)

    def test_sends_blocks_of_every_size_around_the_limits_whole(self) -> None:
        for size in (1, 16383, 16384, 16385, 65536, 1 << 20):
            for body in ([b"x" * size], iter([b"x" * size, b"y"])):
                self.assertEqual(self.client(answering(body)).get().body.count(b"x"), size)

    def test_sends_what_is_written_before_the_blocks(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            write = start("200 OK", [])
            write(b"")
            write(b"one")
            write(b"two")
            return [b"three"]

        response = self.client(application).get()
        self.assertEqual((response.all(DATA), response.names[0]), ([b"one", b"two", b"three"], "HEAD"))
        self.assertEqual(response.head, ["200 OK"])

    def test_sends_no_body_where_there_is_none(self) -> None:
        for status, method in (("204 No", "GET"), ("205 R", "GET"), ("304 N", "GET"), ("200 OK", "HEAD")):
            for body in ([b"block"], Body(b"block"), [b"a", b"b"]):
                with self.subTest(status=status, method=method, body=body):

                    def application(environ: "dict[str, Any]", start: Start) -> Any:
                        start(status, [("X", "1")])("".encode())
                        return body

                    response = self.client(application).get(REQUEST_METHOD=method)
                    self.assertEqual(response.names, ["HEAD", "END"])
                    expected = ["Content-Length", "5"] if method == "HEAD" and len(getattr(body, "blocks", body)) == 1 else []
                    if isinstance(body, list):
                        self.assertEqual(response.head, [status, "X", "1", *expected])

    def test_stops_iterating_where_no_body_is_sent(self) -> None:
        def endless() -> Iterator[bytes]:
            while True:
                yield b"more"

        self.assertEqual(self.client(answering(endless())).get(REQUEST_METHOD="HEAD").names, ["HEAD", "END"])


class ClosingTest(ExchangeTest):
    def test_closes_once_and_before_the_end(self) -> None:
        for body in (Body(), Body(b"a"), Body(b"a", b"b")):
            response = self.client(answering(body)).get()
            self.assertEqual((response.names[-1], body.closed), ("END", 1))

    def test_closes_on_the_thread_that_iterated(self) -> None:
        body = Body(b"a")
        threads = []

        def application(environ: "dict[str, Any]", start: Start) -> Any:
            threads.append(threading.get_ident())
            return answering(body)(environ, start)

        self.client(application).get()
        self.assertEqual([body.thread], threads)

    def test_closes_after_a_failure_before_and_after_the_head(self) -> None:
        for body in (Body(failure=ValueError("x")), Body(b"a", failure=ValueError("x"))):
            response = self.client(answering(body)).get()
            self.assertEqual((response.names[-1], body.closed), ("ABORT", 1))

    def test_closes_when_the_client_leaves_and_tells_nobody(self) -> None:
        left = threading.Event()
        closed = threading.Event()

        def application(environ: "dict[str, Any]", start: Start) -> Iterator[bytes]:
            start("200 OK", [])
            try:
                yield b"first"
                left.wait(MAX_WAIT)
                while True:
                    yield b"more" * 10000
            finally:
                closed.set()

        client = self.client(application)
        client.start()
        self.assertEqual([client.expect()[0], client.expect()[0]], [HEAD, DATA])
        client.socket.shutdown(socket.SHUT_RDWR)
        left.set()
        self.assertTrue(closed.wait(MAX_WAIT))
        self.assertEqual(client.logged(), [])

    def test_a_failing_close_leaves_a_complete_response_complete(self) -> None:
        class Failing(Body):
            def close(self) -> None:
                super().close()
                raise ValueError("cannot close")

        body = Failing(b"a")
        client = self.client(answering(body))
        self.assertEqual((client.get().names, body.closed), (["HEAD", "DATA", "END"], 1))
        ((level, logger, request, text),) = client.logged()
        self.assertEqual((level, logger, request), ("40", "gangway", "req-1"))
        self.assertRegex(text, r"^the iterable's close\(\) failed: ValueError: cannot close\nTraceback")

    def test_failures_of_a_step_and_of_close_are_told_at_once(self) -> None:
        class Failing(Body):
            def close(self) -> None:
                super().close()
                raise ValueError("cannot close")

        body = Failing(b"a", failure=KeyError("the step"))
        client = self.client(answering(body))
        response = client.get()
        self.assertEqual((response.names, body.closed), (["HEAD", "DATA", "ABORT"], 1))
        self.assertEqual(response.abort[:2], ["application", "KeyError: 'the step'"])
        self.assertRegex(
            response.abort[2],
            r"(?s)KeyError: 'the step'\nThen the iterable's close\(\) failed:\nTraceback.*ValueError: cannot close\n$",
        )
        self.assertEqual(client.logged(), [])

    def test_an_exit_in_close_leaves_an_empty_response_complete(self) -> None:
        class Exiting(Body):
            def close(self) -> None:
                raise SystemExit(3)

        client = self.client(answering(Exiting()))
        self.assertEqual(client.get().names, ["HEAD", "END"])
        self.assertRegex(client.logged()[0][3], "^the iterable's close\\(\\) failed: SystemExit: 3")


class FailureTest(ExchangeTest):
    def test_whatever_is_raised_ends_the_exchange_and_nothing_else(self) -> None:
        class Mine(BaseException):
            pass

        for problem in (ValueError("x"), SystemExit(1), KeyboardInterrupt(), GeneratorExit(), StopIteration(), Mine()):

            def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
                if environ["PATH_INFO"] == "/raise":
                    raise problem
                return hello(environ, start)

            client = self.client(application)
            response = client.get(PATH_INFO="/raise")
            kind, summary, traceback = response.abort
            self.assertEqual((response.names, kind), (["ABORT"], "application"))
            self.assertTrue(summary.split(".")[-1].startswith(type(problem).__name__) or "Mine" in summary, summary)
            self.assertRegex(traceback, r'^Traceback \(most recent call last\):\n  File ".*test_exchange.py", line \d+, in app')
            self.assertEqual(client.get().body, b"Hello")

    def test_a_failure_after_the_head_closes_the_connection(self) -> None:
        client = self.client(answering(Body(b"a", failure=ValueError("x"))))
        self.assertEqual(client.get().names, ["HEAD", "DATA", "ABORT"])
        self.assertIsNone(client.connection.receive())

    def test_an_exception_that_cannot_be_shown_is_named(self) -> None:
        class Hostile(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no")

        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            raise Hostile

        self.assertIn("Hostile", self.client(application).get().abort[1])

    def test_a_huge_message_with_controls_is_cut_and_cleaned(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            raise ValueError("\0\udc80" * (1 << 20))

        summary = self.client(application).get().abort[1]
        self.assertTrue(summary.startswith("ValueError: \ufffd\\udc80"))
        self.assertTrue(summary.endswith("… [cut]"))

    def test_refuses_what_is_no_body(self) -> None:
        cases = (
            (None, "W02, the application's return: expected an iterable of blocks; found None."),
            ("text", "W60, the body: expected blocks of bytes; found str. Fix: encode text"),
            (b"data", "W60, the body: expected blocks of bytes; found int. Fix: return [data], not data"),
            (["text"], "W60, the body: expected blocks of bytes; found str. Fix: encode text"),
            ([None], "W60, the body: expected blocks of bytes; found NoneType. Fix: yield bytes"),
            ([bytearray(b"x")], "W60, the body: expected blocks of bytes; found bytearray."),
        )
        for body, message in cases:
            kind, summary, _ = self.client(answering(body)).get().abort
            self.assertEqual((kind, summary[: len(message)]), ("rule", message))

    def test_refuses_a_body_without_start_response(self) -> None:
        for body in ([b"x"], [], iter([b"x"]), Body()):
            response = self.client(lambda environ, start: body).get()
            self.assertEqual(response.names, ["ABORT"])
            self.assertRegex(response.abort[1], "^W02, the body: expected start_response to be called before")

    def test_a_swallowed_refusal_comes_back(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            try:
                start("bad", [])
            except Exception:
                pass
            return [b"x"]

        self.assertRegex(self.client(application).get().abort[1], "^W50, start_response: expected a status of three")


class StartResponseTest(ExchangeTest):
    def test_a_second_call_needs_exc_info_even_if_the_first_failed(self) -> None:
        for first in ("200 OK", "bad"):

            def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
                try:
                    start(first, [])
                except Exception:
                    pass
                start("200 OK", [])
                return [b"x"]

            self.assertRegex(self.client(application).get().abort[1], "^W54, start_response: expected one call")

    def test_exc_info_after_the_head_raises_the_applications_own(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> Iterator[bytes]:
            start("200 OK", [])
            yield b"x"
            try:
                raise ValueError("mine")
            except ValueError:
                start("500 Oops", [], sys.exc_info())

        response = self.client(application).get()
        self.assertEqual(response.names, ["HEAD", "DATA", "ABORT"])
        self.assertEqual(response.abort[:2], ["application", "ValueError: mine"])

    def test_nothing_that_was_kept_works_after_the_end(self) -> None:
        kept: "list[Any]" = []

        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            if not kept:
                kept.extend((start, start("200 OK", []), environ["wsgi.input"], environ["wsgi.errors"]))
            else:
                start("200 OK", [])
            return [b"x"]

        client = self.client(application)
        client.start(0)
        client.finish()
        start, write, body, errors = kept
        with self.assertRaisesRegex(RuntimeError, "^start_response was called after its request had ended$"):
            start("200 OK", [])
        with self.assertRaisesRegex(RuntimeError, "^write was called after its request had ended$"):
            write(b"late")
        with self.assertRaisesRegex(OSError, "^wsgi.input was read after its request had ended$"):
            body.read()
        errors.write("late but welcome\n")
        self.assertEqual(client.get().names, ["HEAD", "DATA", "END"])
        self.assertEqual([record[2:] for record in client.logged()], [["req-1", "late but welcome"]])


class ValidatorTest(ExchangeTest):
    """W73: wsgiref.validate, around an application, stays silent."""

    def test_stays_silent(self) -> None:
        def reading(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            body = environ["wsgi.input"]
            parts = [body.read(3), body.readline(), *body.readlines(2), *body, body.read(5), body.readline()]
            environ["wsgi.errors"].write("noted\n")
            environ["wsgi.errors"].writelines(["a\n", "b\n"])
            environ["wsgi.errors"].flush()
            start("200 OK", [("Content-Type", "text/plain")])
            return [b"".join(parts)]

        def writing(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            start("200 OK", [("Content-Type", "text/plain")])(b"x")
            return [b"y"]

        client = self.client(validator(reading))
        response = client.post(b"one\ntwo\nthree\nfour\n", CONTENT_TYPE="text/plain")
        self.assertEqual(response.names[-1], "END", response.frames)
        self.assertEqual(response.body, b"one\ntwo\nthree\nfour\n")
        self.assertEqual([record[3] for record in client.logged()], ["noted", "a", "b"])
        self.assertEqual(self.client(validator(writing)).get().body, b"xy")
        self.assertEqual(self.client(validator(hello)).get().body, b"Hello")
        self.assertEqual(self.client(validator(hello)).get(REQUEST_METHOD="HEAD").names, ["HEAD", "END"])


class BridgeMisbehaviourTest(ExchangeTest):
    def test_a_frame_out_of_place_ends_the_connection(self) -> None:
        client = self.client(hello)
        client.connection.send(frames.encode(BODY, b"x"))
        self.assertIsNone(client.connection.receive())
        client.close()
        self.assertRegex(str(client.outcome), "^BODY out of place: the body is idle, the response is idle; expected REQUEST")

    def test_a_worker_s_frame_from_the_bridge_ends_the_connection(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            start("200 OK", [])
            return [environ["wsgi.input"].read()]

        client = self.client(application)
        client.start(0)
        client.expect()
        client.connection.send(frames.encode(HEAD, b"200 OK"))
        self.assertIsNone(client.connection.receive())
        client.close()
        self.assertRegex(str(client.outcome), "^HEAD out of place")

    def test_skips_a_pushed_body_that_the_application_left(self) -> None:
        client = self.client(hello)
        client.start(FLAG_PUSHED)
        self.assertEqual(client.finish().body, b"Hello")
        client.send(BODY, b"unread")
        client.send(BODY_END)
        self.assertEqual(client.get().body, b"Hello")

    def test_gives_the_connection_up_when_a_pull_is_left_unanswered(self) -> None:
        threads = []

        def application(environ: "dict[str, Any]", start: Start) -> Iterator[bytes]:
            start("200 OK", [])

            def read() -> None:
                try:
                    environ["wsgi.input"].read()
                except OSError:
                    pass

            thread = threading.Thread(target=read)
            threads.append(thread)
            thread.start()
            pulled.wait(MAX_WAIT)
            yield b"x"

        pulled = threading.Event()
        client = self.client(application)
        client.start(0)
        self.assertEqual(client.expect()[0], frames.PULL)
        pulled.set()
        response = client.finish()
        self.assertEqual((response.names[-1], client.state.at), ("END", (states.CLOSED, states.CLOSED)))
        client.close()
        threads[0].join(MAX_WAIT)

    def test_an_aborted_body_is_the_clients_fault(self) -> None:
        def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
            try:
                environ["wsgi.input"].read()
            except OSError as error:
                raise RuntimeError("wrapped") from error
            return []

        client = self.client(application)
        client.start(0)
        client.expect()
        client.send(BODY_ABORT, b"the client left")
        self.assertEqual(client.finish().abort[:2], ["client", "RuntimeError: wrapped"])
        self.assertEqual(client.state.at, states.START)


class ChanceTest(ExchangeTest):
    """A bridge that says anything; seeded, so that a failure can be had again."""

    def test_whatever_the_bridge_says_the_thread_comes_to_an_end_and_calls_once_for_each_request(self) -> None:
        for seed in range(120):
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                calls = []

                def application(environ: "dict[str, Any]", start: Start) -> "list[bytes]":
                    calls.append(environ["PATH_INFO"])
                    body = environ["wsgi.input"].read()
                    start("200 OK", [])
                    return [body]

                client = Client(application)
                requests = 0
                said = []
                for _ in range(chance.randrange(1, 6)):
                    kind = chance.choice((frames.REQUEST, frames.REQUEST, BODY, BODY_END, BODY_ABORT, frames.FILE_REPLY, 0))
                    requests += kind == frames.REQUEST
                    said.append(_said(chance, kind))
                try:
                    client.socket.sendall(b"".join(said))
                    client.socket.shutdown(socket.SHUT_WR)
                    while client.connection.receive() is not None:
                        pass
                except OSError:
                    pass  # the application stops reading
                client.dispose()  # fails if the thread hangs
                self.assertLessEqual(len(calls), requests)
                self.assertIsInstance(client.outcome, (ConnectionLost, frames.ProtocolError, type(None)))


def _said(chance: random.Random, kind: int) -> bytes:
    if kind == frames.REQUEST:
        fields = [text for pair in ENVIRON.items() for text in pair]
        encoded = frames.encode_request(chance.randrange(1, 256), chance.choice((0, 1, 2)), fields)
    elif kind == 0:
        encoded = chance.randbytes(chance.randrange(1, 40))
    else:
        encoded = frames.encode(kind, chance.randbytes(chance.choice((0, 1, 4, 1_000))))
    return encoded if chance.random() < 0.9 else encoded[: chance.randrange(len(encoded))]


if __name__ == "__main__":
    unittest.main()
