"""The desk behind the inbox: taking messages in, showing them, and placing them by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import structlog

from api import arriving, case_desk
from api.fields import wrong
from api.inbox_advice import advice
from api.inbox_answers import InboxDetail, InboxItem, InboxPage
from api.problem_types import ProblemType
from api.problems import Problem
from domain.acting import Acting
from domain.cases import Verb
from domain.moves import MoveInNotice, PortalMoveOut, VisitPlan
from register import arrivals, audit, case_views, decisions, inbox, municipalities, wakeups
from register.decisions import Ruling
from register.idempotency import Answer
from register.inbox import InboxState, Received

if TYPE_CHECKING:
    from uuid import UUID

    from fastapi import Request

    from api.arriving import Push, Reading
    from api.counter import Counter, Office
    from api.inbox import InboxDecision
    from domain.moves import Arrival
    from register.case_views import CaseFile
    from register.inbox import Standing
    from register.transactions import Tx

_log = structlog.stdlib.get_logger("api.inbox")
_TO_MATCH = {InboxState.IDENTIFYING, InboxState.UNCLAIMED}


def check_system(request: Request, system: str) -> None:
    """Raise `Problem` NOT_FOUND for a system we share no secret with."""
    if system not in request.state.office.inbox_secrets:
        raise Problem(ProblemType.NOT_FOUND)


def check_signature(request: Request, system: str, push: Push, signature: str) -> None:
    """Raise `Problem` NOT_GENUINE unless the sender knew the secret."""
    if not arriving.is_genuine(push, signature, request.state.office.inbox_secrets[system]):
        _log.warning("not_genuine", system=system)
        raise Problem(ProblemType.NOT_GENUINE)


async def take(office: Office, system: str, message_id: UUID, push: Push) -> None:
    """Store a message and place it, in one transaction; one that is here already changes nothing.

    Raises `Problem` WRONG_RECEIVER for a message to another municipality, and stores nothing.
    """
    reading = arriving.read(system, push.body, message_id)
    arrival = reading.arrival
    if arrival is not None and arrival.municipality != push.municipality:
        raise Problem(ProblemType.WRONG_RECEIVER)
    acting = Acting(municipality=push.municipality, actor=system, purpose="POST /v1/inbox/{system}")
    async with office.transactions.open(acting) as tx:
        await municipalities.load(tx)
        received = Received(system, message_id, arrival.kind if arrival else "", push.body)
        if await inbox.receive(tx, office.vault, push.municipality, received):
            await _place(tx, office, push.municipality, message_id, reading)


async def page(tx: Tx, municipality: str, case_number: str | None, limit: int) -> InboxPage:
    """The messages of a case, or those that wait for somebody."""
    if case_number is None:
        found = await inbox.to_decide(tx, municipality, limit)
    else:
        file = await case_desk.found(tx, case_number)
        found = await inbox.joined(tx, municipality, file.case_id)
    return InboxPage(messages=[_item(one) for one in found])


async def look(tx: Tx, counter: Counter, message_id: UUID) -> InboxDetail:
    """One message and what it says; that somebody read it is audited."""
    municipality = counter.acting.municipality
    standing = await _standing(tx, municipality, message_id)
    await audit.record(tx, counter.acting, "view_message", case_id=standing.case_id)
    arrival = await _reread(tx, counter, standing)
    contents = None if arrival is None else _without_numbers(arrival.model_dump(mode="json"))
    return InboxDetail(**dict(_item(standing)), contents=contents)


def check_form(decision: InboxDecision) -> None:
    """Judge what the form says by itself."""
    if not decision.reason:
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))
    if decision.verb != "match":
        if decision.code is not None:
            raise Problem(ProblemType.INVALID_INPUT, wrong("code", "NOT_FOR_THIS_VERB"))
        return
    if decision.code is None:
        raise Problem(ProblemType.INVALID_INPUT, wrong("code", "MISSING"))
    if not decision.evidence:
        raise Problem(ProblemType.MISSING_EVIDENCE, wrong("evidence", "MISSING"))


async def decide(tx: Tx, counter: Counter, message_id: UUID, decision: InboxDecision) -> Answer:
    """Place a message by hand; raises `Problem` UNKNOWN_MESSAGE, MESSAGE_PLACED, MESSAGE_ERASED."""
    municipality = counter.acting.municipality
    asking = await _asking(tx, await inbox.standing(tx, municipality, message_id))
    standing = await _standing(tx, municipality, message_id)
    if decision.verb == "match":
        await _match(tx, counter, standing, decision)
    elif decision.verb == "take_again":
        await _take_again(tx, counter, standing)
    else:
        await _settle(tx, municipality, standing)
    said = {"reason": decision.reason, "evidence": decision.evidence, "message": str(message_id)}
    await audit.record(
        tx, counter.acting, f"{decision.verb}_message", case_id=standing.case_id, detail=said
    )
    if asking is not None:
        await _let_go(tx, counter, asking, decision)
    placed = await _standing(tx, municipality, message_id)
    return Answer(202, _item(placed).model_dump(mode="json"), f"/v1/inbox/{message_id}")


async def _place(
    tx: Tx, office: Office, municipality: str, message_id: UUID, reading: Reading
) -> None:
    if reading.arrival is not None:
        await arrivals.take(tx, office.vault, municipality, reading.arrival)
        return
    _log.error("contract_broken", code=reading.flaw)
    await inbox.place(tx, municipality, message_id, InboxState.UNCLAIMED, flaw=reading.flaw)


async def _match(tx: Tx, counter: Counter, standing: Standing, decision: InboxDecision) -> None:
    if standing.erased:
        raise Problem(ProblemType.MESSAGE_ERASED)
    arrival = await _reread(tx, counter, standing)
    if arrival is None or standing.state not in _TO_MATCH or decision.code is None:
        raise Problem(ProblemType.MESSAGE_PLACED)
    if not isinstance(arrival.contents, PortalMoveOut | VisitPlan):
        raise Problem(ProblemType.MESSAGE_PLACED)
    vault, municipality = counter.office.vault, counter.acting.municipality
    await arrivals.identified(tx, vault, municipality, arrival, decision.code)


async def _take_again(tx: Tx, counter: Counter, standing: Standing) -> None:
    """A 転入通知 as if it came now: staff have made it true meanwhile (職権による転出)."""
    arrival = await _reread(tx, counter, standing)
    if standing.state is not InboxState.UNCLAIMED or arrival is None:
        raise Problem(ProblemType.MESSAGE_PLACED)
    if not isinstance(arrival.contents, MoveInNotice):
        raise Problem(ProblemType.MESSAGE_PLACED)
    await arrivals.take(tx, counter.office.vault, counter.acting.municipality, arrival)


async def _settle(tx: Tx, municipality: str, standing: Standing) -> None:
    if standing.state is not InboxState.UNCLAIMED:
        raise Problem(ProblemType.MESSAGE_PLACED)
    await inbox.place(
        tx,
        municipality,
        standing.message_id,
        InboxState.SETTLED,
        standing.case_id,
        standing.flaw,
    )


async def _asking(tx: Tx, standing: Standing | None) -> CaseFile | None:
    """The 証明書シリアル取得 that asks whose the message is, locked before the message."""
    if standing is None:
        raise Problem(ProblemType.UNKNOWN_MESSAGE)
    if standing.state is not InboxState.IDENTIFYING or standing.case_number is None:
        return None
    return await case_views.lock(tx, standing.case_number)


async def _let_go(tx: Tx, counter: Counter, asking: CaseFile, decision: InboxDecision) -> None:
    """The case that asked finds its message placed: by itself, or as staff's answer to it."""
    standing = [
        incident.incident_id
        for incident in await case_views.incidents(tx, asking.case_id)
        if incident.state == "open"
    ]
    if not standing:
        await wakeups.wake(tx, asking.municipality, asking.case_id, wakeups.Cause.MESSAGE)
    for incident_id in standing:
        ruling = Ruling(
            asking.case_id,
            incident_id,
            Verb.RETRY,
            counter.caller.client,
            counter.caller.role,
            decision.reason,
            decision.evidence,
        )
        await decisions.accept(tx, asking.municipality, ruling)


async def _reread(tx: Tx, counter: Counter, standing: Standing) -> Arrival | None:
    """What a message says; ``None`` for one that nobody can read, or that was erased."""
    town, vault = counter.acting.municipality, counter.office.vault
    kept = await inbox.one(tx, vault, town, standing.message_id)
    if kept is None or kept.body is None:
        return None
    return arriving.read(standing.system, kept.body).arrival


async def _standing(tx: Tx, municipality: str, message_id: UUID) -> Standing:
    standing = await inbox.lock(tx, municipality, message_id)
    if standing is None:
        raise Problem(ProblemType.UNKNOWN_MESSAGE)
    return standing


def _item(standing: Standing) -> InboxItem:
    words = advice(standing.flaw if standing.state is InboxState.UNCLAIMED else "")
    told = {"advice_ja": words.ja, "advice_en": words.en}
    shown = {field: getattr(standing, field) for field in InboxItem.model_fields.keys() - told}
    return InboxItem.model_validate(shown | told)


def _without_numbers(told: Any) -> Any:
    """What a message says, but for every 個人番号 in it."""
    if isinstance(told, list):
        return [_without_numbers(one) for one in cast("list[object]", told)]
    if not isinstance(told, dict):
        return told
    parts = cast("dict[str, object]", told)
    return {name: _without_numbers(part) for name, part in parts.items() if name != "number"}
