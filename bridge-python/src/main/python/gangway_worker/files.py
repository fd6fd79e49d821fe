"""``wsgi.file_wrapper``, and when the bridge may send a wrapped file by itself (W67)."""

from __future__ import annotations

import io
import os
import stat
import sys
from typing import Any, Iterator, NamedTuple, Optional

#: Bytes in a block where we choose. The 4 to 8 KiB that frameworks ask for made a fourth as many bytes a second; more than this
#: made few more.
BLOCK_SIZE = 128 << 10

#: Whether files that this process has open have names that are true in any process (Linux: proc(5)). A file's own name is not: it may be
#: relative to a directory of ours, or mean another file by now.
_HAS_PROC = os.path.isdir("/proc/self/fd")


class FileWrapper:
    """Anything that can be read, as a response body (PEP 3333, "Optional Platform-Specific File Handling")."""

    def __init__(self, filelike: Any, blksize: int = BLOCK_SIZE) -> None:
        self.filelike = filelike
        self.blksize = blksize
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.filelike.read(self.blksize), b"")

    def __getitem__(self, index: int) -> bytes:
        """The old protocol of iteration, which PEP 3333's example offers too."""
        block = self.filelike.read(self.blksize)
        if block:
            return block
        raise IndexError(index)


class OpenFile(NamedTuple):
    """What is left of a plain file."""

    #: Where the bridge can open it; None if there is no such name.
    path: Optional[str]
    #: ``st_dev`` and ``st_ino``, by which the bridge knows that it is the same file: to a process in another namespace, our process id
    #: may be somebody else's.
    device: int
    inode: int
    #: The current position.
    offset: int
    #: Bytes from there to the end; at least one.
    length: int


def plain_file(filelike: Any) -> Optional[OpenFile]:
    """The file behind an object, if the file's bytes are what reading the object would give.

    Having a ``fileno`` does not say so: a GzipFile gives the descriptor of what it decompresses. So only Python's own binary
    files are taken, and ``tempfile``'s wrappers around them; anything else is read.
    """
    opened = _unwrapped(filelike)
    if opened is None:
        return None
    try:
        descriptor = opened.fileno()
        status = os.fstat(descriptor)
        offset = opened.tell()
        readable = opened.readable()
    except (OSError, ValueError):
        return None
    length = status.st_size - offset
    # /proc and /sys have regular files of size 0 that are not empty.
    if not readable or not stat.S_ISREG(status.st_mode) or length <= 0:
        return None
    path = f"/proc/{os.getpid()}/fd/{descriptor}" if _HAS_PROC else None
    return OpenFile(path, status.st_dev, status.st_ino, offset, length)


def _unwrapped(filelike: Any) -> Any:
    tempfile = sys.modules.get("tempfile")
    if tempfile is not None:
        if type(filelike) is tempfile._TemporaryFileWrapper:
            filelike = filelike.file
        elif type(filelike) is tempfile.SpooledTemporaryFile:
            filelike = filelike._file
    if type(filelike) is io.FileIO:
        return filelike
    buffered = type(filelike) in (io.BufferedReader, io.BufferedRandom)
    return filelike if buffered and type(filelike.raw) is io.FileIO else None
