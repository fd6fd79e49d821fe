"""What the tests deploy: one application, a function for each path."""

import logging
import os
import tempfile
import threading
import time
import zlib

TEXT = [("Content-Type", "text/plain; charset=utf-8")]


def application(environ, start_response):
    return ROUTES[environ["PATH_INFO"]](environ, start_response)


def hello(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"Hello from Python\n"]


def echo(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    return [body]


def measure(environ, start_response):
    """Reads as much as it is told that there is, as most frameworks do."""
    length = environ.get("CONTENT_LENGTH")
    body = environ["wsgi.input"].read(int(length or 0))
    coding = environ.get("HTTP_TRANSFER_ENCODING")
    start_response("200 OK", TEXT)
    return [f"length {length}, coding {coding}, read {len(body)} {zlib.crc32(body)}".encode()]


def measure_in_two_parts(environ, start_response):
    """Reads a byte, and waits before it reads on."""
    body = environ["wsgi.input"].read(1)
    open(environ["QUERY_STRING"] + ".taken", "x").close()
    wait_for(environ["QUERY_STRING"])
    body += environ["wsgi.input"].read()
    length = environ.get("CONTENT_LENGTH")
    start_response("200 OK", TEXT)
    return [f"length {length}, coding None, read {len(body)} {zlib.crc32(body)}".encode()]


def wait_and_measure(environ, start_response):
    open(environ["QUERY_STRING"] + ".taken", "x").close()
    wait_for(environ["QUERY_STRING"])
    return measure(environ, start_response)


def mirror(environ, start_response):
    """Answers with the body block by block: each is read when the last one has been sent."""
    start_response("200 OK", TEXT)
    return iter(lambda: environ["wsgi.input"].read(100_000), b"")


def swallow(environ, start_response):
    """Ends its process in the middle of the body."""
    environ["wsgi.input"].read(200_000)
    os._exit(7)


def tell(environ, start_response):
    try:
        environ["wsgi.input"].read()
    except OSError as error:
        start_response("200 OK", TEXT)
        return [str(error).encode()]


def describe(environ, start_response):
    start_response("200 OK", TEXT)
    query = environ["QUERY_STRING"]
    return [f"{os.getpid()} {os.getcwd()} {os.environ.get(query, '-')} {threading.active_count()}".encode()]


def stream(environ, start_response):
    start_response("200 OK", TEXT)

    def blocks():
        yield b"one\n"
        wait_for(environ["QUERY_STRING"])
        yield b"two\n"

    return blocks()


def slow_stream(environ, start_response):
    """A block ten times a second, for a second and a half."""
    start_response("200 OK", TEXT)
    return (time.sleep(0.1) or b"tick\n" for _ in range(15))


def wait_for(path):
    """Until the test makes the file, or has ended and taken its directory away."""
    while os.path.exists(os.path.dirname(path)) and not os.path.exists(path):
        time.sleep(0.01)


def hold(environ, start_response):
    open(environ["QUERY_STRING"] + ".taken", "x").close()
    wait_for(environ["QUERY_STRING"])
    start_response("200 OK", TEXT)
    return [b"held\n"]


def wait(environ, start_response):
    wait_for(environ["QUERY_STRING"])
    start_response("200 OK", TEXT)
    return [b"waited\n"]


def fail_early(environ, start_response):
    raise ValueError("before the head")


def fail_late(environ, start_response):
    start_response("200 OK", TEXT)

    def blocks():
        yield b"a part"
        raise ValueError("after the head")

    return blocks()


def leave(environ, start_response):
    os._exit(7)


def leave_late(environ, start_response):
    start_response("200 OK", TEXT)

    def blocks():
        yield b"a part"
        os._exit(7)

    return blocks()


def busy(environ, start_response):
    a_function_that_never_ends()


def a_function_that_never_ends():
    time.sleep(300)


def grow(environ, start_response):
    """Keeps as many megabytes as the query says."""
    KEPT.append(b"\xff" * (int(environ["QUERY_STRING"]) << 20))
    return describe(environ, start_response)


KEPT = []


def send_file(environ, start_response):
    file = tempfile.TemporaryFile()
    file.write(b"0123456789" * 10_000)
    file.seek(10)
    start_response("200 OK", TEXT)
    return environ["wsgi.file_wrapper"](file)


def talk(environ, start_response):
    print("printed, not logged")
    logging.getLogger("shop.cart").warning("logged, not printed")
    environ["wsgi.errors"].write("an error line\nforged\x1b[31m entry\n")
    start_response("200 OK", TEXT)
    return [b"said\n"]


class Closing:
    """A response of one block, as Werkzeug makes them: nobody knows beforehand that there are no more. Then close() does something."""

    def __init__(self, block, closing):
        self.blocks = iter([block])
        self.closing = closing

    def __iter__(self):
        return self.blocks

    def close(self):
        self.closing()


def close_late(environ, start_response):
    path = environ["QUERY_STRING"]

    def closing():
        wait_for(path)
        open(path + ".closed", "x").close()

    start_response("200 OK", TEXT + [("Content-Length", "6")])
    return Closing(b"early\n", closing)


def close_and_leave(environ, start_response):
    start_response("200 OK", TEXT + [("Content-Length", "6")])
    path = environ["QUERY_STRING"]
    return Closing(b"early\n", lambda: (wait_for(path), os._exit(7)))


def fail_afterwards(environ, start_response):
    start_response("200 OK", TEXT + [("Content-Length", "6")])
    yield b"early\n"
    wait_for(environ["QUERY_STRING"])
    raise ValueError("after the last byte")


def go_on_afterwards(environ, start_response):
    start_response("200 OK", TEXT + [("Content-Length", "6")])
    yield b"early\n"
    wait_for(environ["QUERY_STRING"])
    yield b"surplus\n"


ROUTES = {
    "/close-late": close_late,
    "/close-and-leave": close_and_leave,
    "/fail-afterwards": fail_afterwards,
    "/go-on-afterwards": go_on_afterwards,
    "/": hello,
    "/echo": echo,
    "/measure": measure,
    "/measure_in_two_parts": measure_in_two_parts,
    "/wait_and_measure": wait_and_measure,
    "/mirror": mirror,
    "/swallow": swallow,
    "/tell": tell,
    "/describe": describe,
    "/stream": stream,
    "/hold": hold,
    "/wait": wait,
    "/slow-stream": slow_stream,
    "/fail-early": fail_early,
    "/fail-late": fail_late,
    "/leave": leave,
    "/leave-late": leave_late,
    "/busy": busy,
    "/grow": grow,
    "/file": send_file,
    "/talk": talk,
}
