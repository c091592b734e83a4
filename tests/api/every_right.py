"""One request for each cell of the table of rights, over HTTP, at a case of every procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from api.rights import Act
from domain.cases import Procedure
from domain.identifiers import new_id
from register import cases
from register.cases import Acceptance

if TYPE_CHECKING:
    from tests.api.counter import Answer, Client
    from tests.towns import Town

_REPAIR = {"verb": "repair", "reason": "試験"}
_ENTRY = {
    "kind": "職権記載",
    "cause": "就籍",
    "basis": "裁判",
    "evidence": "試験",
    "happened_on": "2026-11-20",
    "address": {"postal_code": "1020073", "line": "東京都千代田区九段北一丁目2番3号"},
    "persons": [
        {"name": "髙橋　花", "sex": "女", "born_on": "2001-04-01", "relationship": "世帯主"}
    ],
}
_STRIKE = {
    "kind": "職権消除",
    "basis": "実態調査",
    "evidence": "試験",
    "household_id": "0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c11",
    "residents": ["0192f0c1-6c3e-7b1a-9a52-3f6f2c6f4c21"],
    "happened_on": "2026-11-20",
    "stays": {"head_left_open": True},
}
BEGUN_AT: dict[str, tuple[str, dict[str, Any]]] = {
    Procedure.BIRTH: ("births", {}),
    Procedure.MOVE_OUT: ("move-outs", {}),
    Procedure.SPECIAL_MOVE_IN: ("special-move-ins", {}),
    Procedure.MOVE_IN: ("move-ins", {}),
    Procedure.ADDRESS_CHANGE: ("address-changes", {}),
    Procedure.DEATH: ("deaths", {}),
    Procedure.HOUSEHOLD_CHANGE: ("household-changes", {}),
    Procedure.CORRECTION: ("corrections", _STRIKE),
    Procedure.ENTRY: ("corrections", _ENTRY),
    Procedure.CANCELLATION: ("cancellations", {}),
    Procedure.CODE_CHANGE: ("code-changes", {}),
    Procedure.NUMBER_CHANGE: ("number-changes", {}),
    Procedure.LINKAGE_CODE: ("linkage-codes", {}),
    Procedure.CERTIFICATE_SERIAL: ("certificate-serials", {}),
    Procedure.SERIAL_BATCH: ("certificate-serials/batches", {}),
    Procedure.CODE_TOP_UP: ("code-pool/top-ups", {}),
    Procedure.RECONCILIATION: ("reconciliations", {}),
    Procedure.BULK: ("bulk-repairs", {}),
    Procedure.REPAIR: (f"differences/{new_id()}/decisions", _REPAIR),
}
"""Where the cases of a procedure are begun, with a body if what it says tells the procedure."""

_VERBS = {
    Act.RETRY: "retry",
    Act.AMEND: "amend",
    Act.BY_HAND: "done_by_hand",
    Act.WITHDRAW: "withdraw",
}
_READ = {Act.SEE_CASES: "", Act.READ_REPORTS: "/report"}


class Cell(NamedTuple):
    """A procedure and what is to be done with a case of it."""

    procedure: Procedure
    act: Act

    async def asked_by(self, client: Client, number: str) -> Answer:
        """Do it; whatever else is wrong with the request, a right that is missing is told first."""
        at = f"/v1/cases/{number}"
        if self.act is Act.REPORT:
            path, body = BEGUN_AT[self.procedure]
            return await client.post(f"/v1/{path}", body)
        if self.act in _READ:
            return await client.get(f"{at}{_READ[self.act]}")
        if self.act is Act.APPROVE:
            return await client.post(f"{at}/approvals", {"verdict": "approved", "version": 0})
        if self.act is Act.CANCEL:
            return await client.post("/v1/cancellations", {"case_number": number})
        if self.act is Act.NOTE:
            return await client.post(f"{at}/notes", {"words": "試験"})
        return await client.post(f"{at}/decisions", self._decision())

    def _decision(self) -> dict[str, Any]:
        """With everything its verb needs, about an incident that is not there."""
        body: dict[str, Any] = {"verb": _VERBS[self.act], "reason": "試験", "evidence": "試験"}
        if self.act is not Act.WITHDRAW:
            body["incident_id"] = str(new_id())
        if self.act is Act.AMEND:
            body["amendment"] = {"name": "髙橋　遥"}
        return body


async def a_case_of_each(town: Town) -> dict[Procedure, str]:
    """One open case of every procedure."""
    numbers: dict[Procedure, str] = {}
    async with town.open() as tx:
        for procedure in Procedure:
            case = await cases.accept(tx, town.code, Acceptance(procedure, {}, "試験", persons=1))
            numbers[procedure] = case.case_number
    return numbers
