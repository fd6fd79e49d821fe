"""BlackSheep: bindings, dependencies, streams, server-sent events, files, uploads, WebSockets, errors and its start."""

import asyncio
import os
from collections.abc import AsyncIterable
from dataclasses import dataclass

import gate
from blacksheep import Application, FromJSON, FromQuery, Request, Response, StreamedContent, WebSocket, file, json, redirect, text
from blacksheep.server.sse import ServerSentEvent

app = Application()
get, post, ws = app.router.get, app.router.post, app.router.ws


class Stock:
    def __init__(self):
        self.counts = {}


@dataclass
class Order:
    name: str
    count: int


app.services.add_instance(Stock())


@app.on_start
async def fill(application):
    application.services.resolve(Stock).counts["tea"] = 3


@get("/where/{name}")
async def where(request: Request, name: str):
    return json({"path": request.url.path.decode(), "base": request.base_path, "root": request.scope["root_path"], "name": name})


@get("/stock/{name}")
async def stock(name: str, stock: Stock, limit: FromQuery[int]):
    return json({"name": name, "count": min(limit.value, stock.counts[name])})


@post("/orders")
async def order(data: FromJSON[Order]):
    return json({"name": data.value.name, "count": data.value.count}, 201)


@get("/moved")
async def moved(request: Request):
    return redirect("where/tea")


@get("/stream")
async def stream(request: Request):
    port = request.query["gate"][0]

    async def pieces():
        yield b"first\n"
        await asyncio.to_thread(gate.wait, port)
        yield b"second\n"

    return Response(200, content=StreamedContent(b"text/plain", pieces))


@get("/events")
async def events() -> AsyncIterable[ServerSentEvent]:
    for number in range(3):
        yield ServerSentEvent({"number": number}, event="number")


@post("/raw")
async def raw(request: Request):
    size = 0
    async for part in request.stream():
        size += len(part)
    return json({"size": size})


@post("/upload")
async def upload(request: Request):
    parts = await request.multipart()
    return json({part.name.decode(): part.file_name.decode() if part.file_name else part.data.decode() for part in parts} | {"size": len(parts[-1].data)})


@get("/file")
async def download():
    return file(os.path.abspath(__file__), "text/x-python", file_name="shop.py")


@get("/fails")
async def fails():
    raise ValueError("failed on purpose")


@ws("/talk/{room}")
async def talk(websocket: WebSocket, room: str):
    await websocket.accept(subprotocol="chat")
    await websocket.send_text(room)
    while True:
        said = await websocket.receive_text()
        if said == "close":
            await websocket.close(4001, "as you wish")
            return
        await websocket.send_text(said.upper())
