"""引継ぎメモ over HTTP: what staff note about a case for one another, and nobody else reads."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from api import case_desk
from api.bodies import Form, body_of, form
from api.cases import CaseNumberInPath
from api.counter import ForNotes, OnceOnly
from api.fields import wrong
from api.forms import Remark
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from api.rights import Act
from register import case_notes
from register.case_notes import Author
from register.idempotency import Answer

if TYPE_CHECKING:
    from api.counter import Counter
    from register.case_notes import CaseNote
    from register.case_views import CaseFile
    from register.transactions import Tx

router = APIRouter(prefix="/v1/cases/{case_number}/notes", tags=["案件"])


class NoteForm(Form):
    """引継ぎメモ。書いたものは変えられない。"""

    words: Remark = Field(default="", description="次に見る職員に伝えること（必ず書く）")


class NoteAnswer(BaseModel):
    """引継ぎメモ一件。"""

    note_id: UUID
    author: str
    role: str
    words: str
    at: datetime


class NoteReceipt(BaseModel):
    """書いたメモの控え。"""

    note_id: UUID
    case_number: str


_EXAMPLE = {"words": "本人に電話済み。金曜の午後に届書の写しを持って来庁の予定。"}


@router.get("", summary="引継ぎメモを読む", responses=problems(ProblemType.UNKNOWN_CASE))
async def read(counter: ForNotes, case_number: CaseNumberInPath) -> list[NoteAnswer]:
    """新しいものから順に返す。職員だけが読める。

    Newest first; for staff alone.
    """
    async with counter.open() as tx:
        found = await _of(tx, counter, await case_desk.found(tx, case_number))
    return [NoteAnswer.model_validate(note, from_attributes=True) for note in found]


@router.post(
    "",
    status_code=201,
    summary="引継ぎメモを書く",
    response_model=NoteReceipt,
    responses=problems(*ONCE, ProblemType.UNKNOWN_CASE),
    openapi_extra=body_of(NoteForm, 引継ぎ=("引継ぎ", _EXAMPLE)),
)
async def write(
    counter: ForNotes,
    case_number: CaseNumberInPath,
    note: Annotated[NoteForm, Depends(form(NoteForm))],
    once: OnceOnly,
) -> JSONResponse:
    """案件に追記する。終わった案件にも書ける。電文にも Temporal にも記録の一覧にも現れない。

    Add a note to a case, closed ones too; it stands nowhere but here.
    """
    return await counter.once(once, lambda tx: accept(tx, counter, case_number, note))


async def accept(tx: Tx, counter: Counter, case_number: str, note: NoteForm) -> Answer:
    """Write a note; raises `Problem` UNKNOWN_CASE, ROLE_NOT_ALLOWED or INVALID_INPUT."""
    file = await case_desk.found(tx, case_number)
    counter.demand(Act.NOTE, file.procedure)
    if not note.words:
        raise Problem(ProblemType.INVALID_INPUT, wrong("words", "MISSING"))
    author = Author(counter.caller.client, counter.caller.role)
    note_id = await case_notes.write(tx, file.municipality, file.case_id, author, note.words)
    receipt = NoteReceipt(note_id=note_id, case_number=case_number)
    return Answer(201, receipt.model_dump(mode="json"), f"/v1/cases/{case_number}/notes")


async def _of(tx: Tx, counter: Counter, file: CaseFile) -> list[CaseNote]:
    counter.demand(Act.NOTE, file.procedure)
    return await case_notes.of_case(tx, file.case_id)
