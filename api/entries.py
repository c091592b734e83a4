"""職権記載 over HTTP: its form, and what must be true of it (住民基本台帳法施行令12条)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import UUID

from pydantic import Field

from api import changing, reception
from api.arrival_forms import MoveInForm, NewcomerForm
from api.bodies import Form
from api.fields import wrong
from api.forms import AddressForm, Day, MunicipalityAsRead, Name, Reference
from api.problem_types import ProblemType
from api.problems import Problem
from domain.arrivals import EntryCause, ExOfficio, Origin
from domain.cases import Procedure
from domain.correction import Basis

if TYPE_CHECKING:
    from datetime import date

    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

KIND = "職権記載"


class EntryForm(Form):
    """台帳にない人の職権による記載（住民基本台帳法8条、施行令12条）。届出日はない。"""

    kind: Literal["職権記載"]
    cause: EntryCause = Field(description="記載の理由（標準仕様書4.2.1）")
    basis: Basis = Field(description="事由（施行令12条）")
    evidence: Name = Field(min_length=1, description="根拠の文書番号など")
    happened_on: Day = Field(description="異動年月日（住所を定めた日。今日以前）")
    origin: MunicipalityAsRead | None = Field(
        default=None,
        description="最終住民登録地。あれば転入通知を送るので、全員の住民票コードが要る",
    )
    household_id: UUID | None = Field(
        default=None, description="入る世帯。書かなければ新しい世帯を設ける"
    )
    address: AddressForm | None = Field(default=None, description="新しい世帯の住所")
    persons: list[NewcomerForm] = Field(
        min_length=1, max_length=20, description="記載する人。番号は分かるときだけ"
    )
    reference: Reference = ""

    def checked(self, municipality: str, today: date) -> MoveInForm:
        """The same as a 転入届 would say it; raises `Problem` INVALID_INPUT."""
        changing.check_not_ahead("happened_on", self.happened_on, today)
        if self.origin == municipality:
            raise Problem(ProblemType.INVALID_INPUT, wrong("origin", "OWN_MUNICIPALITY"))
        for place, person in enumerate(self.persons):
            if self.origin is not None and person.code is None:
                raise Problem(ProblemType.INVALID_INPUT, wrong(f"persons.{place}.code", "MISSING"))
        return MoveInForm.model_construct(
            source=Origin.UNREPORTED,
            origin=self.origin,
            unreported_in=None,
            moved_in_on=self.happened_on,
            notified_on=None,
            household_id=self.household_id,
            address=self.address,
            persons=self.persons,
            reference=self.reference,
        )

    def ground(self) -> ExOfficio:
        """On what ground the office acts."""
        return ExOfficio(cause=self.cause, basis=self.basis, evidence=self.evidence)


PROBLEMS = (
    ProblemType.ALREADY_RESIDENT,
    ProblemType.NUMBERS_DIFFER,
    ProblemType.NUMBER_BOUND,
    ProblemType.UNKNOWN_RESIDENT,
)
"""Why a 職権記載 cannot be accepted as it is."""


async def accept(tx: Tx, counter: Counter, entry: EntryForm) -> Answer:
    """Open the case of people who are entered ex officio."""
    form = entry.checked(counter.acting.municipality, await changing.today_of(tx))
    return await reception.people_who_come(
        tx, counter, form, Procedure.ENTRY, ex_officio=entry.ground()
    )
