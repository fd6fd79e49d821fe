"""One room: who comes in sees the last messages, and each message goes to all."""

import contextlib
import pathlib
from collections import deque
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

PAGE = pathlib.Path(__file__).with_name("page.html").read_text()

#: Messages that a newcomer sees, and bytes of one message.
KEPT = 20
LONGEST = 1000


class Room:
    def __init__(self) -> None:
        self.members: set[WebSocket] = set()
        self.last: deque[dict[str, str]] = deque(maxlen=KEPT)

    async def join(self, member: WebSocket) -> None:
        for message in self.last:
            await member.send_json(message)
        self.members.add(member)

    async def tell(self, name: str, text: str) -> None:
        message = {"name": name, "text": text}
        self.last.append(message)
        for member in list(self.members):
            with contextlib.suppress(OSError, RuntimeError, WebSocketDisconnect):  # it has left meanwhile
                await member.send_json(message)


@contextlib.asynccontextmanager
async def lifespan(app: Starlette):
    yield {"room": Room()}


async def page(request: Request) -> HTMLResponse:
    return HTMLResponse(PAGE)


def is_own_page(websocket: WebSocket) -> bool:
    """A browser tells which page has opened the WebSocket; other pages must not speak with the visitor's cookies."""
    origin = websocket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == websocket.headers.get("host")


async def talk(websocket: WebSocket) -> None:
    if not is_own_page(websocket):
        await websocket.close(1008)
        return
    room, name = websocket.state.room, websocket.query_params.get("name", "somebody")[:40]
    await websocket.accept()
    await room.join(websocket)
    try:
        async for text in websocket.iter_text():
            await room.tell(name, text[:LONGEST])
    except KeyError:  # Starlette's, for a message that is binary
        await websocket.close(1003)
    finally:
        room.members.discard(websocket)


app = Starlette(routes=[Route("/", page), WebSocketRoute("/talk", talk)], lifespan=lifespan)
