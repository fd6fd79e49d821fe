"""Socket.IO: polling, WebSockets, acknowledgements, binary data, rooms, sessions, and a connection that is refused."""

import os

import socketio

server = socketio.AsyncServer(async_mode="asgi")


@server.event
async def connect(sid, environ, auth):
    if auth != {"token": "tide"}:
        raise socketio.exceptions.ConnectionRefusedError("who are you?")
    await server.save_session(sid, {"query": environ["QUERY_STRING"]})
    await server.enter_room(sid, "harbour")


@server.event
async def echo(sid, data):
    return data


@server.event
async def say(sid, text):
    await server.emit("said", {"text": text, "worker": os.getpid()}, room="harbour")


# The path at which clients find it. Socket.IO compares all of it: the mount point is a part.
app = socketio.ASGIApp(server, socketio_path=os.environ["SHOP_MOUNT"] + "/socket.io")
