"""What lives on long answers: GraphQL with subscriptions, an MCP server over streamable HTTP, and server-sent events."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import gate
import strawberry
from mcp.server.mcpserver import Context, MCPServer
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from strawberry.asgi import GraphQL

STOCK = {"tea": 3}


@strawberry.type
class Query:
    @strawberry.field
    async def stock(self, name: str) -> int:
        return STOCK[name]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def add(self, name: str, count: int) -> int:
        STOCK[name] = STOCK.get(name, 0) + count
        return STOCK[name]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number

    @strawberry.subscription
    async def endless(self, gate_port: int) -> AsyncGenerator[int, None]:
        try:
            yield 0
            await asyncio.Event().wait()
        finally:
            gate.tell(gate_port, "closed")


graphql = GraphQL(strawberry.Schema(Query, Mutation, Subscription))
tools = MCPServer("Shop")


@tools.tool()
async def buy(name: str, count: int, context: Context) -> str:
    """Buys something."""
    for number in range(count):
        await context.report_progress(number + 1, count, f"{number + 1} of {name}")
    return f"{count} of {name}"


@tools.resource("stock://{name}")
def stock(name: str) -> str:
    return str(STOCK[name])


async def events(request):
    """An event a second, then silence, and the end."""
    count, silence = int(request.query_params["count"]), float(request.query_params["silence"])

    async def lines():
        for number in range(count):
            yield f"id: {number}\ndata: {'x' * 100}\n\n"
            await asyncio.sleep(1)
        await asyncio.sleep(silence)
        yield "event: end\ndata: \n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


mcp = tools.streamable_http_app()


@contextlib.asynccontextmanager
async def lifespan(app):
    async with tools.session_manager.run():
        yield


app = Starlette(
    routes=[Route("/graphql", graphql), WebSocketRoute("/graphql", graphql), Route("/events", events), Mount("/", mcp)],
    lifespan=lifespan,
)
