"""Ports of a checkout: asked for once, remembered, and replaced when somebody else took them."""

from __future__ import annotations

import errno
import json
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOCALHOST = "127.0.0.1"

# What a stack on an otherwise empty machine uses.
USUAL = {
    "postgres": 15432,
    "temporal": 7233,
    "temporal-ui": 8233,
    "simulators": 8100,
    "api": 8000,
    "relay": 9101,
    "worker": 9102,
}


class Ports:
    """The ports of one data directory, kept in ``ports.json`` there."""

    def __init__(self, file: Path, say: Callable[[str], None]) -> None:
        self._file = file
        self._say = say
        self._known: dict[str, int] = json.loads(file.read_text("utf-8")) if file.exists() else {}

    def claim(self, name: str) -> int:
        """The port ``name`` listens on: the remembered one, the usual one, or a free one nearby."""
        wanted = self._known.get(name, USUAL[name])
        port = wanted if is_free(wanted) else self._next_free(wanted)
        if port != wanted:
            self._say(f"{name}: ポート {wanted} は使用中のため {port} を使います。")
        self._known[name] = port
        self._file.write_text(json.dumps(self._known, indent=2), "utf-8")
        return port

    def _next_free(self, taken: int) -> int:
        promised = {*self._known.values(), *USUAL.values()}
        for port in range(taken + 1, taken + 500):
            if port not in promised and is_free(port):
                return port
        raise OSError(errno.EADDRINUSE, "no free port nearby")


def is_free(port: int) -> bool:
    """Whether nobody listens on ``port`` here."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port that was free a moment ago, of the system's choosing."""
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return probe.getsockname()[1]
