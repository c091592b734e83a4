"""Judging an approval: by somebody else, of the version that stands, where one is waited for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, Field

from api.case_desk import found
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act
from domain.cases import CaseState, Direction, StepRef, StepState
from register import approvals, audit, case_views, ledger, notifications
from register.approvals import Approval
from register.idempotency import Answer
from workflows.rehearsal import AWAIT_APPROVAL

if TYPE_CHECKING:
    from api.approvals import ApprovalForm
    from api.counter import Counter
    from register.case_views import CaseFile
    from register.transactions import Tx

PROBLEMS = (
    ProblemType.UNKNOWN_CASE,
    ProblemType.CASE_CLOSED,
    ProblemType.ALREADY_WITHDRAWING,
    ProblemType.NO_APPROVAL_WAITED_FOR,
    ProblemType.REPORT_CORRECTED,
    ProblemType.OWN_REPORT,
    ProblemType.MISSING_REASON,
)
"""What an approval may be refused with."""


class ApprovalReceipt(BaseModel):
    """審査の結果の控え。"""

    case_number: str
    version: int
    verdict: str


class VersionAnswer(BaseModel):
    """届出の一つの版。"""

    version: int = Field(description="0 は受付時、以後は訂正のたびに一つ増える")
    author: str
    reason: str
    at: datetime
    changed: dict[str, Any] = Field(description="訂正した項目")


class ReportAnswer(BaseModel):
    """届出の内容と、審査の状態。"""

    case_number: str
    procedure: str
    version: int
    needs_approval: bool = Field(description="本登録の前に決裁を要する案件か")
    last_verdict: str = Field(description="最後の審査の結果。approved、returned、なければ空")
    last_verdict_version: int | None
    last_verdict_by: str
    last_verdict_reason: str
    contents: dict[str, Any] = Field(description="届出の内容（住民票コードは下4桁だけを示す）")
    versions: list[VersionAnswer]


async def report(tx: Tx, counter: Counter, case_number: str) -> ReportAnswer:
    """The 届出 of a case, audited; raises `Problem` UNKNOWN_CASE, NO_REPORT."""
    file = await found(tx, case_number)
    counter.demand(Act.READ_REPORTS, file.procedure)
    versions = await notifications.versions(tx, file.municipality, file.case_id)
    if not versions:
        raise Problem(ProblemType.NO_REPORT)
    said = await approvals.newest(tx, file.municipality, file.case_id)
    await audit.record(tx, counter.acting, "view_report", case_id=file.case_id)
    return ReportAnswer(
        case_number=file.case_number,
        procedure=file.procedure,
        version=versions[-1].version,
        needs_approval=file.needs_approval,
        last_verdict=said.event if said else "",
        last_verdict_version=said.version if said else None,
        last_verdict_by=said.author if said else "",
        last_verdict_reason=said.reason if said else "",
        contents=_masked(versions[-1].body),
        versions=[
            VersionAnswer(
                version=one.version,
                author=one.author,
                reason=one.reason,
                at=one.at,
                changed=_masked(one.changed),
            )
            for one in versions
        ],
    )


async def decide(tx: Tx, counter: Counter, case_number: str, form: ApprovalForm) -> Answer:
    """Store what the second person says, under the case's lock; raises one of `PROBLEMS`."""
    if form.verdict == "returned" and not form.reason:
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))
    file = await _waiting(tx, counter, case_number)
    whole = StepRef(municipality=file.municipality, case_id=file.case_id, subject=0)
    version = await notifications.version(tx, whole)
    if form.version != version:
        raise Problem(ProblemType.REPORT_CORRECTED, version=version)
    authors = await approvals.authors(tx, file.municipality, file.case_id)
    if form.verdict == "approved" and counter.caller.client in authors:
        raise Problem(ProblemType.OWN_REPORT)
    await approvals.record(
        tx,
        file.municipality,
        Approval(
            file.case_id,
            version,
            form.verdict,
            counter.caller.client,
            counter.caller.role,
            form.reason,
        ),
    )
    receipt = ApprovalReceipt(case_number=case_number, version=version, verdict=form.verdict)
    return Answer(202, receipt.model_dump(mode="json"), f"/v1/cases/{case_number}")


async def _waiting(tx: Tx, counter: Counter, case_number: str) -> CaseFile:
    """The case, locked, once it is clear that its 届出 is still to be approved."""
    file = await case_views.lock(tx, case_number)
    if file is None:
        raise Problem(ProblemType.UNKNOWN_CASE)
    counter.demand(Act.APPROVE, file.procedure)
    if file.state is not CaseState.OPEN:
        raise Problem(ProblemType.CASE_CLOSED)
    if file.direction is Direction.WITHDRAWING:
        raise Problem(ProblemType.ALREADY_WITHDRAWING)
    whole = StepRef(municipality=file.municipality, case_id=file.case_id, subject=0)
    state = await ledger.state_of(tx, whole, AWAIT_APPROVAL)
    if not file.needs_approval or state is StepState.DONE:
        raise Problem(ProblemType.NO_APPROVAL_WAITED_FOR)
    return file


def _masked(said: Any) -> Any:
    """A 届出 for people to read: of a 住民票コード only the last four digits."""
    if isinstance(said, dict):
        items = cast("dict[str, Any]", said).items()
        return {name: _shown(name, _masked(part)) for name, part in items}
    if isinstance(said, list):
        return [_masked(part) for part in cast("list[Any]", said)]
    return said


def _shown(name: str, part: Any) -> Any:
    is_code = isinstance(part, str) and name.endswith("code") and name != "postal_code"
    return f"*******{part[-4:]}" if is_code else part
