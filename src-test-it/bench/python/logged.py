"""$BENCH_APPLICATION with an access log in $BENCH_ACCESS_LOG, for servers that write none (waitress, bjoern).

Paste's TransLogger is what waitress's documentation names for it.
"""

import importlib
import logging
import os

from paste.translogger import TransLogger

module, _, name = os.environ["BENCH_APPLICATION"].partition(":")
logger = logging.getLogger("access")
logger.addHandler(logging.FileHandler(os.environ["BENCH_ACCESS_LOG"]))
logger.setLevel(logging.INFO)
logger.propagate = False
application = TransLogger(
    getattr(importlib.import_module(module), name), logger=logger, setup_console_handler=False, set_logger_level=None
)
