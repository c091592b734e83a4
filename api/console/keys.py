"""The key of a form: sent twice, it is done once, as everything the API is asked for is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Form

from api.bodies import canonical
from api.counter import Once

if TYPE_CHECKING:
    from api.console.seats import Seat

Key = Annotated[str, Form(min_length=8, max_length=200, pattern=r"^[\x21-\x7e]+$")]
"""What a form brings; made with its page."""


def once(seat: Seat, key: str, path: str, body: dict[str, Any]) -> Once:
    """The key of a form below ``/console/``, with a hash of what it says."""
    said = seat.counter.office.vault.content_hash(seat.municipality, canonical(body))
    return Once(key, f"POST console/{path}", said)
