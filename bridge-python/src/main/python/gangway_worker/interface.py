"""Which interface a callable has, and whether a worker can serve it."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Optional

from gangway_worker.naming import LoadError


def check(application: Any, label: str, interface: str, was_made: bool = False) -> "Callable[..., Any]":
    """Returns the application if it is a WSGI application, as far as its signature tells.

    :param label: its name, for messages; a factory's if that made it
    :param interface: ``wsgi``, ``asgi`` or ``auto``
    :raises LoadError: with the probable mistake: ASGI, or a factory or a class that was not called
    """
    subject = f"the object that {label} returned" if was_made else label
    if not callable(application):
        raise LoadError(
            f"{subject} is not an application: an object of type {type(application).__name__} cannot be called",
            f"let {label} return a WSGI application" if was_made else "name a callable of the module after the colon, as in shop.wsgi:application",
        )
    if interface == "asgi" or (interface == "auto" and interface_of(application) == "asgi"):
        raise LoadError(
            f"{subject} is an ASGI application, and Gangway does not support ASGI yet",
            "use a WSGI application; if it is one, set gangway.interface=wsgi",
        )
    if interface == "auto":
        _check_arity(application, subject, label, was_made)
    return application  # type: ignore[no-any-return]


def interface_of(application: "Callable[..., Any]") -> str:
    """``asgi`` or ``wsgi``, by the same rule as uvicorn: an ASGI 3 application is a coroutine function, or an object whose ``__call__``
    is one. A callable that accepts three arguments and not two counts as ASGI too, because no WSGI server could call it."""
    if inspect.isclass(application):
        return "asgi" if hasattr(application, "__await__") else "wsgi"
    call = application if inspect.isfunction(application) else getattr(application, "__call__", application)
    if (inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(call)) and not _takes(application, 0):
        return "asgi"
    return "asgi" if _takes(application, 3) and not _takes(application, 2) else "wsgi"


def _check_arity(application: "Callable[..., Any]", subject: str, label: str, was_made: bool) -> None:
    """Refuses a callable that cannot be called with environ and start_response, and one that needs neither: a factory whose parameters all
    have defaults. A callable without a signature (in C), and one that takes any arguments, passes."""
    signature = _signature(application)
    if signature is None:
        return
    takes_any = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in signature.parameters.values())
    if _takes(application, 2) and (takes_any or not _takes(application, 0)):
        return
    kind = "class" if inspect.isclass(application) else "factory"
    problem = f"{subject} takes {_counted(signature)}, and a WSGI application takes two, environ and start_response"
    if was_made:
        raise LoadError(problem, f"let {label} return a WSGI application")
    if _takes(application, 0):
        fix = f"write '{label}()' if it is a {kind}" + (", or set gangway.factory" if kind == "factory" else "")
        if _takes(application, 2):
            fix += "; if it is a WSGI application, set gangway.interface=wsgi"
        raise LoadError(problem, fix)
    raise LoadError(problem, f"write '{label}(…)' with literal arguments if it is a {kind}, or name a WSGI application")


def _counted(signature: inspect.Signature) -> str:
    if not signature.parameters:
        return "no arguments"
    text = str(signature).partition(" ->")[0]
    return f"the arguments {text}"


def _signature(application: "Callable[..., Any]") -> Optional[inspect.Signature]:
    try:
        return inspect.signature(application)
    except (TypeError, ValueError):
        return None


def _takes(application: "Callable[..., Any]", count: int) -> bool:
    try:
        inspect.signature(application).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True
