"""ASGI applications without a framework: what is left of a request's cost is the server's. One path for each row."""

import asyncio

HELLO = b"Hello, World!"
TEXT = (b"content-type", b"text/plain; charset=utf-8")
STREAM_BLOCKS = 1000
STREAM_BLOCK = b"x" * 100
EVENT_SECONDS = 1.0


async def _text(send, body):
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [TEXT, (b"content-length", b"%d" % len(body))],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def hello(scope, receive, send):
    await _text(send, HELLO)


async def post(scope, receive, send):
    count, more = 0, True
    while more:
        message = await receive()
        count += len(message.get("body", b""))
        more = message.get("more_body", False)
    await _text(send, b"%d\n" % count)


async def stream(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [TEXT]})
    for _ in range(STREAM_BLOCKS):
        await send({"type": "http.response.body", "body": STREAM_BLOCK, "more_body": True})
    await send({"type": "http.response.body"})


async def sse(scope, receive, send):
    """An event a second, or for `?often` twenty, until the client leaves."""
    seconds = EVENT_SECONDS / 20 if scope["query_string"] == b"often" else EVENT_SECONDS
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    leaving = asyncio.ensure_future(_left(receive))
    try:
        while not leaving.done():
            await send({"type": "http.response.body", "body": b"data: tick\n\n", "more_body": True})
            await asyncio.wait({leaving}, timeout=seconds)
    finally:
        leaving.cancel()


async def _left(receive):
    while (await receive())["type"] != "http.disconnect":
        pass


async def echo(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


ROOM = set()


async def room(scope, receive, send):
    """What one that came with `?sends` says goes to all the others of this process; it is told how many they are."""
    await receive()
    await send({"type": "websocket.accept"})
    is_sender = scope["query_string"] == b"sends"
    if not is_sender:
        ROOM.add(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            text = message["text"]
            members = list(ROOM)
            for member in members:
                await member({"type": "websocket.send", "text": text})
            await send({"type": "websocket.send", "text": str(len(members))})
    finally:
        ROOM.discard(send)


async def lifespan(scope, receive, send):
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


PATHS = {
    "/hello": hello,
    "/post": post,
    "/stream": stream,
    "/sse": sse,
    "/echo": echo,
    "/room": room,
}


async def application(scope, receive, send):
    serve = lifespan if scope["type"] == "lifespan" else PATHS[scope["path"]]
    await serve(scope, receive, send)


def beside_hello(framework):
    """A framework's application, with /hello beside it: the path that a JVM is warmed up with."""

    async def either(scope, receive, send):
        serve = hello if scope.get("path") == "/hello" else framework
        await serve(scope, receive, send)

    return either
