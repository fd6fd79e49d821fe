"""What both sides of the `python` suite serve: a function, and a small Flask application."""

import flask

TEXT = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "6")]


def hello(environ, start_response):
    start_response("200 OK", TEXT)
    return [b"hello\n"]


flask_json = flask.Flask(__name__)


@flask_json.get("/")
def order():
    lines = [{"article": f"buoy-{number}", "quantity": number, "price": 12.5} for number in range(10)]
    return flask.jsonify(order=4711, customer="harbour", lines=lines)
