"""The launcher's configuration: one JSON object, which the bridge writes on the first line of its standard input."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Optional, Tuple


class Configuration(NamedTuple):
    """The settings of a launcher and of all its workers."""

    #: The bridge's socket.
    socket: str
    #: The launcher's token; each worker has its own, from FORK.
    token: str
    #: The application's name without its loader, such as ``shop.wsgi:application``.
    application: str
    #: ``python``, or ``paste`` for a file of PasteDeploy.
    loader: str = "python"
    #: Whether the callable is a factory, and its name does not say so.
    factory: bool = False
    #: ``wsgi``, ``asgi`` or ``auto``.
    interface: str = "auto"
    #: Exchange threads in each worker of a WSGI application.
    threads: int = 1
    #: Max exchanges that each worker of an ASGI application serves at once.
    concurrency: int = 1000
    #: ``auto``, ``on`` or ``off``: whether an ASGI application is told of start and stop.
    lifespan: str = "auto"
    #: Whether more than one process may serve the application (W36).
    multiprocess: bool = True
    #: The working directory; None to keep the launcher's.
    chdir: Optional[str] = None
    #: The root of a virtual environment whose packages are used with any interpreter; None for the interpreter's own packages.
    venv: Optional[str] = None
    #: Directories that are put in front of ``sys.path``, in this order.
    python_path: Tuple[str, ...] = ()
    #: Whether the launcher imports the application, so that workers share its memory.
    preload: bool = False
    #: The private directory of request bodies in files; None if there are none.
    bodies: Optional[str] = None
    #: The id of the server's process, if its threads are to be scheduled as ones that compute.
    server: Optional[int] = None
    #: The root logger's level, such as ``info``; None for Python's default.
    log_level: Optional[str] = None

    @classmethod
    def parse(cls, line: str) -> Configuration:
        """Reads the JSON object.

        :raises ValueError: if a key is missing, unknown or of the wrong type; the message names it
        """
        given: Any = json.loads(line)
        if not isinstance(given, dict):
            raise ValueError("the configuration is not a JSON object")
        unknown = set(given) - set(cls._fields)
        if unknown:
            raise ValueError(f"unknown configuration: {', '.join(sorted(unknown))}")
        for key in ("socket", "token", "application"):
            if key not in given:
                raise ValueError(f"the configuration lacks {key}")
        given["python_path"] = tuple(given.get("python_path", ()))
        configuration = cls(**given)
        configuration._check()
        return configuration

    def _check(self) -> None:
        optional = (str, type(None))
        expected = {
            "socket": str,
            "token": str,
            "application": str,
            "factory": bool,
            "threads": int,
            "concurrency": int,
            "multiprocess": bool,
            "chdir": optional,
            "venv": optional,
            "bodies": optional,
            "preload": bool,
            "server": (int, type(None)),
            "log_level": optional,
        }
        for key, kind in expected.items():
            if not isinstance(getattr(self, key), kind):
                raise ValueError(f"configuration {key} is a {type(getattr(self, key)).__name__}")
        if self.interface not in ("auto", "wsgi", "asgi"):
            raise ValueError(f"configuration interface is neither auto, wsgi nor asgi: {self.interface!r}")
        if self.loader not in ("python", "paste"):
            raise ValueError(f"configuration loader is neither python nor paste: {self.loader!r}")
        if self.lifespan not in ("auto", "on", "off"):
            raise ValueError(f"configuration lifespan is neither auto, on nor off: {self.lifespan!r}")
        if self.concurrency < 1:
            raise ValueError(f"configuration concurrency is {self.concurrency}; at least 1 is needed")
        if self.threads < 1:
            raise ValueError(f"configuration threads is {self.threads}; at least 1 is needed")
