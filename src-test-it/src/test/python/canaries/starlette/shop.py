"""Starlette: routes, sessions, streams, background tasks, files with ranges, static files, errors, WebSockets and a lifespan."""

import asyncio
import contextlib
import os

import gate
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

HERE = os.path.dirname(os.path.abspath(__file__))
DONE = []


@contextlib.asynccontextmanager
async def lifespan(app):
    yield {"pool": ["ready"], "loop": type(asyncio.get_running_loop()).__module__}


async def where(request):
    return JSONResponse(
        {
            "url": str(request.url),
            "home": str(request.url_for("where", name="café")),
            "static": str(request.url_for("static", path="shop.css")),
            "root": request.scope["root_path"],
            "path": request.url.path,
            "name": request.path_params["name"],
            "query": request.query_params.multi_items(),
            "pool": request.state.pool,
            "loop": request.state.loop,
        }
    )


async def visits(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return PlainTextResponse(str(request.session["visits"]))


async def moved(request):
    return RedirectResponse(request.url_for("where", name="tea"), 303)


async def raw(request):
    size = 0
    async for part in request.stream():
        size += len(part)
    return JSONResponse({"size": size, "length": request.headers.get("content-length")})


async def stream(request):
    async def pieces():
        yield "first\n"
        await asyncio.to_thread(gate.wait, request.query_params["gate"])
        yield "second\n"

    return StreamingResponse(pieces(), media_type="text/plain")


async def endless(request):
    port = request.query_params["gate"]

    async def pieces():
        try:
            while True:
                yield b"x" * 5
                await asyncio.sleep(0.01)
        finally:
            gate.tell(port, "closed")

    return StreamingResponse(pieces())


async def breaks(request):
    async def pieces():
        yield b"first\n"
        raise RuntimeError("broke in the middle")

    return StreamingResponse(pieces())


async def background(request):
    port = request.query_params["gate"]

    async def work():
        await asyncio.to_thread(gate.wait, port)
        DONE.append("done")

    return PlainTextResponse("accepted", background=BackgroundTask(work))


async def done(request):
    return PlainTextResponse(",".join(DONE))


async def file(request):
    return FileResponse(os.path.join(HERE, "shop.py"), filename="shöp.py")


async def upload(request):
    async with request.form() as form:
        return JSONResponse({"name": form["name"], "file": form["file"].filename, "size": len(await form["file"].read())})


def in_a_thread(request):
    return PlainTextResponse("from a thread")


async def fails(request):
    raise ValueError("failed on purpose")


async def teapot(request):
    raise HTTPException(418, "short and stout", headers={"X-Pot": "tea"})


async def talk(websocket):
    await websocket.accept("chat" if "chat" in websocket.scope["subprotocols"] else None)
    await websocket.send_json({"path": websocket.url.path, "root": websocket.scope["root_path"], "query": dict(websocket.query_params)})
    async for text in websocket.iter_text():
        if text == "close":
            await websocket.close(4001, "as you wish")
            return
        await websocket.send_text(text.upper())


async def deny(websocket):
    await websocket.send_denial_response(PlainTextResponse("members only", 401))


async def refuse(websocket):
    await websocket.close()


app = Starlette(
    routes=[
        Route("/where/{name}", where, name="where"),
        Route("/visits", visits),
        Route("/moved", moved),
        Route("/raw", raw, methods=["POST"]),
        Route("/stream", stream),
        Route("/endless", endless),
        Route("/breaks", breaks),
        Route("/background", background),
        Route("/done", done),
        Route("/file", file),
        Route("/upload", upload, methods=["POST"]),
        Route("/thread", in_a_thread),
        Route("/fails", fails),
        Route("/teapot", teapot),
        WebSocketRoute("/talk", talk),
        WebSocketRoute("/deny", deny),
        WebSocketRoute("/refuse", refuse),
        Mount("/static", StaticFiles(directory=os.path.join(HERE, "static")), name="static"),
    ],
    middleware=[Middleware(SessionMiddleware, secret_key="canary"), Middleware(GZipMiddleware)],
    lifespan=lifespan,
)
