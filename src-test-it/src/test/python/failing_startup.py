"""An application whose startup fails; the twin of io.gangway.it.asgi.FailingStartup."""


async def application(scope, receive, send):
    assert scope["type"] == "lifespan", "called without a startup"
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database on purpose"})
