"""What the tests of ASGI applications deploy: one application, a coroutine for each path."""

import asyncio
import contextvars
import logging
import os
import time

NUMBER = contextvars.ContextVar("number", default="none")
BACKGROUND = set()


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await lifespan(scope, receive, send)
    elif scope["type"] == "http":
        path = scope["path"][len(scope["root_path"]) :]
        await ROUTES[path](scope, receive, send)
    else:
        await SOCKETS[scope["path"]](scope, receive, send)


async def lifespan(scope, receive, send):
    assert (await receive())["type"] == "lifespan.startup"
    if os.environ.get("LIVE_STARTUP") == "fails":
        await send({"type": "lifespan.startup.failed", "message": "Traceback:\n  line\nOSError: no database"})
        return
    if os.environ.get("LIVE_STARTUP") == "raises":
        raise ValueError("no lifespan here")
    scope["state"]["loop"] = id(asyncio.get_running_loop())
    scope["state"]["pool"] = ["shared"]
    await send({"type": "lifespan.startup.complete"})
    assert (await receive())["type"] == "lifespan.shutdown"
    if os.environ.get("LIVE_SHUTDOWN") == "hangs":
        await asyncio.get_running_loop().create_future()
    if os.environ.get("LIVE_SHUTDOWN"):
        with open(os.environ["LIVE_SHUTDOWN"], "w") as file:
            file.write("shut down in the same loop" if id(asyncio.get_running_loop()) == scope["state"]["loop"] else "another loop")
    await send({"type": "lifespan.shutdown.complete"})


async def answer(send, body, status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), *headers]})
    await send({"type": "http.response.body", "body": body if isinstance(body, bytes) else str(body).encode()})


async def hello(scope, receive, send):
    await answer(send, "Hello from asyncio")


async def describe(scope, receive, send):
    keys = ("type", "http_version", "method", "scheme", "path", "raw_path", "root_path", "query_string", "asgi", "headers")
    await answer(send, repr({key: scope[key] for key in keys}))


async def pid(scope, receive, send):
    await answer(send, os.getpid())


async def state(scope, receive, send):
    scope["state"]["own"] = scope["state"].get("own", 0) + 1
    same = scope["state"]["loop"] == id(asyncio.get_running_loop())
    await answer(send, f"{same} {scope['state']['pool'][0]} {scope['state']['own']}")


async def read(receive):
    body = b""
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            raise ConnectionAbortedError("left while its body was read")
        body += event["body"]
        if not event["more_body"]:
            return body


async def echo(scope, receive, send):
    await answer(send, await read(receive))


async def mirror(scope, receive, send):
    """Answers each part of the body before it reads the next one."""
    await send({"type": "http.response.start", "status": 200})
    more = True
    while more:
        event = await receive()
        more = event["more_body"]
        await send({"type": "http.response.body", "body": event["body"], "more_body": True})
    await send({"type": "http.response.body"})


async def never_reads(scope, receive, send):
    await answer(send, "not read")


async def stream(scope, receive, send):
    """One block, then another one when the file that the query names is there."""
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"one\n", "more_body": True})
    await exists(scope["query_string"].decode())
    await send({"type": "http.response.body", "body": b"two\n"})


async def exists(path):
    while not os.path.exists(path):
        await asyncio.sleep(0.01)


async def head_first(scope, receive, send):
    """A head, and a body when the file that the query names is there."""
    await send({"type": "http.response.start", "status": 202})
    await exists(scope["query_string"].decode())
    await send({"type": "http.response.body", "body": b"late"})


async def flood(scope, receive, send):
    """Sends without an end; writes what ended it to the file that the query names."""
    await send({"type": "http.response.start", "status": 200})
    sent = 0
    try:
        while True:
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            sent += 65536
    except OSError as error:
        note(scope, f"{type(error).__name__} {sent}")
        raise


def note(scope, text):
    path = scope["query_string"].decode()
    with open(path + ".part", "w") as file:
        file.write(text)
    os.rename(path + ".part", path)


async def wait_for_disconnect(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"waiting", "more_body": True})
    assert (await receive())["type"] == "http.request"
    event = await receive()
    note(scope, event["type"])


async def after_the_response(scope, receive, send):
    await answer(send, "answered")
    event = await receive()
    await send({"type": "http.response.body", "body": b"ignored"})
    await exists(scope["query_string"].decode() + ".gate")
    note(scope, event["type"])


async def fail_early(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    raise ValueError("before the body")


async def fail_late(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"a part", "more_body": True})
    raise ValueError("after the head")


async def fail_afterwards(scope, receive, send):
    await answer(send, "all of it")
    raise ValueError("after the end")


async def exit(scope, receive, send):
    raise SystemExit(7)


async def no_response(scope, receive, send):
    pass


async def half_a_response(scope, receive, send):
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body", "body": b"a part", "more_body": True})


async def body_first(scope, receive, send):
    await send({"type": "http.response.body", "body": b"too early"})


async def split(scope, receive, send):
    await answer(send, "split", headers=[(b"x-name", b"a\r\nb: c")])


async def hop_by_hop(scope, receive, send):
    await answer(send, "dropped", headers=[(b"trailer", b"x")])


async def context(scope, receive, send):
    """Requests that run at the same time see their own values only."""
    before = NUMBER.get()
    NUMBER.set(scope["query_string"].decode())
    for _ in range(10):
        await asyncio.sleep(0)
    await answer(send, f"{before} {NUMBER.get()}")


async def log(scope, receive, send):
    logging.getLogger("live").warning("logged by a task")
    await answer(send, "logged")


async def block(scope, receive, send):
    """Blocks the loop, until the file that the query names is there."""
    while not os.path.exists(scope["query_string"].decode()):
        time.sleep(0.01)
    await answer(send, "unblocked")


async def block_for_ever(scope, receive, send):
    while True:
        time.sleep(0.01)


async def hold(scope, receive, send):
    """Says that it has begun, and waits for a gate."""
    path = scope["query_string"].decode()
    open(path + f".{os.getpid()}.{id(scope)}", "x").close()
    await exists(path)
    await answer(send, os.getpid())


async def kill(scope, receive, send):
    os.kill(os.getpid(), 9)


async def fork(scope, receive, send):
    child = os.fork()
    if child == 0:
        return  # the child comes back to the loop, where it must end
    await asyncio.to_thread(os.waitpid, child, 0)
    await answer(send, os.getpid())


async def empty(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


ROUTES = {"/" + name.replace("_", "-"): function for name, function in list(globals().items()) if asyncio.iscoroutinefunction(function)}


# WebSockets.


async def shout(scope, receive, send):
    """Answers each message in capitals."""
    await receive()
    await send({"type": "websocket.accept", "subprotocol": (scope["subprotocols"] or [None])[-1], "headers": [(b"x-pid", b"%d" % os.getpid())]})
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            if scope["query_string"]:
                note(scope, f"{event['code']} {event['reason']}")
            return
        if event.get("text") == "close":
            await send({"type": "websocket.close", "code": 4001, "reason": "as you wish"})
        elif event.get("text") == "fail":
            raise ValueError("failed in the middle")
        elif event.get("text") == "die":
            os.kill(os.getpid(), 9)
        elif event.get("text") == "return":
            return
        elif event.get("text") is not None:
            await send({"type": "websocket.send", "text": event["text"].upper()})
        else:
            await send({"type": "websocket.send", "bytes": event["bytes"]})


async def refuse(scope, receive, send):
    await send({"type": "websocket.close"})


async def deny(scope, receive, send):
    await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
    await send({"type": "websocket.http.response.body", "body": b"members only"})


async def unanswered(scope, receive, send):
    pass


async def never_receives(scope, receive, send):
    await send({"type": "websocket.accept"})
    await exists(scope["query_string"].decode())
    count = -1
    while (await receive())["type"] != "websocket.disconnect":
        count += 1
        if count == 20_000:
            await send({"type": "websocket.send", "text": f"got {count}"})


async def never_stops(scope, receive, send):
    """Sends without an end."""
    await send({"type": "websocket.accept"})
    sent = 0
    try:
        while True:
            await send({"type": "websocket.send", "text": "x" * 1000})
            sent += 1
    except OSError:
        note(scope, str(sent))


SOCKETS = {
    "/" + function.__name__.replace("_", "-"): function
    for function in (shout, refuse, deny, unanswered, never_receives, never_stops)
}


def create_app(greeting="made"):
    async def made(scope, receive, send):
        if scope["type"] != "http":
            raise AssertionError("no lifespan")
        await answer(send, greeting)

    return made
