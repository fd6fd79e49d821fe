"""An ASGI application whose requests last on after the stop has begun: the file STOPPING says that it has, and is the test's."""

import asyncio
import os

# Longer than any server here waits before it stops an application, or gives up a request of one that is stopped.
SECONDS = 5


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        raise NotImplementedError
    start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
    if scope["path"].endswith("/silent"):
        open(os.environ["STOPPING"] + ".silent", "w").close()
        await _well_after_the_stop()
    if scope["path"].endswith(("/silent", "/quick")):
        await send(start)
        await send({"type": "http.response.body", "body": b"whole"})
        return
    stopped = asyncio.ensure_future(_well_after_the_stop())
    await send(start)
    while scope["path"].endswith("/endless") or not stopped.done():
        await send({"type": "http.response.body", "body": b"data: event\n\n", "more_body": True})
        await asyncio.sleep(0.1)
    await send({"type": "http.response.body", "body": b"data: end\n\n"})


async def _well_after_the_stop():
    while not os.path.exists(os.environ["STOPPING"]):
        await asyncio.sleep(0.05)
    await asyncio.sleep(SECONDS)
