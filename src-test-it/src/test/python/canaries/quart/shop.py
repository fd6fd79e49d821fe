"""Quart: routes, templates, sessions, streams, background tasks, files with ranges, uploads, WebSockets and what runs around serving."""

import asyncio
import os

import gate
from quart import Quart, abort, redirect, render_template, request, send_file, session, url_for, websocket

app = Quart(__name__)
app.secret_key = "canary"
DONE = []


@app.before_serving
async def open_pool():
    app.pool = ["ready"]


@app.after_serving
async def close_pool():
    app.pool.clear()


@app.get("/where/<name>")
async def where(name):
    return {
        "url": request.url,
        "home": url_for("where", name="café", _external=True),
        "root": request.root_path,
        "path": request.path,
        "name": name,
        "query": list(request.args.items(multi=True)),
        "pool": app.pool,
    }


@app.get("/moved")
async def moved():
    return redirect(url_for("where", name="tea"), 303)


@app.get("/room/<name>")
async def room(name):
    return await render_template("room.html", title=name)


@app.get("/visits")
async def visits():
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])


@app.get("/stream")
async def stream():
    port = request.args["gate"]

    async def pieces():
        yield b"first\n"
        await asyncio.to_thread(gate.wait, port)
        yield b"second\n"

    return pieces(), {"Content-Type": "text/plain"}


@app.get("/breaks")
async def breaks():
    async def pieces():
        yield b"first\n"
        raise RuntimeError("broke in the middle")

    return pieces()


@app.post("/raw")
async def raw():
    size = 0
    async for part in request.body:
        size += len(part)
    return {"size": size, "length": request.headers.get("content-length")}


@app.post("/upload")
async def upload():
    form, files = await request.form, await request.files
    return {"name": form["name"], "file": files["file"].filename, "size": len(files["file"].read())}


@app.get("/background")
async def background():
    port = request.args["gate"]

    async def work():
        await asyncio.to_thread(gate.wait, port)
        DONE.append("done")

    app.add_background_task(work)
    return "accepted"


@app.get("/done")
async def done():
    return ",".join(DONE)


@app.get("/file")
async def file():
    return await send_file(os.path.abspath(__file__), as_attachment=True, attachment_filename="shop.py", conditional=True)


@app.get("/fails")
async def fails():
    raise ValueError("failed on purpose")


@app.get("/teapot")
async def teapot():
    abort(418)


@app.errorhandler(418)
async def pot(error):
    return "short and stout", 418, {"X-Pot": "tea"}


@app.websocket("/talk/<room>")
async def talk(room):
    await websocket.accept(subprotocol="chat")
    await websocket.send_json({"path": websocket.path, "root": websocket.root_path, "room": room, "visits": session.get("visits", 0)})
    while True:
        text = await websocket.receive()
        if text == "close":
            await websocket.close(4001, "as you wish")
            return
        await websocket.send(text.upper())


@app.websocket("/deny")
async def deny():
    abort(401)
