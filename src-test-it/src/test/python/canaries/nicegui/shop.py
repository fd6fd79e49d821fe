"""A page of NiceGUI: all that happens on it goes through Socket.IO, to the server and back."""

from fastapi import FastAPI
from nicegui import ui

app = FastAPI()


@app.get("/plain")
async def plain():
    return {"plain": True}


@ui.page("/")
def index():
    cups = {"count": 0}
    shown = ui.label("0 cups").props("id=cups")

    def add():
        cups["count"] += 1
        shown.text = f"{cups['count']} cups"

    ui.button("another", on_click=add).props("id=another")
    name = ui.input("name").props("id=name")
    ui.label().bind_text_from(name, "value", lambda value: f"hello {value}").props("id=hello")
    ticks = ui.label("0 ticks").props("id=ticks")
    count = iter(range(1, 1_000_000))
    ui.timer(0.2, lambda: ticks.set_text(f"{next(count)} ticks"))
    ui.link("the other page", "/other")


@ui.page("/other")
def other():
    ui.label("this is the other page")


ui.run_with(app, storage_secret="only for tests")
