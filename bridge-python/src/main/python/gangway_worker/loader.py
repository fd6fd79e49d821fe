"""Finds the application: ``module:attribute.path``, or a module that has an ``application`` or an ``app``."""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import pkgutil
import sys
from types import ModuleType
from typing import Any, Callable

from gangway_worker.rules import quote

#: The names of the application in a module, if the specification does not name it.
USUAL_NAMES = ("application", "app")


class LoadError(Exception):
    """The application cannot be loaded; the message says what was found instead."""


def import_module(specification: str) -> ModuleType:
    """Imports the module that a specification names. Exceptions of the module itself are passed on.

    :raises LoadError: if there is no such module
    """
    name = specification.partition(":")[0]
    if not all(part.isidentifier() for part in name.split(".")):
        raise LoadError(f"{quote(specification)} does not name a module; expected a name such as shop.wsgi:application")
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise LoadError(_no_module(name, error.name)) from None
        raise
    return sys.modules[name]


def find(module: ModuleType, specification: str) -> "Callable[..., Any]":
    """The callable that a specification names in its module.

    :raises LoadError: if the module has no such attribute, or it cannot be called
    """
    path = specification.partition(":")[2]
    if path:
        found: Any = module
        for part in path.split("."):
            if not hasattr(found, part):
                where = f"module {module.__name__}" if found is module else f"{type(found).__name__} in {specification}"
                near = _nearest(part, dir(found)) or (_usual(module) if found is module else "")
                raise LoadError(f"{where} has no {quote(part)}{near}")
            found = getattr(found, part)
    else:
        name = next((name for name in USUAL_NAMES if hasattr(module, name)), None)
        if name is None:
            near = _nearest("application", dir(module))
            raise LoadError(
                f"module {module.__name__} has neither `application` nor `app`{near}; name the callable after a colon"
            )
        found = getattr(module, name)
    if not callable(found):
        raise LoadError(f"{specification} is not an application: an object of type {type(found).__name__} cannot be called")
    return found


def interface_of(application: "Callable[..., Any]") -> str:
    """``asgi`` or ``wsgi``, by the same rule as uvicorn: an ASGI 3 application is a coroutine function, or an object whose ``__call__``
    is one. A callable that accepts three arguments and not two counts as ASGI too, because no WSGI server could call it."""
    if inspect.isclass(application):
        return "asgi" if hasattr(application, "__await__") else "wsgi"
    call = application if inspect.isfunction(application) else getattr(application, "__call__", application)
    if inspect.iscoroutinefunction(application) or inspect.iscoroutinefunction(call):
        return "asgi"
    return "asgi" if _takes(application, 3) and not _takes(application, 2) else "wsgi"


def _takes(application: "Callable[..., Any]", count: int) -> bool:
    try:
        inspect.signature(application).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


def _no_module(name: str, missing: str) -> str:
    parent, _, last = missing.rpartition(".")
    search = None
    if parent:
        spec = importlib.util.find_spec(parent)
        search = list(spec.submodule_search_locations or ()) if spec else []
    names = [module.name for module in pkgutil.iter_modules(search)]
    near = _nearest(last, names, f"{parent}." if parent else "")
    within = f" (of {name})" if missing != name else ""
    return f"there is no module {quote(missing)}{within} on sys.path{near}"


def _usual(module: ModuleType) -> str:
    """The usual names that the module has: ``app`` and ``application`` are too different for :func:`_nearest`."""
    usual = [name for name in USUAL_NAMES if hasattr(module, name)]
    return f"; it has: {', '.join(usual)}" if usual else ""


def _nearest(name: str, names: "list[str]", prefix: str = "") -> str:
    near = difflib.get_close_matches(name, [other for other in names if not other.startswith("__")], n=3)
    return f"; the nearest: {', '.join(prefix + other for other in near)}" if near else ""
