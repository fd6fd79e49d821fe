"""The twin of io.gangway.it.asgi.RulesApplication: what the cases about ASGI are asked of."""

import asyncio

import websocket_contract
from websocket_contract import gate, journal

BLOCK = bytes(16 << 10)

calls = 0


async def application(scope, receive, send):
    global calls
    if scope["type"] == "lifespan":
        return await lifespan(scope, receive, send)
    path = scope["path"][len(scope["root_path"]) :].split("/")
    what, run = path[1], path[2] if len(path) > 2 else ""
    calls += 1
    try:
        if scope["type"] == "websocket":
            await websocket_contract.serve(what, run, scope, receive, send)
        else:
            await SERVING.get(what, nothing)(run, scope, receive, send)
    finally:
        calls -= 1


async def lifespan(scope, receive, send):
    assert (await receive())["type"] == "lifespan.startup"
    scope["state"].update(startups=[1], shared=[0], name="of the startup")
    await send({"type": "lifespan.startup.complete"})
    assert (await receive())["type"] == "lifespan.shutdown"
    print(f"lifespan.shutdown with {calls} open calls", flush=True)
    await send({"type": "lifespan.shutdown.complete"})


async def start(send, status=200, *headers):
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), (b"x-whose", b"the application's"), *headers]})


async def more(send, text):
    await send({"type": "http.response.body", "body": text, "more_body": True})


async def last(send, text):
    await send({"type": "http.response.body", "body": text})


async def answer(send, text):
    await start(send)
    await last(send, text)


async def read(run, receive):
    """Reads the body, and notes how many bytes have come."""
    body = b""
    while (event := await receive())["type"] == "http.request":
        body += event.get("body", b"")
        journal[run] = str(len(body))
        if not event.get("more_body"):
            break
    return body


async def release(run, scope, receive, send):
    gate(run).set()
    await answer(send, b"")


async def seen(run, scope, receive, send):
    await answer(send, journal.get(run, "").encode())


async def dump(run, scope, receive, send):
    lines = [f"type={scope['type']}", f"asgi={scope['asgi']['version']} {scope['asgi']['spec_version']}"]
    lines += [f"{key}={scope[key]}" for key in ("method", "http_version", "scheme", "path")]
    lines += [f"{key}={scope[key].decode()}" for key in ("raw_path", "query_string")]
    lines += [f"root_path={scope['root_path']}", f"client={scope['client'][0]}", "server={} {}".format(*scope["server"])]
    lines += [f"header {name.decode()}={value.decode()}" for name, value in scope["headers"]]
    await answer(send, "".join(line + "\n" for line in lines).encode())


async def state(run, scope, receive, send):
    """What the startup left, and whether another request's changes are there."""
    left = scope["state"]
    left["shared"][0] += 1
    text = f"startups={left['startups'][0]} shared={left['shared'][0]} name={left['name']}"
    left["name"] = "of a request"
    await answer(send, text.encode())


async def tls(run, scope, receive, send):
    told = scope["extensions"].get("tls")
    text = "none"
    if told is not None:
        text = f"chain of {len(told['client_cert_chain'])}" + (", a cipher suite" if told["cipher_suite"] is not None else "")
    await answer(send, text.encode())


async def echo(run, scope, receive, send):
    await answer(send, await read(run, receive))


async def late(run, scope, receive, send):
    await gate(run).wait()
    await answer(send, await read(run, receive))


async def head_first(run, scope, receive, send):
    await start(send)
    await last(send, await read(run, receive))


async def early(run, scope, receive, send):
    await start(send)
    await more(send, b"first ")
    await gate(run).wait()
    await last(send, await read(run, receive))


async def unread(run, scope, receive, send):
    await gate(run).wait()
    await answer(send, b"without the body")


async def early_end(run, scope, receive, send):
    await answer(send, b"without the body")


async def head(run, scope, receive, send):
    """Waits, with its head sent, for its client and for a test."""
    await start(send)
    await receive()
    left = asyncio.ensure_future(receive())
    await gate(run).wait()
    await last(send, b"released")
    await left


async def note_next(run, receive):
    journal[run] = (await receive())["type"]


async def wait(run, scope, receive, send):
    await receive()
    journal[run] = "waiting"
    await note_next(run, receive)


async def after(run, scope, receive, send):
    await answer(send, b"whole")
    await note_next(run, receive)


async def flood(run, scope, receive, send):
    """Sends until it is refused, and notes how many blocks that were."""
    await start(send)
    sent = 0
    try:
        while True:
            await more(send, BLOCK)
            sent += 1
            journal[run] = str(sent)
    except OSError:
        journal[run] = "refused"
        raise


async def fail(run, scope, receive, send):
    raise RuntimeError("on purpose, before the start")


async def fail_started(run, scope, receive, send):
    await start(send)
    raise RuntimeError("on purpose, after the start")


async def fail_later(run, scope, receive, send):
    await start(send)
    await more(send, b"a part")
    await gate(run).wait()
    raise RuntimeError("on purpose, in the body")


async def half(run, scope, receive, send):
    await start(send)
    await more(send, b"a part")


async def cancelled(run, scope, receive, send):
    raise asyncio.CancelledError("on purpose")


async def twice(run, scope, receive, send):
    await start(send)
    await start(send)


async def body_first(run, scope, receive, send):
    await last(send, b"no start")


async def goes_on(run, scope, receive, send):
    await answer(send, b"whole")
    await last(send, b"more")
    await start(send)
    journal[run] = "ignored"


async def long(run, scope, receive, send):
    await start(send, 200, (b"content-length", b"3"))
    await last(send, b"abcde")


async def short(run, scope, receive, send):
    await start(send, 200, (b"content-length", b"5"))
    await last(send, b"abc")


async def bodiless(run, scope, receive, send):
    await start(send, 204)
    await last(send, b"abc")


async def coding(run, scope, receive, send):
    await start(send, 200, (b"transfer-encoding", b"chunked"))
    await last(send, b"abc")


async def split(run, scope, receive, send):
    await start(send, 200, (b"x-split", b"a\r\nx-other: b"))
    await last(send, b"abc")


async def trailers(send, *fields, more=False):
    await send({"type": "http.response.trailers", "headers": fields, "more_trailers": more})


async def start_trailed(scope, send, *headers):
    assert "http.response.trailers" in scope["extensions"]
    await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": True})


SUM = (b"x-sum", b"6")


async def trailed(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abcdef")
    await trailers(send, SUM, (b"x-part", b"one"), more=True)
    await trailers(send, (b"X-Part", b"two"))


async def trailers_alone(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"")
    await trailers(send, (b"x-sum", b"0"))


async def trailers_of_length(run, scope, receive, send):
    await start_trailed(scope, send, (b"content-length", b"3"))
    await last(send, b"abc")
    await trailers(send, (b"x-sum", b"3"))


async def trailers_of_none(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abc")
    await trailers(send)


async def trailers_later(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abcdef")
    await gate(run).wait()
    await trailers(send, SUM)


async def trailers_missing(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abcdef")


async def trailers_unannounced(run, scope, receive, send):
    await answer(send, b"whole")
    await trailers(send, SUM)


async def trailers_first(run, scope, receive, send):
    await start_trailed(scope, send)
    await trailers(send, SUM)


async def trailers_then_body(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abcdef")
    await trailers(send, SUM, more=True)
    await last(send, b"more")


async def trailers_split(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abcdef")
    await trailers(send, (b"x-split", b"a\r\nx-other: b"))


async def trailers_large(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abcdef")
    await trailers(send, (b"x-large", b"x" * 8153))


async def trailers_forbidden(run, scope, receive, send):
    await start_trailed(scope, send)
    await last(send, b"abcdef")
    await trailers(send, (b"content-length", b"6"))


async def nothing(run, scope, receive, send):
    pass


SERVING = {
    "release": release,
    "journal": seen,
    "scope": dump,
    "state": state,
    "tls": tls,
    "echo": echo,
    "late": late,
    "head-first": head_first,
    "early": early,
    "unread": unread,
    "early-end": early_end,
    "head": head,
    "wait": wait,
    "after": after,
    "flood": flood,
    "fail": fail,
    "fail-started": fail_started,
    "fail-later": fail_later,
    "half": half,
    "cancelled": cancelled,
    "twice": twice,
    "body-first": body_first,
    "goes-on": goes_on,
    "long": long,
    "short": short,
    "bodiless": bodiless,
    "coding": coding,
    "split": split,
    "trailers": trailed,
    "trailers-alone": trailers_alone,
    "trailers-of-length": trailers_of_length,
    "trailers-of-none": trailers_of_none,
    "trailers-later": trailers_later,
    "trailers-missing": trailers_missing,
    "trailers-unannounced": trailers_unannounced,
    "trailers-first": trailers_first,
    "trailers-then-body": trailers_then_body,
    "trailers-split": trailers_split,
    "trailers-large": trailers_large,
    "trailers-forbidden": trailers_forbidden,
}
