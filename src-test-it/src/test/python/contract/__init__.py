"""The contract suite's applications in Python: for each case a twin of its Java application, under the same name.

``python:contract:application`` serves them all, and the journal besides, as ``io.gangway.it.contract.ContractApplication``
does in Java. A twin stands within ``wsgiref.validate`` unless it says why not (W73). One worker process: runs are in memory.
"""

from contract.application import application

__all__ = ["application"]
