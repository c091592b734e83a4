"""Puts a child on the leash before it becomes the program it was started as.

Run as a script, without the rest of the house: ``leash.py PARENT SIGNAL USER COMMAND…``.

* The child gets SIGNAL when its parent (process id PARENT) is gone, however it went.
* PostgreSQL refuses to run as root.  USER ``namespace`` lets root appear as *nobody* inside a user
  namespace of its own: outside, files stay root's and no account is made.  USER ``nobody`` really
  becomes *nobody*; USER ``self`` changes nothing.

A program of its own, because forking a process that has threads allows almost nothing between fork
and exec.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Bind this process as asked and become COMMAND."""
    parent, last_signal, user, *command = arguments
    if user == "namespace":
        _enter_namespace()
    elif user == "nobody":
        _become_nobody()
    _follow(int(parent), signal.Signals[last_signal])
    os.execvp(command[0], command)  # noqa: S606 - the caller's own command, no shell wanted


def _enter_namespace() -> None:
    group, user = os.getgid(), os.getuid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "no user namespace")
    here = Path("/proc/self")
    (here / "setgroups").write_text("deny", "ascii")
    (here / "gid_map").write_text(f"{NOBODY} {group} 1", "ascii")
    (here / "uid_map").write_text(f"{NOBODY} {user} 1", "ascii")


def _become_nobody() -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def _follow(parent: int, last_signal: signal.Signals) -> None:
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, last_signal)
    if os.getppid() != parent:
        sys.exit("the parent is gone already")


if __name__ == "__main__":
    main(sys.argv[1:])
