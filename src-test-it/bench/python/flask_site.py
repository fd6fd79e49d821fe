"""A small Flask application: an order as JSON (about 700 bytes), and as a page of 10 KB."""

import flask
import plain

site = flask.Flask(__name__)
LINES = [{"article": f"buoy-{number}", "quantity": number, "price": 12.5} for number in range(10)]
PAGE_LINES = [
    {"article": f"buoy-{number}", "quantity": number, "price": 12.5, "note": "red & green, with light"}
    for number in range(66)
]


@site.get("/json")
def order():
    return flask.jsonify(order=4711, customer="harbour", lines=LINES)


@site.get("/page")
def page():
    return flask.render_template("page.html", title="Order 4711", lines=PAGE_LINES)


application = plain.beside_hello(site)
