"""Litestar: dependencies, validation, the OpenAPI document, uploads, streams, server-sent events, WebSocket listeners and a lifespan."""

import asyncio
import pathlib
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import gate
from litestar import Litestar, MediaType, Request, WebSocket, get, post, websocket, websocket_listener
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State, UploadFile
from litestar.di import Provide
from litestar.enums import RequestEncodingType
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.openapi import OpenAPIConfig
from litestar.params import Body, Parameter
from litestar.response import File, Redirect, Response, ServerSentEvent, Stream

MAILS = []


@asynccontextmanager
async def lifespan(app):
    app.state.stock = {"tea": 3}
    yield
    app.state.stock.clear()


@dataclass
class Order:
    name: str
    count: Annotated[int, Parameter(gt=0)]


@dataclass
class Upload:
    name: str
    file: UploadFile


async def session():
    """A dependency with an end."""
    opened = ["open"]
    try:
        yield opened
    finally:
        opened.clear()


@get("/where/{name:str}", name="where")
async def where(request: Request, name: str) -> dict:
    return {
        "url": str(request.url),
        "base": str(request.base_url),
        "root": request.scope["root_path"],
        "path": request.scope["path"],
        "name": name,
        "query": request.query_params.dict(),
    }


@get("/stock/{name:str}", dependencies={"opened": Provide(session)})
async def stock(name: str, state: State, opened: list, limit: Annotated[int, Parameter(ge=1, le=9)] = 5) -> dict:
    if name not in state.stock:
        raise HTTPException(status_code=404, detail=f"no {name}")
    return {"name": name, "count": min(limit, state.stock[name]), "session": opened[0]}


@post("/orders")
async def order(data: Order) -> Response[Order]:
    return Response(data, status_code=201, background=BackgroundTask(MAILS.append, data.name))


@get("/mails")
async def mails() -> list[str]:
    return MAILS


@get("/moved")
async def moved(request: Request) -> Redirect:
    return Redirect("where/tea", status_code=303)


@get("/stream", media_type=MediaType.TEXT)
async def stream(request: Request) -> Stream:
    port = request.query_params["gate"]

    async def pieces():
        yield "first\n"
        await asyncio.to_thread(gate.wait, port)
        yield "second\n"

    return Stream(pieces(), media_type=MediaType.TEXT)


@get("/endless")
async def endless(request: Request) -> Stream:
    port = request.query_params["gate"]

    async def pieces():
        try:
            while True:
                yield b"x" * 5
                await asyncio.sleep(0.01)
        finally:
            gate.tell(port, "closed")

    return Stream(pieces())


@get("/events")
async def events() -> ServerSentEvent:
    async def numbers():
        for number in range(3):
            yield {"data": str(number), "event": "number", "id": str(number)}

    return ServerSentEvent(numbers())


@post("/raw")
async def raw(request: Request) -> dict:
    size = 0
    async for part in request.stream():
        size += len(part)
    return {"size": size}


@post("/upload")
async def upload(data: Annotated[Upload, Body(media_type=RequestEncodingType.MULTI_PART)]) -> dict:
    return {"name": data.name, "file": data.file.filename, "size": len(await data.file.read())}


@get("/file")
async def file() -> File:
    return File(path=pathlib.Path(__file__), filename="shop.py")


@get("/me")
async def me() -> str:
    raise NotAuthorizedException("who are you?", headers={"WWW-Authenticate": "Basic"})


@get("/fails")
async def fails() -> str:
    raise ValueError("failed on purpose")


@websocket_listener("/talk/{room:str}")
async def talk(data: dict, room: str) -> dict:
    return {"room": room, "got": data}


@websocket("/close")
async def close(socket: WebSocket) -> None:
    await socket.accept(subprotocols="chat")
    await socket.send_text(socket.scope["path"])
    await socket.close(4001, "as you wish")


app = Litestar(
    [where, stock, order, mails, moved, stream, endless, events, raw, upload, file, me, fails, talk, close],
    lifespan=[lifespan],
    openapi_config=OpenAPIConfig(title="Shop", version="1"),
)
