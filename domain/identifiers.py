"""Ids that are born before the act: random, and close together when born close together."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

_VERSION_7 = 0x7
_VARIANT = 0b10


def new_id() -> UUID:
    """Make a UUIDv7 (RFC 9562, 5.7): milliseconds since 1970, then 74 random bits.

    It says when it was made and nothing else; nobody may read an order or a business date from it.
    """
    milliseconds = time.time_ns() // 1_000_000
    number = milliseconds << 80 | _VERSION_7 << 76 | secrets.randbits(12) << 64
    return UUID(int=number | _VARIANT << 62 | secrets.randbits(62))
