"""Answers no handshake, and says how many there were."""

HANDSHAKES = []


async def application(scope, receive, send):
    assert scope["type"] != "lifespan", "no lifespan"
    if scope["type"] == "websocket":
        HANDSHAKES.append(await receive())
        await receive()  # the end
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(len(HANDSHAKES)).encode()})
