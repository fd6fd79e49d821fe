"""A Flask application that logs with Flask's own logger: while it is imported, and in a request at a level of its own."""

import logging
import sys

from flask import Flask

app = Flask(__name__)
app.logger.setLevel(logging.INFO)
app.logger.warning("opened")


@app.get("/")
def index():
    app.logger.info("served")
    print("the end", file=sys.stderr)
    return "done"
