"""Asks for its logger during the import, and gives it a handler if there is none, as Flask's app.logger does."""

import logging
import sys

logger = logging.getLogger(__name__)
if not logger.hasHandlers():
    logger.addHandler(logging.StreamHandler(sys.stderr))


def application(environ, start_response):
    logger.error("too late")
    print("the end")
    start_response("200 OK", [])
    return [b"logged"]
