"""A small FastAPI application: the order of starlette_site, with a response model."""

import asgi_plain
import fastapi
import pydantic

site = fastapi.FastAPI()


class Line(pydantic.BaseModel):
    article: str
    quantity: int
    price: float


class Order(pydantic.BaseModel):
    order: int
    customer: str
    lines: list[Line]


LINES = [Line(article=f"buoy-{number}", quantity=number, price=12.5) for number in range(10)]


@site.get("/json")
async def order() -> Order:
    return Order(order=4711, customer="harbour", lines=LINES)


application = asgi_plain.beside_hello(site)
