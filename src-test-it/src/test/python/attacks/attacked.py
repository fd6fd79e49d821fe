"""Answers with bytes that its request's number decides, in each of the kinds that Kind.java lists; the twin of AttackedFunction.java."""

import os
import time

DIRECTORY = os.environ["ATTACKED_DIRECTORY"]
JOURNAL = os.open(os.path.join(DIRECTORY, "journal"), os.O_WRONLY | os.O_APPEND)

#: Seconds in which the application neither reads nor writes.
SILENCE = 0.15

#: Seconds between two blocks, of bodies and of streams.
PAUSE = 0.004

BLOCK = 65536

#: As TestRequest.SMALL.
SMALL = 5000


def note(event, number):
    os.write(JOURNAL, f"{event} {number}\n".encode())  # one write at the end of the file: lines of several processes do not mix


def pattern(number, size):
    unit = b"%d:" % number
    return (unit * (size // len(unit) + 1))[:size]


class Response:
    """Blocks whose close is noted."""

    def __init__(self, number, blocks):
        self.number = number
        self.blocks = iter(blocks)

    def __iter__(self):
        return self.blocks

    def close(self):
        note("ended", self.number)


def application(environ, start_response):
    _, kind, number = environ["PATH_INFO"].split("/")
    number = int(number)
    note("begun", number)
    try:
        return KINDS[kind](environ, start_response, number, int(environ["HTTP_X_SIZE"]))
    except BaseException:
        note("ended", number)
        raise


def start(start_response, number, size=None):
    head = [("Content-Type", "text/plain"), ("X-Number", str(number))]
    if size is not None:
        head.append(("Content-Length", str(size)))
    start_response("200 OK", head)


def checked(body, number, size):
    """A body that is too short looks like a whole one to an application, unless the read raises."""
    if body != pattern(number, size):
        note("wrong", number)
    return body


def whole(start_response, number, body):
    start(start_response, number, len(body))
    return Response(number, [body])


def echo(environ, start_response, number, size):
    return whole(start_response, number, checked(environ["wsgi.input"].read(), number, size))


def slow(environ, start_response, number, size):
    body = b""
    while True:
        block = environ["wsgi.input"].read(max(1, size // 8))
        if not block:
            return whole(start_response, number, checked(body, number, size))
        body += block
        time.sleep(PAUSE)


def silent(environ, start_response, number, size):
    body = checked(environ["wsgi.input"].read(), number, size)
    note("silent", number)
    time.sleep(SILENCE)
    return whole(start_response, number, body)


def ignore(environ, start_response, number, size):
    return whole(start_response, number, pattern(number, min(size, SMALL)))


def pause(environ, start_response, number, size):
    def blocks():
        body = pattern(number, size)
        yield body[:1]
        time.sleep(SILENCE)
        yield body[1:]

    start(start_response, number, size)
    return Response(number, blocks())


def stream(environ, start_response, number, size):
    def blocks():
        body = pattern(number, size)
        for at in range(0, size, size // 20):
            yield body[at : at + size // 20]
            time.sleep(PAUSE)

    start(start_response, number)
    return Response(number, blocks())


def large(environ, start_response, number, size):
    body = pattern(number, size)
    start(start_response, number, size)
    return Response(number, (body[at : at + BLOCK] for at in range(0, size, BLOCK)))


def file(environ, start_response, number, size):
    opened = open(os.path.join(DIRECTORY, "file"), "rb")
    opened.seek(-size, os.SEEK_END)
    body = environ["wsgi.file_wrapper"](opened)

    def close():
        opened.close()
        note("ended", number)

    body.close = close
    start(start_response, number, size)
    return body


def gather(environ, start_response, number, size):
    note("silent", number)
    gate = os.path.join(DIRECTORY, environ["QUERY_STRING"])
    deadline = time.monotonic() + 60
    while not os.path.exists(gate) and time.monotonic() < deadline:
        time.sleep(PAUSE)
    return whole(start_response, number, pattern(number, size))


KINDS = {
    "echo": echo,
    "slow": slow,
    "silent": silent,
    "ignore": ignore,
    "pause": pause,
    "stream": stream,
    "large": large,
    "file": file,
    "gather": gather,
}
