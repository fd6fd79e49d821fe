"""Files that the worker and the bridge show each other: ``wsgi.file_wrapper``, with the check whether the bridge may send a wrapped file by itself (W67),
and request bodies that the bridge has stored."""

from __future__ import annotations

import io
import os
import stat
import sys
import weakref

# Imported by name: a library such as gevent replaces functions of this module later, and __del__ may run when the module is gone.
from os import close, pread
from typing import Any, Iterator, NamedTuple, Optional

from gangway_worker.connection import raised

#: Bytes in a block, where the application does not choose. The 4 to 8 KiB that frameworks use gave a fourth of the throughput; larger blocks
#: gave little more.
BLOCK_SIZE = 128 << 10

#: Whether this process's open files have names that are valid in every process (Linux: proc(5)). A file's own name is not valid there: it may be
#: relative to this process's directory, or name another file by now.
_HAS_PROC = os.path.isdir("/proc/self/fd")

#: What the names of the bridge's files for request bodies begin with.
_BODY_PREFIX = "body-"


class FileWrapper:
    """A response body from any object that has ``read`` (PEP 3333, "Optional Platform-Specific File Handling")."""

    def __init__(self, filelike: Any, blksize: int = BLOCK_SIZE) -> None:
        self.filelike = filelike
        self.blksize = blksize
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.filelike.read(self.blksize), b"")

    def __getitem__(self, index: int) -> bytes:
        """The old protocol of iteration, which PEP 3333's example supports too."""
        block = self.filelike.read(self.blksize)
        if block:
            return block
        raise IndexError(index)


class OpenFile(NamedTuple):
    """A plain file, from its current position on."""

    #: The name under which the bridge can open it; None if there is no such name.
    path: Optional[str]
    #: ``st_dev`` and ``st_ino``, by which the bridge knows that it is the same file: in another PID namespace, our process id
    #: may belong to another process.
    device: int
    inode: int
    #: The current position.
    offset: int
    #: Bytes from there to the end; at least one.
    length: int


def plain_file(filelike: Any) -> Optional[OpenFile]:
    """The file behind an object, if reading the object would return the file's bytes.

    A ``fileno`` method does not prove this: a GzipFile returns the descriptor of the compressed file. So only Python's own binary
    files are accepted, and ``tempfile``'s wrappers around them; any other object is read.
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


class BodyFile:
    """The file of a request's body, read at positions. It is closed when nobody has it any more: a thread that still reads must not find another
    request's file under the same number."""

    __slots__ = ("_descriptor", "__weakref__")

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        _body_files.add(self)

    def read(self, count: int, offset: int) -> bytes:
        """Up to ``count`` bytes from a position; empty at the end."""
        return pread(self._descriptor, count, offset)

    def close(self) -> None:
        """Closes it early, where no thread can read it."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            close(descriptor)

    def __del__(self) -> None:
        self.close()


_body_files: "weakref.WeakSet[BodyFile]" = weakref.WeakSet()


def close_bodies() -> None:
    """Closes a forked child's copies: with these open, their blocks would stay on the disk as long as the child lives."""
    for body in list(_body_files):
        body.close()


def open_body(path: str, size: int, device: int, inode: int) -> Optional[BodyFile]:
    """Opens the file that has a request's body, and deletes its name, because nobody else needs it.

    None if it cannot be opened here, perhaps because the worker is another user or sees other directories, or if it is not the file that the bridge means.
    """
    try:
        descriptor = raised(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC))
    except (OSError, ValueError):  # ValueError: a name that this locale cannot express
        return None
    opened = BodyFile(descriptor)
    status = os.fstat(descriptor)
    if (status.st_dev, status.st_ino, status.st_size) != (device, inode, size) or not stat.S_ISREG(status.st_mode):
        return None
    try:
        os.unlink(path)
    except OSError:
        pass  # the bridge does it when the request is over
    return opened


def delete_bodies(directory: str) -> None:
    """Deletes the request bodies of a JVM that was killed, if their directory is this user's alone."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            return
        names = os.listdir(descriptor)
    except (OSError, ValueError):  # ValueError: as above
        return  # the next start deletes the directory
    for name in names:
        if name.startswith(_BODY_PREFIX):
            try:
                os.unlink(name, dir_fd=descriptor)
            except OSError:
                pass  # likewise
