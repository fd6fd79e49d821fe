"""Serves many WebSockets and requests that carry a number, and says what has become of those that only wait."""

import asyncio
import os

COUNTS = {"waiting": 0, "left": 0}


async def application(scope, receive, send):
    assert scope["type"] != "lifespan", "no lifespan"
    number = scope["query_string"].decode()
    if scope["type"] == "websocket":
        await talk(number, receive, send)
    elif scope["path"] == "/wait":
        await wait(receive, send)
    elif scope["path"] == "/counts":
        await answer(send, f"{COUNTS['waiting']} {COUNTS['left']}")
    elif scope["path"] == "/pid":
        await answer(send, str(os.getpid()))
    else:
        await asyncio.sleep(0.002)  # so that there are some under way when a worker is killed
        await answer(send, number)


async def talk(number, receive, send):
    """Says its process and its number first, and then repeats each message behind the number."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": f"{os.getpid()} {number}"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": f"{number} {event['text']}"})


async def wait(receive, send):
    """A long poll that nothing ever answers."""
    COUNTS["waiting"] += 1
    while (await receive())["type"] != "http.disconnect":
        pass
    COUNTS["left"] += 1


async def answer(send, text):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": text.encode()})
