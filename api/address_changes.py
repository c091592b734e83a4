"""転居届 over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import Field

from api import changing
from api.bodies import Form, body_of, form
from api.case_answers import Receipt
from api.changing import Reported
from api.counter import ForReporting, OnceOnly, begins
from api.fields import wrong
from api.forms import AddressForm, Day, Reference
from api.household_forms import NewRelationshipForm, StayingForm
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from domain.address_change import AddressChange
from domain.cases import Procedure
from domain.deadlines import move_deadline
from domain.heads import Placing
from register import address_changes, municipalities

if TYPE_CHECKING:
    from datetime import date

    from api.counter import Counter
    from domain.cases import CaseRef
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/v1/address-changes", tags=["転居"])


class AddressChangeForm(Form):
    """転居届（住民基本台帳法23条）。世帯の全部又は一部が、新しい世帯又は既存の世帯へ移る。"""

    household_id: UUID = Field(description="今の世帯")
    residents: list[UUID] = Field(min_length=1, max_length=50, description="転居する人")
    moved_on: Day = Field(description="転居をした年月日")
    notified_on: Day | None = Field(default=None, description="届出日。書かなければ今日")
    into: UUID | None = Field(default=None, description="既存の世帯に入るなら、その世帯")
    address: AddressForm | None = Field(
        default=None, description="新しい住所（既存の世帯に入るときは書かない）"
    )
    head: UUID | None = Field(
        default=None, description="一部が新しい世帯をつくるときの世帯主（書かなければ先頭の人）"
    )
    relationships: list[NewRelationshipForm] = Field(
        default_factory=list[NewRelationshipForm],
        max_length=50,
        description="転居する人の、移った先の世帯主との続柄",
    )
    stays: StayingForm = Field(default_factory=StayingForm, description="残る世帯について")
    reference: Reference = ""

    def report(self, today: date) -> AddressChange:
        """The 届出 as the register keeps it; raises `Problem` INVALID_INPUT."""
        notified_on = self.notified_on or today
        changing.check_not_ahead("moved_on", self.moved_on, today)
        changing.check_not_ahead("notified_on", notified_on, today)
        changing.check_once("residents", self.residents)
        if (self.into is None) == (self.address is None):
            code = "MISSING" if self.into is None else "NOT_BOTH"
            raise Problem(ProblemType.INVALID_INPUT, wrong("address", code))
        return AddressChange(
            household_id=self.household_id,
            residents=tuple(self.residents),
            moved_on=self.moved_on,
            notified_on=notified_on,
            address=self.address.address() if self.address else None,
            placing=Placing(
                into=self.into,
                head=self.head,
                relationships=tuple(one.said() for one in self.relationships),
            ),
            stays=self.stays.succession(),
        )


PROBLEMS = (
    *changing.OF_HOUSEHOLDS,
    *changing.OF_PLACING,
    *changing.OF_STAYING,
    ProblemType.NOTHING_CHANGES,
    ProblemType.BEFORE_ADDRESS,
)
"""Why a 転居届 cannot be accepted as it is."""

_HOUSEHOLD = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11"
_HEAD = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"
_CHILD = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c23"
_WHOLE = {
    "household_id": _HOUSEHOLD,
    "residents": [_HEAD, _CHILD],
    "moved_on": "2026-11-20",
    "address": {"postal_code": "1020073", "line": "東京都千代田区九段北一丁目2番3号"},
    "reference": "窓口-2026-1103",
}
_PART = _WHOLE | {"residents": [_CHILD], "head": _CHILD}
_JOINING = {
    "household_id": _HOUSEHOLD,
    "residents": [_CHILD],
    "moved_on": "2026-11-20",
    "into": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c12",
    "relationships": [{"resident_id": _CHILD, "relationship": "子の子"}],
}


@router.post(
    "",
    dependencies=[begins(Procedure.ADDRESS_CHANGE)],
    status_code=202,
    summary="転居届を受け付ける",
    response_model=Receipt,
    responses=problems(*ONCE, *PROBLEMS),
    openapi_extra=body_of(
        AddressChangeForm,
        全部=("世帯の全部が移る", _WHOLE),
        一部=("一部が新しい世帯をつくる", _PART),
        合流=("既存の世帯に入る", _JOINING),
    ),
)
async def accept(
    counter: ForReporting,
    change: Annotated[AddressChangeForm, Depends(form(AddressChangeForm))],
    once: OnceOnly,
) -> JSONResponse:
    """届出を登録し、転居を始める。転居予約をした人の届出なら、その案件が先へ進む。14日を過ぎた届出も受け付け、控えに示す。

    Accept a 転居届: the case that waits for one of these people goes on, or one is started.  One
    made after 14 days is accepted and marked as late.
    """
    return await counter.once(once, lambda tx: taken(tx, counter, change))


async def taken(
    tx: Tx, counter: Counter, change: AddressChangeForm, waiting: CaseRef | None = None
) -> Answer:
    """A 転居届 accepted, at the ``waiting`` case if any; raises `Problem` as `PROBLEMS` say."""
    report = change.report(await changing.today_of(tx))
    town = await municipalities.load(tx)
    due_on = move_deadline(report.moved_on, town.opening)
    reported = Reported(Procedure.ADDRESS_CHANGE, report, due_on, change.reference)
    accepting = address_changes.accept(
        tx,
        counter.office.vault,
        counter.acting,
        report,
        change.reference,
        due_on=due_on,
        first=waiting and waiting.case_id,
    )
    return changing.receipt(await changing.unless_refused(accepting), reported)
