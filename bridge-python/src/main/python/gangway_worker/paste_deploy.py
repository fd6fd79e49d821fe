"""Loads ``paste:production.ini#name``: an application that a file of PasteDeploy describes, as Pyramid's tools write it."""

from __future__ import annotations

import configparser
import importlib
import logging.config
import os
import sys
from typing import Any
from urllib.parse import quote as percent_encoded

from gangway_worker.naming import LoadError
from gangway_worker.rules import quote

#: The section without which `logging.config` has nothing to read.
_LOGGERS = "loggers"


def load(written: str) -> Any:
    """The application of a file, by default of its section ``main``. Exceptions of the application's code, and of PasteDeploy about the file, are
    passed on.

    :raises LoadError: if there is no such file, or no PasteDeploy
    """
    path, _, section = written.partition("#")
    file = os.path.abspath(path)
    if not os.path.isfile(file):
        raise LoadError(
            f"there is no file {quote(file)}", "correct the path; it is relative to the workers' working directory, gangway.chdir"
        )
    try:
        deploy = importlib.import_module("paste.deploy")
    except ModuleNotFoundError as error:
        if error.name not in ("paste", "paste.deploy"):
            raise
        raise LoadError(
            f"PasteDeploy is not installed for {quote(sys.executable)}",
            "install it where the application is installed (pip install PasteDeploy), and name that virtual environment in gangway.venv",
        ) from None
    _configure_logging(file)
    try:
        return deploy.loadapp("config:" + percent_encoded(file), name=section or None)
    except LookupError as error:
        if not _is_of_paste(error):
            raise
        raise LoadError(str(error), f"name a section of the file, as in paste:{path}#main, and correct what it uses") from None


def _is_of_paste(error: BaseException) -> bool:
    """Whether PasteDeploy itself has raised it, about the file, and not the application."""
    entry = error.__traceback__
    while entry is not None and entry.tb_next is not None:
        entry = entry.tb_next
    return entry is not None and str(entry.tb_frame.f_globals.get("__name__")).startswith("paste.deploy")


def _configure_logging(file: str) -> None:
    """Configures logging by the file, if it says something of it, as pserve and gunicorn do."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return  # PasteDeploy says what is wrong
    if parser.has_section(_LOGGERS):
        defaults = {"__file__": file, "here": os.path.dirname(file)}
        logging.config.fileConfig(file, defaults, disable_existing_loggers=False)
