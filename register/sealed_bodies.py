"""Envelopes: values sealed so that only their own place opens them, and bodies that can be erased.

A body is encrypted under a data key of its own, and that key under the keyring's: destroying the
small wrapped key destroys the body, wherever copies of the ciphertext may lie.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.errors import ContractBroken

if TYPE_CHECKING:
    from uuid import UUID

    from register.transactions import Tx

_NONCE = 12
_KEY_BITS = 256


class SealedBody(NamedTuple):
    """A body as it is stored; ``wrapped_key`` is ``None`` once the body was erased."""

    key_id: str
    wrapped_key: bytes | None
    ciphertext: bytes


def seal(key: bytes, content: bytes, place: bytes) -> bytes:
    """AES-GCM: nonce, then ciphertext with its tag; ``place`` must be named again to open it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """Open what `seal` made; `ContractBroken` when altered, moved, or under another key."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], place)
    except (InvalidTag, ValueError):
        raise ContractBroken("CIPHERTEXT_DOES_NOT_OPEN") from None


def new_data_key() -> bytes:
    """A key for one body."""
    return AESGCM.generate_key(bit_length=_KEY_BITS)


async def erase_body(tx: Tx, telegram_id: UUID, reason: str) -> bool:
    """Destroy the keys of a telegram's bodies, ours and the answer; the log keeps its rows.

    ``reason`` is a code.  ``False`` when there was nothing left to erase.
    """
    erased = await tx.execute(
        "UPDATE telegram_body SET wrapped_key = NULL WHERE municipality = tenant()"
        " AND telegram_id = $1 AND wrapped_key IS NOT NULL",
        telegram_id,
    )
    if erased == "UPDATE 0":
        return False
    await tx.execute(
        "INSERT INTO telegram_event (municipality, telegram_id, event, fence, code)"
        " VALUES (tenant(), $1, 'body_erased', 0, $2)",
        telegram_id,
        reason,
    )
    return True
