"""What a step notices of its peer: that it has answered after all."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from domain.errors import OfficeError, Unavailable
from register import gates

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from activities.desk import Desk
    from domain.cases import StepRef
    from register.ledger import Gate


@asynccontextmanager
async def listening(desk: Desk, ref: StepRef, gate: Gate) -> AsyncGenerator[None]:
    """Around a word with a peer: where it was doubted, whatever it answers is noted at its gate.

    A refusal is an answer, too.  While nobody doubts a peer this costs nothing.
    """
    try:
        yield
    except Unavailable:
        raise
    except OfficeError:
        await heard(desk, ref, gate)
        raise
    await heard(desk, ref, gate)


async def heard(desk: Desk, ref: StepRef, gate: Gate) -> None:
    """Note that a peer has answered, where it was doubted."""
    if gate.peer is None or not gate.doubted:
        return
    async with desk.open(ref) as tx:
        await gates.answered(tx, ref.municipality, gate.peer)
