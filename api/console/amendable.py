"""What may be amended of a 届出, at one case: how it stands, and the API's act that amends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from api import amendments, departing, rulings
from api.access import demand
from api.case_desk import found
from api.console.form_fields import Words
from api.decisions import DecisionForm
from api.manual import amendable
from api.move_outs import AmendmentOfMoveOut
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act
from api.runbook import advice
from domain.cases import Verb
from register import case_views

if TYPE_CHECKING:
    from uuid import UUID

    from pydantic import BaseModel

    from api.console.form_fields import Field, Pen
    from api.console.seats import Seat
    from api.counter import Counter
    from register.case_views import Incident
    from register.idempotency import Answer
    from register.transactions import Tx

WORDS = {
    "amendment.address": Words("住所", "住所の全体を書く", clear="世帯の住所に戻す"),
    "amendment.relationship": Words(hint="世帯主との続柄"),
    "planned_on": Words("転出予定年月日"),
    "destination": Words("転出先", "転出先の全体を書く"),
    "destination.municipality": Words("転出先の市区町村", "全国地方公共団体コード。国外なら空欄"),
    "destination.country": Words("国名", "国外へ移るときだけ"),
    "destination.line": Words("住所", "分かるところまで。未定なら空欄"),
    "reason": Words("訂正の理由", "何によって確かめたか"),
}


class Amendable(Protocol):
    """A 届出 that may be amended, at one case."""

    form: type[BaseModel]
    standing: dict[str, Any]
    place: str
    advice: str

    def items(self, pen: Pen) -> tuple[Field, ...]:
        """The fields that may be amended."""
        ...

    def body(self, changed: dict[str, Any], reason: str) -> dict[str, Any]:
        """What the API is told."""
        ...

    async def take(self, tx: Tx, counter: Counter, form: Any) -> Answer:
        """The API's own act; raises its `Problem`."""
        ...


class AtIncident:
    """The 届出 of one person of a case, whose step was refused."""

    form: type[BaseModel] = DecisionForm

    def __init__(self, number: str, incident: Incident, standing: dict[str, Any]) -> None:
        self.number, self.standing = number, standing
        self.incident = incident
        self.place = f"amendments/{incident.incident_id}"
        self.advice = advice(incident.kind, incident.code).ja

    def items(self, pen: Pen) -> tuple[Field, ...]:
        """The items of one person."""
        [group] = pen.fields(("amendment",))
        return tuple(one for one in group.inside if one.name in self.standing)

    def body(self, changed: dict[str, Any], reason: str) -> dict[str, Any]:
        """A decision that answers the incident."""
        answers = {"verb": Verb.AMEND, "incident_id": str(self.incident.incident_id)}
        return {**answers, "reason": reason, "amendment": changed}

    async def take(self, tx: Tx, counter: Counter, form: DecisionForm) -> Answer:
        """Decide; raises `Problem` as `rulings` does."""
        rulings.check_form(counter, form)
        return await rulings.accept(tx, counter, self.number, form)


class OfMoveOut:
    """A 転出届 whose case waits for the day."""

    form: type[BaseModel] = AmendmentOfMoveOut
    place: str = "amendment"
    advice: str = ""

    def __init__(self, number: str, standing: dict[str, Any]) -> None:
        self.number, self.standing = number, standing

    def items(self, pen: Pen) -> tuple[Field, ...]:
        """Day and destination."""
        return pen.fields(self.standing)

    def body(self, changed: dict[str, Any], reason: str) -> dict[str, Any]:
        """An amendment of the whole 届出."""
        return {**changed, "reason": reason}

    async def take(self, tx: Tx, counter: Counter, form: AmendmentOfMoveOut) -> Answer:
        """Amend; raises `Problem` as `departing.amend` does."""
        return await departing.amend(tx, counter, self.number, form)


async def at_incident(seat: Seat, number: str, incident_id: UUID) -> AtIncident:
    """Raises `Problem` UNKNOWN_INCIDENT, VERB_NOT_ALLOWED, and for who may not decide or read."""
    _check(seat)
    async with seat.counter.open() as tx:
        file = await found(tx, number)
        incidents = await case_views.incidents(tx, file.case_id)
        incident = next((one for one in incidents if one.incident_id == incident_id), None)
        if incident is None:
            raise Problem(ProblemType.UNKNOWN_INCIDENT)
        if Verb.AMEND not in incident.verbs or not amendable(file.procedure):
            raise Problem(ProblemType.VERB_NOT_ALLOWED)
        standing = await amendments.standing(tx, seat.counter.acting, file, incident.subject)
    return AtIncident(number, incident, standing)


async def of_move_out(seat: Seat, number: str) -> OfMoveOut:
    """Raises `Problem` NOT_A_MOVE_OUT, and for who may not decide or read."""
    _check(seat)
    async with seat.counter.open() as tx:
        file = await found(tx, number)
        return OfMoveOut(number, await departing.standing(tx, seat.counter.acting, file))


def _check(seat: Seat) -> None:
    demand(seat.counter.caller, Act.DECIDE)
    demand(seat.counter.caller, Act.READ_REPORTS)
