"""What gevent's and eventlet's own servers ask for, in an application."""

import os

if os.environ["PATCH"] == "gevent":
    from gevent import monkey

    monkey.patch_all()
else:
    import eventlet

    eventlet.monkey_patch()


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"never served"]
