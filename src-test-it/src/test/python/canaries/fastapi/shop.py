"""FastAPI: dependency injection, validation, the OpenAPI page, uploads, background tasks, security, WebSockets and a lifespan."""

from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, File, Form, Header, HTTPException, Query, UploadFile, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, Field

SHUT = []
MAILS = []


@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.stock = {"tea": 3}
    yield
    SHUT.append(True)


app = FastAPI(title="Shop", lifespan=lifespan)
basic = HTTPBasic()


class Order(BaseModel):
    name: str = Field(min_length=2)
    count: int = Field(gt=0)


async def session():
    """A dependency with an end, which comes after the response."""
    opened = ["open"]
    try:
        yield opened
    finally:
        opened.clear()


def user(credentials: Annotated[HTTPBasicCredentials, Depends(basic)]) -> str:
    if credentials.password != "sesame":
        raise HTTPException(401, "wrong", headers={"WWW-Authenticate": "Basic"})
    return credentials.username


@app.get("/stock/{name}")
async def stock(name: str, limit: Annotated[int, Query(ge=1, le=9)] = 5, opened: list = Depends(session)):
    if name not in app.state.stock:
        raise HTTPException(404, f"no {name}")
    return {"name": name, "count": min(limit, app.state.stock[name]), "session": opened[0]}


@app.post("/orders", status_code=201)
async def order(order: Order, tasks: BackgroundTasks, x_tenant: Annotated[str, Header()] = "none"):
    tasks.add_task(MAILS.append, order.name)
    return {"order": order, "tenant": x_tenant}


@app.get("/mails")
async def mails():
    return MAILS


@app.get("/me")
def me(name: Annotated[str, Depends(user)]):
    return {"user": name}


@app.post("/upload")
async def upload(name: Annotated[str, Form()], file: Annotated[UploadFile, File()]):
    size = 0
    while block := await file.read(1 << 16):
        size += len(block)
    return {"name": name, "file": file.filename, "type": file.content_type, "size": size}


@app.get("/count")
async def count():
    async def lines():
        for number in range(3):
            yield f"{number}\n"

    return StreamingResponse(lines(), media_type="text/plain")


@app.websocket("/talk/{room}")
async def talk(websocket: WebSocket, room: str, token: str = "none"):
    await websocket.accept()
    try:
        while True:
            message = await websocket.receive_json()
            await websocket.send_json({"room": room, "token": token, "got": message})
    except WebSocketDisconnect as gone:
        MAILS.append(f"left {room} {gone.code}")
