"""The user and the groups that the launcher and its workers run as."""

from __future__ import annotations

import grp
import os
import pwd
from typing import List, NamedTuple, Optional


class Identity(NamedTuple):
    """A user and its groups, by number."""

    uid: int
    gid: int
    groups: List[int]


def find(user: Optional[str], group: Optional[str]) -> Identity:
    """Finds the user and the group by name or number; None is that of this process, or of a group the user's own.

    :raises ValueError: if there is no such user or group; the message names it
    """
    entry = None if user is None else _user(user)
    uid = os.geteuid() if user is None else entry.pw_uid if entry is not None else int(user)
    if group is not None:
        gid = _group(group)
    elif user is None:
        gid = os.getegid()
    elif entry is not None:
        gid = entry.pw_gid
    else:
        raise ValueError(f"the user {user} is not in the user database, so that its group is not known. Fix: name one with gangway.group")
    return Identity(uid, gid, [gid] if entry is None else os.getgrouplist(entry.pw_name, gid))


def _user(name: str) -> "Optional[pwd.struct_passwd]":
    try:
        return pwd.getpwuid(int(name)) if name.isdigit() else pwd.getpwnam(name)
    except KeyError:
        if name.isdigit():
            return None
        raise ValueError(f"there is no user {name}. Fix: correct gangway.user") from None


def _group(name: str) -> int:
    if name.isdigit():
        return int(name)
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise ValueError(f"there is no group {name}. Fix: correct gangway.group") from None


def take(identity: Identity) -> None:
    """Becomes the user, for good. Groups come first: the user may not change them.

    :raises ValueError: if this process may not do that
    """
    if (identity.uid, identity.gid) == (os.geteuid(), os.getegid()):
        return
    try:
        os.setgroups(identity.groups)
        os.setgid(identity.gid)
        os.setuid(identity.uid)
    except OSError as error:
        raise ValueError(
            f"this process may not become user {identity.uid} with group {identity.gid}: {error.strerror}."
            " Fix: start Gangway as root, or without gangway.user and gangway.group"
        ) from error
    if not os.access(os.__file__, os.R_OK):
        raise ValueError(
            f"user {identity.uid} may not read the interpreter's library, {os.path.dirname(os.__file__)}."
            " Fix: name an interpreter with gangway.python that this user may use"
        )
