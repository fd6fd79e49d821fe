"""A small Starlette application: an order as JSON, about 700 bytes."""

import asgi_plain
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

LINES = [{"article": f"buoy-{number}", "quantity": number, "price": 12.5} for number in range(10)]


async def order(request):
    return JSONResponse({"order": 4711, "customer": "harbour", "lines": LINES})


application = asgi_plain.beside_hello(Starlette(routes=[Route("/json", order)]))
