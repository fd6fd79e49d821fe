"""The kinds of attacked.py, and WebSockets, for an ASGI server; the twin of AttackedAsgi.java."""

import asyncio
import os

from attacked import BLOCK, DIRECTORY, PAUSE, SILENCE, SMALL, note, pattern

#: Blocks that a WebSocket is flooded with.
FLOOD = 48


async def application(scope, receive, send):
    assert scope["type"] in ("http", "websocket"), "no lifespan"
    _, kind, number = scope["path"][len(scope["root_path"]) :].split("/")
    number = int(number)
    note("begun", number)
    try:
        if scope["type"] == "websocket":
            await socket(scope, receive, send, number)
        else:
            size = next(int(value) for name, value in scope["headers"] if name == b"x-size")
            await KINDS[kind](scope, receive, send, number, size)
    finally:
        note("ended", number)


async def start(send, number, size=None):
    head = [(b"content-type", b"text/plain"), (b"x-number", b"%d" % number)]
    if size is not None:
        head.append((b"content-length", b"%d" % size))
    await send({"type": "http.response.start", "status": 200, "headers": head})


async def whole(send, number, body):
    await start(send, number, len(body))
    await send({"type": "http.response.body", "body": body})


async def blocks(send, body, size, silence):
    """Blocks of so many bytes, with a pause before each but the first."""
    for at in range(0, len(body), size):
        if at and silence:
            await asyncio.sleep(silence)
        await send({"type": "http.response.body", "body": body[at : at + size], "more_body": True})
    await send({"type": "http.response.body"})


def checked(body, number, size):
    if body != pattern(number, size):
        note("wrong", number)
    return body


async def read(receive, number, size, silence=0):
    """The whole body; None if the client has left."""
    body = b""
    while (event := await receive())["type"] == "http.request":
        body += event.get("body", b"")
        if not event.get("more_body"):
            return checked(body, number, size)
        if silence:
            await asyncio.sleep(silence)
    return None


async def echo(scope, receive, send, number, size):
    if (body := await read(receive, number, size)) is not None:
        await whole(send, number, body)


async def slow(scope, receive, send, number, size):
    if (body := await read(receive, number, size, PAUSE)) is not None:
        await whole(send, number, body)


async def silent(scope, receive, send, number, size):
    if (body := await read(receive, number, size)) is not None:
        note("silent", number)
        await asyncio.sleep(SILENCE)
        await whole(send, number, body)


async def ignore(scope, receive, send, number, size):
    await whole(send, number, pattern(number, min(size, SMALL)))


async def pause(scope, receive, send, number, size):
    body = pattern(number, size)
    await start(send, number, size)
    await send({"type": "http.response.body", "body": body[:1], "more_body": True})
    await asyncio.sleep(SILENCE)
    await send({"type": "http.response.body", "body": body[1:]})


async def stream(scope, receive, send, number, size):
    await start(send, number)
    await blocks(send, pattern(number, size), size // 20, PAUSE)


async def large(scope, receive, send, number, size):
    await start(send, number, size)
    await blocks(send, pattern(number, size), BLOCK, 0)


async def file(scope, receive, send, number, size):
    with open(os.path.join(DIRECTORY, "file"), "rb") as opened:
        opened.seek(-size, os.SEEK_END)
        await start(send, number, size)
        await blocks(send, opened.read(), BLOCK, 0)


async def gather(scope, receive, send, number, size):
    note("silent", number)
    gate = os.path.join(DIRECTORY, scope["query_string"].decode())
    deadline = asyncio.get_running_loop().time() + 60
    while not os.path.exists(gate) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(PAUSE)
    await whole(send, number, pattern(number, size))


async def socket(scope, receive, send, number):
    assert (await receive())["type"] == "websocket.connect"
    if scope["query_string"] == b"late":
        note("silent", number)
        await asyncio.sleep(SILENCE)
    await send({"type": "websocket.accept", "headers": [(b"x-number", b"%d" % number)]})
    while (event := await receive())["type"] == "websocket.receive":
        text = event.get("text")
        if text is None:
            await send({"type": "websocket.send", "bytes": checked(event["bytes"], number, len(event["bytes"]))})
        elif text == f"{number} flood":
            for _ in range(FLOOD):
                await send({"type": "websocket.send", "bytes": pattern(number, BLOCK)})
        elif text == f"{number} bye":
            await send({"type": "websocket.close", "code": 4000})
        else:
            if not text.startswith(f"{number} "):
                note("wrong", number)
            await send({"type": "websocket.send", "text": text})


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
