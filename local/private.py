"""Files that only their owner may read: generated passwords, tokens, notes with addresses."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Passwords:
    """One per name, generated together on first use and kept in a file (0600)."""

    def __init__(self, file: Path, names: Sequence[str]) -> None:
        self._file = file
        self._names = names
        self._known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if not self._known:
            self._known = self._read() or self._make()
        return self._known[name]

    def every(self) -> dict[str, str]:
        """All of them, by name."""
        return {name: self[name] for name in self._names}

    def _read(self) -> dict[str, str]:
        return json.loads(self._file.read_text("ascii")) if self._file.exists() else {}

    def _make(self) -> dict[str, str]:
        made = {name: secrets.token_urlsafe(24) for name in self._names}
        write_private(self._file, json.dumps(made, indent=2))
        return made


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
    draft.replace(file)
