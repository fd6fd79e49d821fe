"""Which interface a callable has: WSGI or ASGI 3."""

from __future__ import annotations

import inspect
from typing import Any, Callable, NamedTuple, Optional

from gangway_worker.naming import LoadError


#: A longer signature is given by its first names alone: FastAPI's has the documentation of each argument, 30,000 characters.
_LONGEST_SIGNATURE = 200
_NAMED = 4


class Application(NamedTuple):
    """What was loaded."""

    call: "Callable[..., Any]"
    #: ``wsgi`` or ``asgi``.
    interface: str


def check(application: Any, label: str, interface: str, was_made: bool = False) -> Application:
    """Returns the application with its interface, if it can be called as that, as far as its signature tells.

    :param label: its name, for messages; a factory's if that made it
    :param interface: ``wsgi``, ``asgi`` or ``auto``
    :raises LoadError: with the probable mistake: ASGI 2, a factory or a class that was not called, or the other interface
    """
    subject = f"the object that {label} returned" if was_made else label
    if not callable(application):
        raise LoadError(
            f"{subject} is not an application: an object of type {type(application).__name__} cannot be called",
            f"let {label} return an application" if was_made else "name a callable of the module after the colon, as in shop.wsgi:application",
        )
    found = interface_of(application) if interface == "auto" else interface
    if found == "asgi":
        _check_asgi(application, subject, label, was_made)
    elif interface == "auto":
        _check_arity(application, subject, label, was_made)
    else:
        _check_wsgi(application, subject, label, was_made)
    return Application(application, found)


def _check_asgi(application: "Callable[..., Any]", subject: str, label: str, was_made: bool) -> None:
    """Refuses a callable that cannot be called with scope, receive and send."""
    signature = _signature(application)
    if signature is None or _takes(application, 3):
        return
    if _is_asgi_2(application):
        raise _asgi_2(subject)
    raise LoadError(
        f"{subject} takes {_counted(signature)}, and an ASGI application takes three, scope, receive and send",
        f"let {label} return an ASGI application" if was_made else f"write '{label}()' if it is a factory, or set gangway.interface=wsgi if it is a WSGI application",
    )


def _check_wsgi(application: "Callable[..., Any]", subject: str, label: str, was_made: bool) -> None:
    """Refuses a callable that is set to be WSGI and cannot be called with environ and start_response. What it wraps does not count: an adapter
    may have the signature of the application that it adapts."""
    try:
        inspect.signature(application, follow_wrapped=False).bind(None, None)
    except ValueError:
        return
    except TypeError:
        if interface_of(application) != "asgi":
            _check_arity(application, subject, label, was_made)
            return
        signature = _signature(application)
        taken = _counted(signature) if signature else "other arguments"
        raise LoadError(
            f"{subject} takes {taken}, and a WSGI application takes two, environ and start_response",
            "leave gangway.interface out: this looks like an ASGI application, and workers recognise it",
        ) from None


def _is_asgi_2(application: "Callable[..., Any]") -> bool:
    """Whether it is one of the old kind: called with a scope, it returns a callable that takes receive and send."""
    if not _takes(application, 1) or _takes(application, 2):
        return False
    if inspect.isclass(application):
        return inspect.iscoroutinefunction(application.__call__)
    signature = _signature(application)
    return signature is not None and next(iter(signature.parameters), "") == "scope"


def _asgi_2(subject: str) -> LoadError:
    return LoadError(
        f"{subject} is an application of ASGI 2, which takes the scope alone, and workers serve ASGI 3",
        "wrap it: asgiref.compatibility.guarantee_single_callable(application)",
    )


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
    if _is_asgi_2(application):
        raise _asgi_2(subject)
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
    if len(text) > _LONGEST_SIGNATURE:
        text = f"({', '.join(list(signature.parameters)[:_NAMED])}, …)"
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
