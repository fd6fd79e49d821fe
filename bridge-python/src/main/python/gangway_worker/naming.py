"""How an application is named: a module or a file, and in it a callable or the call of a factory.

Nothing is evaluated: names are looked up one by one, and the arguments of a factory are literals.
"""

from __future__ import annotations

import ast
from typing import Any, Dict, NamedTuple, Optional, Tuple

from gangway_worker.rules import quote

#: For messages: each way to name an application.
EXAMPLES = "shop.wsgi:application, shop:app, 'shop:create_app()', or a file such as deploy/shop.wsgi"


class LoadError(Exception):
    """The application cannot be loaded; the message says what was found instead, and `fix` what to do."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class Call(NamedTuple):
    """The arguments of a factory."""

    positional: Tuple[Any, ...] = ()
    named: Dict[str, Any] = {}


class Name(NamedTuple):
    """A name that was read; one of `module` and `file` is set."""

    #: A dotted name, as Python imports it.
    module: str = ""
    #: A path, absolute or relative to the working directory.
    file: str = ""
    #: Attributes, the first one the module's; empty for the usual names.
    attributes: Tuple[str, ...] = ()
    #: None if the attribute is the application itself.
    call: Optional[Call] = None

    @property
    def place(self) -> str:
        """The module or the file, as it was written."""
        return self.module or self.file


def parse(written: str) -> Name:
    """Reads ``module``, ``module:attribute.path``, ``module:factory('literal', key=1)``, or the same with a file's path in the module's place.
    A place with a slash, or with ``.py`` at its end, is a file.

    :raises LoadError: if it is none of these
    """
    place, colon, expression = written.partition(":")
    is_file = "/" in place or place.endswith(".py")
    if not is_file and not all(part.isidentifier() for part in place.split(".")):
        raise LoadError(f"{quote(written)} does not name a module", f"write {EXAMPLES}")
    if colon and not expression.strip():
        raise LoadError(f"{quote(written)} has nothing after its colon", f"write {place}, or {place}:NAME with the callable's name")
    attributes, call = _expression(expression.strip()) if colon else ((), None)
    return Name("" if is_file else place, place if is_file else "", attributes, call)


def _expression(text: str) -> "Tuple[Tuple[str, ...], Optional[Call]]":
    try:
        node: ast.expr = ast.parse(text, mode="eval").body
        call = None
        if isinstance(node, ast.Call):
            call = _arguments(node)
            node = node.func
        attributes: "list[str]" = []
        while isinstance(node, ast.Attribute):
            attributes.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            raise ValueError
        return (node.id, *attributes), call
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        # RecursionError, MemoryError: thousands of brackets
        raise LoadError(
            f"{quote(text)} is neither a name nor the call of a factory with literal arguments",
            "write a callable's name, such as application, or a call such as create_app('production', debug=False)",
        ) from None


def _arguments(call: ast.Call) -> Call:
    """:raises ValueError: if an argument is no literal: ``*`` and ``**`` are none"""
    named = {}
    for keyword in call.keywords:
        if keyword.arg is None:
            raise ValueError
        named[keyword.arg] = ast.literal_eval(keyword.value)
    return Call(tuple(ast.literal_eval(argument) for argument in call.args), named)
