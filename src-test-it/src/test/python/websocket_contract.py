"""The twin of io.gangway.it.asgi.WebSocketApplication: the WebSockets of asgi_contract.py."""

import asyncio

BLOCK = bytes(16 << 10)

journal: dict[str, str] = {}
gates: dict[str, asyncio.Event] = {}


def gate(run):
    return gates.setdefault(run, asyncio.Event())


async def serve(what, run, scope, receive, send):
    assert (await receive())["type"] == "websocket.connect"
    await SERVING.get(what, nothing)(run, scope, receive, send)


async def accept(send, **more):
    await send({"type": "websocket.accept", **more})


async def answers(run, receive, send):
    while (event := await receive())["type"] == "websocket.receive":
        answer = {"type": "websocket.send"}
        if event.get("text") is not None:
            answer["text"] = event["text"]
        else:
            answer["bytes"] = event["bytes"]
        await send(answer)
    journal[run] = f"{event['code']} {event.get('reason') or ''}"


async def echo(run, scope, receive, send):
    await accept(send)
    await answers(run, receive, send)


async def choose(run, scope, receive, send):
    offered = scope["subprotocols"]
    await accept(send, subprotocol=offered[-1], headers=[(b"x-offered", "|".join(offered).encode())])
    await answers(run, receive, send)


async def deny(run, scope, receive, send):
    await send({"type": "websocket.close"})


async def deny_401(run, scope, receive, send):
    headers = [(b"www-authenticate", b"Basic")]
    await send({"type": "websocket.http.response.start", "status": 401, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b"who ", "more_body": True})
    await send({"type": "websocket.http.response.body", "body": b"are you?"})


async def late(run, scope, receive, send):
    journal[run] = "waiting"
    await gate(run).wait()
    await accept(send, headers=[(b"x-released", run.encode())])
    await answers(run, receive, send)


async def unanswered(run, scope, receive, send):
    journal[run] = "waiting"
    event = await receive()
    journal[run] = f"{event['code']} {event.get('reason') or ''}"


async def fail(run, scope, receive, send):
    raise RuntimeError("on purpose, before the accept")


async def fail_later(run, scope, receive, send):
    await accept(send)
    await receive()
    raise RuntimeError("on purpose, after the accept")


async def close(run, scope, receive, send):
    await accept(send)
    await send({"type": "websocket.close", "code": 4001, "reason": "bye"})


async def returns(run, scope, receive, send):
    await accept(send)


async def note_failures(run, send, *types):
    """What is raised, for each message: the client has left, or a rule is broken."""
    for kind in types:
        try:
            await send({"type": kind, **({"text": "late"} if kind == "websocket.send" else {})})
            found = "none"
        except OSError:
            found = "left"
        except Exception as error:
            found = str(error)[:3]
        journal[run] = f"{journal.get(run, '')} {found}".strip()


async def send_late(run, scope, receive, send):
    await accept(send)
    while (await receive())["type"] == "websocket.receive":
        pass
    await note_failures(run, send, "websocket.send", "websocket.close", "websocket.send")


async def send_closed(run, scope, receive, send):
    await accept(send)
    await send({"type": "websocket.close"})
    await note_failures(run, send, "websocket.send", "websocket.close")


async def flood(run, scope, receive, send):
    await accept(send)
    sent = 0
    while True:
        await send({"type": "websocket.send", "bytes": BLOCK})
        sent += 1
        journal[run] = str(sent)


async def pour(run, scope, receive, send):
    await accept(send)
    try:
        while True:
            await send({"type": "websocket.send", "text": "drop"})
    finally:
        journal[run] = "ended"


async def ignore(run, scope, receive, send):
    await accept(send)
    await gate(run).wait()
    count = 0
    while (await receive())["type"] == "websocket.receive":
        count += 1
        journal[run] = str(count)


async def nothing(run, scope, receive, send):
    pass


SERVING = {
    "echo": echo,
    "choose": choose,
    "deny": deny,
    "deny-401": deny_401,
    "late": late,
    "unanswered": unanswered,
    "fail": fail,
    "fail-later": fail_later,
    "close": close,
    "return": returns,
    "send-late": send_late,
    "send-closed": send_closed,
    "flood": flood,
    "pour": pour,
    "ignore": ignore,
}
