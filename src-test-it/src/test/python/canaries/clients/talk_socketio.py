"""Talks to the Socket.IO canary, with Socket.IO's own client, and prints what happens: talk_socketio.py ORIGIN MOUNT FILE-THAT-RELOADS."""

import asyncio
import os
import pathlib
import sys

import socketio

ORIGIN, MOUNT, RELOADS = sys.argv[1:]
MAX_WAIT = 60
AUTH = {"token": "tide"}


def tell(*words):
    print(*words, flush=True)


class Visitor:
    def __init__(self, name, **transports):
        self.name, self.transports = name, transports
        self.heard, self.connected, self.left = asyncio.Queue(), asyncio.Queue(), asyncio.Queue()
        self.client = socketio.AsyncClient(reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.client.on("said", lambda message: self.heard.put_nowait(message))
        self.client.on("connect", lambda: self.connected.put_nowait(True))
        self.client.on("disconnect", lambda reason: self.left.put_nowait(reason))

    async def come(self, auth=AUTH):
        await self.client.connect(ORIGIN, socketio_path=MOUNT + "/socket.io", auth=auth, **self.transports)
        await self.connected.get()
        tell(self.name, "by", self.client.transport())

    async def echo(self, data):
        return await self.client.call("echo", data, timeout=MAX_WAIT)

    async def hears(self):
        return (await self.heard.get())["text"]


def told_by_the_loop(loop, context):
    """Socket.IO's client leaves its session of HTTP to the garbage collector when it connects again: that is no part of what happens here."""
    if not context["message"].startswith("Unclosed "):
        loop.default_exception_handler(context)


async def main():
    asyncio.get_running_loop().set_exception_handler(told_by_the_loop)
    stranger = Visitor("stranger", retry=False)
    stranger.client.on("connect_error", lambda error: tell("stranger:", error["message"]))
    try:
        await stranger.come(auth=None)
    except socketio.exceptions.ConnectionError:
        tell("stranger is refused")
    polling = Visitor("polling", transports=["polling"])
    upgraded = Visitor("upgraded")
    direct = Visitor("direct", transports=["websocket"])
    visitors = [polling, upgraded, direct]
    for visitor in visitors:
        await visitor.come()
        data = {"text": "ä ☕", "bytes": bytes(range(256)) * 400}
        tell(visitor.name, "echoes", await visitor.echo(data) == data)
    await polling.client.emit("say", "tea?")
    tell("heard", *[await visitor.hears() for visitor in visitors])
    pathlib.Path(RELOADS).touch()
    for visitor in visitors:
        await visitor.left.get()
        await visitor.connected.get()
        tell(visitor.name, "is back by", visitor.client.transport())
    await direct.client.emit("say", "more tea?")
    tell("heard", *[await visitor.hears() for visitor in visitors])
    await upgraded.client.disconnect()
    await direct.client.disconnect()
    tell("done")
    os._exit(0)  # not polling.client.disconnect(): on every server, it waits for half a minute for the answer to its last poll


asyncio.run(asyncio.wait_for(main(), MAX_WAIT))
