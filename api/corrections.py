"""職権修正 and 職権記載 over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, ConfigDict, Discriminator, Field, RootModel, Tag

from api import changing, entries
from api.bodies import Form, body_of, one_of
from api.case_answers import Receipt
from api.changing import Reported
from api.counter import ForReporting, OnceOnly, begins
from api.entries import EntryForm
from api.fields import wrong
from api.forms import AddressForm, DayOrWords, DayOrWordsLater, Kana, Name, Reference, SexAsSaid
from api.household_forms import StayingForm
from api.problem_types import ProblemType
from api.problems import ONCE, Problem, problems
from api.rights import Act
from domain.cases import Procedure
from domain.characters import check_address
from domain.correction import Basis, Correction, CorrectionKind, Corrections, MinorCorrection
from domain.residents import Sex

if TYPE_CHECKING:
    from datetime import date

    from api.counter import Counter
    from register.idempotency import Answer
    from register.transactions import Tx

router = APIRouter(prefix="/v1/corrections", tags=["職権修正"])

_Line = Annotated[str, AfterValidator(check_address)]


class CorrectionsForm(Form):
    """直す項目だけを書く。世帯と続柄は世帯変更による。"""

    name: Name = ""
    name_kana: Kana = ""
    former_name: Name = ""
    former_name_kana: Kana = ""
    alias: Name = ""
    alias_kana: Kana = ""
    sex: SexAsSaid = Sex.BLANK
    born_on: DayOrWordsLater = Field(default_factory=lambda: None)
    address: AddressForm | None = Field(default=None, description="地番、住居表示などの修正")
    domicile: _Line = ""
    head_of_family_register: Name = ""
    resident_since: DayOrWordsLater = Field(default_factory=lambda: None)
    address_since: DayOrWordsLater = Field(default_factory=lambda: None)

    def corrections(self) -> Corrections:
        """As the register keeps it; raises `Problem` INVALID_INPUT for what cannot be blank."""
        said: dict[str, Any] = {field: getattr(self, field) for field in self.model_fields_set}
        if "address" in said:
            said["address"] = self.address.address() if self.address else None
        for field in ("born_on", "address"):
            if field in said and said[field] is None:
                raise Problem(ProblemType.INVALID_INPUT, wrong(f"corrections.{field}", "BLANK"))
        return Corrections(**said)


class CorrectionForm(Form):
    """職権による修正又は消除（住民基本台帳法8条、施行令12条）。届出日はない。"""

    kind: CorrectionKind = Field(
        description="職権修正、軽微な修正（電子証明書は失効しない）、誤記修正、職権消除"
    )
    minor: MinorCorrection | None = Field(default=None, description="軽微な修正の種類")
    basis: Basis = Field(description="事由（施行令12条）")
    evidence: Name = Field(min_length=1, description="根拠の文書番号など")
    household_id: UUID = Field(description="世帯")
    residents: list[UUID] = Field(min_length=1, max_length=50, description="修正する人")
    happened_on: DayOrWords = Field(description="異動年月日")
    corrections: CorrectionsForm = Field(
        default_factory=CorrectionsForm, description="直す項目（職権消除では書かない）"
    )
    stays: StayingForm = Field(default_factory=StayingForm, description="職権消除で残る世帯")
    reference: Reference = ""

    def report(self, today: date) -> Correction:
        """What is to be entered; raises `Problem` INVALID_INPUT."""
        changing.check_not_ahead("happened_on", self.happened_on.day, today)
        changing.check_once("residents", self.residents)
        self._check_kind()
        return Correction(
            kind=self.kind,
            minor=self.minor,
            basis=self.basis,
            evidence=self.evidence,
            household_id=self.household_id,
            residents=tuple(self.residents),
            notified_on=None,
            happened_on=self.happened_on,
            corrections=self.corrections.corrections(),
            stays=self.stays.succession(),
        )

    def _check_kind(self) -> None:
        """Which fields belong to which kind."""
        if (self.kind is CorrectionKind.MINOR) is (self.minor is None):
            code = "MISSING" if self.minor is None else "NOT_FOR_THIS_KIND"
            raise Problem(ProblemType.INVALID_INPUT, wrong("minor", code))
        strikes = self.kind is CorrectionKind.STRIKE
        if strikes is bool(self.corrections.model_fields_set):
            code = "NOT_FOR_THIS_KIND" if strikes else "MISSING"
            raise Problem(ProblemType.INVALID_INPUT, wrong("corrections", code))


def _kind(body: object) -> str:
    said = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return entries.KIND if said.get("kind") == entries.KIND else "職権修正"


class ExOfficioForm(
    RootModel[
        Annotated[
            Annotated[CorrectionForm, Tag("職権修正")] | Annotated[EntryForm, Tag(entries.KIND)],
            Discriminator(_kind),
        ]
    ]
):
    """職権による修正、消除又は記載。記載する項目は kind による。"""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


PROBLEMS = (*changing.OF_HOUSEHOLDS, *changing.OF_STAYING, ProblemType.NOTHING_CHANGES)
"""Why a 職権修正 cannot be accepted as it is."""

_PERSON = "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"
_MARRIAGE = {
    "kind": "職権修正",
    "basis": "戸籍の届出又は通知",
    "evidence": "9条2項通知-2026-0311",
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "residents": [_PERSON],
    "happened_on": "2026-11-22",
    "corrections": {"name": "髙橋　花子", "name_kana": "タカハシ　ハナコ"},
}
_GLYPH = _MARRIAGE | {
    "kind": "軽微な修正",
    "minor": "文字の同定",
    "basis": "誤り又は記載漏れ",
    "evidence": "文字同定-2026-0007",
    "corrections": {"name": "葛\U000e0100城　太郎"},
}
_STRIKE = {
    "kind": "職権消除",
    "basis": "実態調査",
    "evidence": "実態調査-2026-0044",
    "household_id": _MARRIAGE["household_id"],
    "residents": [_PERSON],
    "happened_on": "2026-11-20",
    "stays": {"head_left_open": True},
}

_ENTRY = {
    "kind": "職権記載",
    "cause": "就籍",
    "basis": "裁判",
    "evidence": "就籍許可審判-2026-0012",
    "happened_on": "2026-11-20",
    "address": {"postal_code": "1020073", "line": "東京都千代田区九段北一丁目2番3号"},
    "persons": [
        {"name": "髙橋　花", "sex": "女", "born_on": "2001-04-01", "relationship": "世帯主"}
    ],
}


@router.post(
    "",
    dependencies=[begins(Procedure.CORRECTION, Procedure.ENTRY)],
    status_code=202,
    summary="職権で修正し、消除し、又は記載する",
    response_model=Receipt,
    responses=problems(*ONCE, *PROBLEMS, *entries.PROBLEMS),
    openapi_extra=body_of(
        ExOfficioForm,
        婚姻=("婚姻による氏の変更", _MARRIAGE),
        外字=("氏名の外字の修正（軽微な修正）", _GLYPH),
        消除=("実態調査による職権消除", _STRIKE),
        記載=("就籍した人の職権記載", _ENTRY),
    ),
)
async def accept(
    counter: ForReporting,
    said: Annotated[CorrectionForm | EntryForm, Depends(one_of(ExOfficioForm))],
    once: OnceOnly,
) -> JSONResponse:
    """修正、消除又は記載の案件を始める。前の行も後の行も履歴に残る。行えるのは審査と責任者。

    Correct or strike ex officio; the former row stays in the history beside the new one.  Or enter
    people whom the register does not have (職権記載), as after a 転入.
    """
    return await counter.once(once, lambda tx: taken(tx, counter, said))


async def taken(tx: Tx, counter: Counter, said: CorrectionForm | EntryForm) -> Answer:
    """A 職権修正 or 職権記載 begun; raises `Problem` as `PROBLEMS` and those of `entries` say."""
    if isinstance(said, EntryForm):
        counter.demand(Act.REPORT, Procedure.ENTRY)
        return await entries.accept(tx, counter, said)
    counter.demand(Act.REPORT, Procedure.CORRECTION)
    report = said.report(await changing.today_of(tx))
    reported = Reported(Procedure.CORRECTION, report, reference=said.reference)
    return await changing.accept(tx, counter, reported)
