"""Control doors for the citizens who use マイナポータル."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel

from simulators.applications import Filed, Kind, Move, Seen
from simulators.citizens import Citizens, NotFiled, Withdrawn

if TYPE_CHECKING:
    from collections.abc import Generator

    from simulators.composition import Systems

ApplicationId = Annotated[UUID, Path()]
_HERE = "/mynaportal/applications"
_ONE = f"{_HERE}/{{application_id}}"


class PartOf(BaseModel):
    """One part of an application: the 転出届 (OS-01) or the 来庁予定 (OS-02)."""

    kind: Kind


def add_citizens(router: APIRouter, systems: Systems) -> None:
    """The doors of the citizens."""
    citizens = Citizens(systems.mynaportal)

    @router.post(_HERE)
    async def file(move: Move) -> Filed:
        """File a move online."""
        return await citizens.file(move)

    @router.get(_ONE)
    async def look(application_id: ApplicationId) -> Seen:
        """What the citizen sees."""
        with _politely():
            return await citizens.look(application_id)

    @router.post(f"{_ONE}/again", status_code=204)
    async def send_again(application_id: ApplicationId, part: PartOf) -> None:
        """The same message leaves once more."""
        with _politely():
            await citizens.send_again(application_id, part.kind)

    @router.post(f"{_ONE}/withdrawals")
    async def withdraw(application_id: ApplicationId, part: PartOf) -> UUID:
        """Take one part back; the id of the message that says so."""
        with _politely():
            return await citizens.withdraw(application_id, part.kind)


@contextmanager
def _politely() -> Generator[None]:
    try:
        yield
    except NotFiled:
        raise HTTPException(404) from None
    except Withdrawn:
        raise HTTPException(409, "WITHDRAWN") from None
