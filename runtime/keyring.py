"""The keyring: keys that protect the register, in a file that is never inside it.

The file is JSON, mode 0600::

    {"keys": [{"id": "k1", "use": "encrypt", "key": "<32 bytes, base64>", "made_at": "…"}, …],
     "current": {"encrypt": "k1", "lookup": "k2", "telegram": "k3"}}

``current`` names the key each use writes with; older ones stay, to read what they wrote.  What the
keys do to a number is the register's business (``register/vault.py``); here they are only kept.
"""

from __future__ import annotations

import os
import secrets
import stat
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import (
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    ConfigDict,
    ValidationError,
    model_validator,
)

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32


class KeyringUnusable(Exception):
    """The keyring is missing, open to others, unreadable or incomplete; nothing may start."""


class KeyUse(StrEnum):
    """What a key is for; one key never serves two purposes."""

    ENCRYPT = "encrypt"
    LOOKUP = "lookup"
    TELEGRAM = "telegram"


class Key(BaseModel):
    """One key; ``id`` stands beside everything it wrote."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str
    use: KeyUse
    key: Base64Bytes
    made_at: AwareDatetime

    def __repr__(self) -> str:
        return f"Key({self.id}, {self.use})"

    __str__ = __repr__


class Keyring(BaseModel):
    """All keys of an installation."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    keys: tuple[Key, ...]
    current: dict[KeyUse, str]

    @model_validator(mode="after")
    def _complete(self) -> Keyring:
        by_id = {key.id: key for key in self.keys}
        whole = all(len(key.key) == KEY_BYTES for key in self.keys) and len(by_id) == len(self.keys)
        named = all(by_id[self.current[use]].use is use for use in KeyUse) if whole else False
        if not named:
            raise ValueError("incomplete keyring")
        return self

    def writing(self, use: KeyUse) -> Key:
        """The key that new values are written with."""
        return self.reading(self.current[use])

    def reading(self, key_id: str) -> Key:
        """The key that wrote a value; raises ``KeyringUnusable`` for one that is not here."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise KeyringUnusable("KEY_UNKNOWN")

    def of(self, use: KeyUse) -> tuple[Key, ...]:
        """Every key ever made for a use, the newest first (blind look-ups must try them all)."""
        return tuple(key for key in reversed(self.keys) if key.use is use)


def load(path: Path) -> Keyring:
    """Read the keyring; raises ``KeyringUnusable`` with a code, never with contents."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyringUnusable("KEYRING_OPEN_TO_OTHERS")
            return Keyring.model_validate_json(file.read())
    except FileNotFoundError:
        raise KeyringUnusable("KEYRING_MISSING") from None
    except OSError:
        raise KeyringUnusable("KEYRING_UNREADABLE") from None
    except (ValidationError, KeyError):
        raise KeyringUnusable("KEYRING_MALFORMED") from None


def make_keyring(path: Path) -> Keyring:
    """Make a new installation's keyring; raises ``FileExistsError`` rather than replace one."""
    if path.exists():
        raise FileExistsError(path.name)
    first = {use: _new_key(use, number) for number, use in enumerate(KeyUse, start=1)}
    made = Keyring(keys=tuple(first.values()), current={use: key.id for use, key in first.items()})
    _write(path, made)
    return made


def rotate(path: Path, uses: tuple[KeyUse, ...] = tuple(KeyUse)) -> Keyring:
    """Write with fresh keys from now on; the old ones stay for what they wrote."""
    old = load(path)
    fresh = {use: _new_key(use, len(old.keys) + nth) for nth, use in enumerate(uses, start=1)}
    renewed = Keyring(
        keys=(*old.keys, *fresh.values()),
        current={**old.current, **{use: key.id for use, key in fresh.items()}},
    )
    _write(path, renewed)
    return renewed


def _new_key(use: KeyUse, number: int) -> Key:
    # Built without validation: the field would take raw bytes for base64 text.
    return Key.model_construct(
        id=f"k{number}",
        use=use,
        key=secrets.token_bytes(KEY_BYTES),
        made_at=datetime.now(UTC),
    )


def _write(path: Path, keyring: Keyring) -> None:
    """Replace the file in one motion, never readable by others, on disk before it counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(keyring.model_dump_json(indent=2))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
