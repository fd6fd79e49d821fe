"""Finds what a name names: imports the module or the file, finds the callable, and calls it if it is a factory."""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import os
import pkgutil
import re
import sys
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, Optional, Sequence

from gangway_worker.naming import Call, LoadError, Name
from gangway_worker.rules import quote

#: The names of the application in a module, if none is written: PEP 3333's servers look for the first, Flask and FastAPI for both.
USUAL_NAMES = ("application", "app")

#: The names of a factory in a module, if none is written, as Flask has them.
USUAL_FACTORIES = ("create_app", "make_app")


def import_place(name: Name, python_path: "Sequence[str]") -> ModuleType:
    """Imports the module or the file of a name. Exceptions of its code are passed on.

    :param python_path: for messages
    :raises LoadError: if there is no such module or file
    """
    return _import_file(name.file) if name.file else _import_module(name.module, python_path)


def find(module: ModuleType, name: Name, is_factory: bool = False) -> "tuple[Any, str, Optional[Call]]":
    """What a name names in its module: the object, its name for messages, and the call if it is a factory.

    :param is_factory: whether the object is to be called without arguments, although no call is written
    :raises LoadError: if the module has no such attribute
    """
    if is_factory and name.call is not None:
        raise LoadError(
            f"{name.place}:{'.'.join(name.attributes)} is called already, by its brackets, and gangway.factory asks for one call more",
            "leave the brackets out, or gangway.factory",
        )
    call = Call() if is_factory else name.call
    if name.attributes:
        return _attribute(module, name), f"{name.place}:{'.'.join(name.attributes)}", call
    for usual in () if is_factory else USUAL_NAMES:
        if hasattr(module, usual):
            return getattr(module, usual), f"{name.place}:{usual}", None
    for usual in USUAL_FACTORIES:
        if hasattr(module, usual):
            return getattr(module, usual), f"{name.place}:{usual}", Call()
    expected = USUAL_FACTORIES if is_factory else USUAL_NAMES + USUAL_FACTORIES
    near = _nearest(expected[0], dir(module))
    raise LoadError(
        f"{_describe(name)} has none of the usual names {', '.join(expected)}{near}",
        f"name the callable after a colon, as in {name.place}:{expected[0]}",
    )


def call_factory(factory: Any, label: str, call: Call) -> Any:
    """Calls a factory. Its exceptions are passed on.

    :raises LoadError: if it does not take these arguments, or returns something that cannot be an application
    """
    if not callable(factory):
        raise LoadError(
            f"{label} is no factory: an object of type {type(factory).__name__} cannot be called", f"name a function, or write {label}"
        )
    try:
        signature: Optional[inspect.Signature] = inspect.signature(factory)
    except (TypeError, ValueError):
        signature = None  # of a function in C: the call will show it
    if signature is not None:
        try:
            signature.bind(*call.positional, **call.named)
        except TypeError as error:
            raise LoadError(
                f"{label} cannot be called with these arguments: {error}; it is {label.rpartition(':')[2]}{signature}", _fit(label, signature, call)
            ) from None
    made = factory(*call.positional, **call.named)
    if inspect.iscoroutine(made):
        made.close()  # otherwise Python warns that it was never awaited
        raise LoadError(f"the factory {label} is an async function", "write a factory that is no async function")
    if made is None:
        raise LoadError(f"the factory {label} returned None", "let it end with `return app`")
    return made


def _fit(label: str, signature: inspect.Signature, call: Call) -> str:
    first_two = [parameter.name for parameter in signature.parameters.values()][:2]
    if call == Call() and first_two[:1] == ["environ"]:
        return f"write {label}, because it is an application and no factory"
    return f"write '{label}(…)' with literals in the brackets, such as 'production', 5 or debug=True"


class _UncachedFile(SourceFileLoader):
    """Writes no cache file: that of ``shop.wsgi`` would have the name of that of ``shop.py``."""

    def get_code(self, fullname: str) -> CodeType:
        code: CodeType = self.source_to_code(self.get_data(self.path), self.path)
        return code


def _import_file(path: str) -> ModuleType:
    """Imports a file. A ``.py`` file is the module that an import would find: other modules may import it too, and it may use relative
    imports. Any other file is a module of its own. As with `python FILE`, imports look beside the file first."""
    file = os.path.abspath(path)
    directory, base = os.path.split(file)
    if not os.path.isfile(file):
        if os.path.isdir(file):
            raise LoadError(f"{quote(path)} is a directory", "name a file in it, or the module as Python imports it")
        near = _nearest(base, os.listdir(directory)) if os.path.isdir(directory) else ""
        raise LoadError(
            f"there is no file {quote(file)}{near}",
            "correct the path; it is relative to the workers' working directory, gangway.chdir",
        )
    stem, extension = os.path.splitext(base)
    if extension == ".py" and stem.isidentifier():
        return _import_source(file, directory, stem)
    sys.path.insert(0, directory)
    name = "_" + re.sub(r"\W", "_", base)
    spec = importlib.util.spec_from_file_location(name, file, loader=_UncachedFile(name, file))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _import_source(file: str, directory: str, stem: str) -> ModuleType:
    parts = [] if stem == "__init__" else [stem]
    while os.path.isfile(os.path.join(directory, "__init__.py")):
        directory, package = os.path.split(directory)
        parts.insert(0, package)
    sys.path.insert(0, directory)
    name = ".".join(parts)
    __import__(name)
    module = sys.modules[name]
    found = getattr(module, "__file__", None)
    if found is None or not os.path.samefile(found, file):
        raise LoadError(
            f"the file {quote(file)} would be module {name}, which is imported already, from {quote(str(found))}",
            "rename the file: Python has a module of that name",
        )
    return module


def _import_module(name: str, python_path: "Sequence[str]") -> ModuleType:
    try:
        __import__(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise _no_module(name, error.name, python_path) from None
        raise
    return sys.modules[name]


def _no_module(name: str, missing: str, python_path: "Sequence[str]") -> LoadError:
    parent, _, last = missing.rpartition(".")
    search = None
    if parent:
        spec = importlib.util.find_spec(parent)
        search = list(spec.submodule_search_locations or ()) if spec else []
    near = _nearest(last, [module.name for module in pkgutil.iter_modules(search)], f"{parent}." if parent else "")
    within = f" (of {name})" if missing != name else ""
    fix = where_to_put_it(python_path)
    if os.path.isfile(name):
        fix = f"write ./{name} for the file of that name, or {fix}"
    elif name.rpartition(".")[2][:1].isupper():
        fix = f"write class:{name} if that is a Java class, or {fix}"
    elif near:
        fix = f"correct the module's name, or {fix}"
    return LoadError(f"there is no module {quote(missing)}{within} on sys.path{near}", fix)


def where_to_put_it(python_path: "Sequence[str]") -> str:
    """The fix for a module that Python does not find."""
    return (
        f"put the directory that holds the module into gangway.python-path (now {quote(', '.join(python_path))}), "
        "or the virtual environment that it is installed in into gangway.venv; a WAR carries what gangway war was told with "
        "--include and --requirements"
    )


def _attribute(module: ModuleType, name: Name) -> Any:
    found: Any = module
    for part in name.attributes:
        if not hasattr(found, part):
            where = _describe(name) if found is module else f"{type(found).__name__} in {name.place}:{'.'.join(name.attributes)}"
            near = _nearest(part, dir(found)) or (_usual(module) if found is module else "")
            raise LoadError(
                f"{where} has no {quote(part)}{near}", "name a callable of the module after the colon, as in shop.wsgi:application"
            )
        found = getattr(found, part)
    return found


def _describe(name: Name) -> str:
    return f"module {name.module}" if name.module else f"file {quote(name.file)}"


def _usual(module: ModuleType) -> str:
    """The usual names that the module has: ``app`` and ``application`` are too different for :func:`_nearest`."""
    usual = [name for name in USUAL_NAMES + USUAL_FACTORIES if hasattr(module, name)]
    return f"; it has: {', '.join(usual)}" if usual else ""


def _nearest(name: str, names: "list[str]", prefix: str = "") -> str:
    near = difflib.get_close_matches(name, [other for other in names if not other.startswith("__")], n=3)
    return f"; the nearest: {', '.join(prefix + other for other in near)}" if near else ""
