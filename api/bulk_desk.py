"""The desk behind 一括処理: lists are drafted, confirmed, held and stopped, and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import cursors
from api.bulk_answers import BulkAnswer, BulkPage, BulkReceipt, DryRun
from api.bulk_words import foreseen, item, progress, said, summary
from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act, act_of
from domain.bulk import AT_MOST, LEADS_TO, POSSIBLE_IN, BulkEvent
from domain.cases import Procedure, Verb
from register import audit, bulk_drafts, bulk_items, bulk_repairs, clock, municipalities
from register.bulk_drafts import Draft
from register.bulk_repairs import Said
from register.idempotency import Answer

if TYPE_CHECKING:
    from uuid import UUID

    from api.bulk_forms import BulkForm
    from api.counter import Counter
    from register.bulk_drafts import Listed
    from register.bulk_repairs import Bulk
    from register.transactions import Tx

DRAFTING = (
    ProblemType.MISSING_REASON,
    ProblemType.NOTHING_TO_REPAIR,
    ProblemType.BULK_TOO_LARGE,
)
SAYING = (
    ProblemType.UNKNOWN_BULK_REPAIR,
    ProblemType.BULK_STANDS_ELSEWHERE,
    ProblemType.MISSING_REASON,
    ProblemType.NOTHING_TO_REPAIR,
    ProblemType.OWN_BULK_REPAIR,
)
"""What may be answered to a draft, and to whatever is said of one."""
_SAMPLE = 5
_WITHOUT_REASON = {BulkEvent.CONFIRMED, BulkEvent.DISCARDED}


async def draft(tx: Tx, counter: Counter, form: BulkForm) -> Answer:
    """Freeze the list and store its draft; raises one of `DRAFTING`."""
    verb, caller = Verb(form.verb), counter.caller
    counter.demand(Act.REPORT, Procedure.BULK)
    _demand_reason(form.reason)
    if not form.wanted.wanted().narrows:
        raise Problem(ProblemType.INVALID_INPUT, wrong("wanted", "NO_CRITERIA"))
    found = await bulk_drafts.matching(tx, form.wanted.wanted(), verb)
    items = [_as_far_as(counter, item, verb) for item in found]
    if not items:
        raise Problem(ProblemType.NOTHING_TO_REPAIR)
    if len(items) > AT_MOST:
        raise Problem(ProblemType.BULK_TOO_LARGE)
    alone = (await municipalities.load(tx)).parameters.bulk_alone_up_to
    drafted = Draft(verb, form.wanted.wanted(), alone, caller.client, caller.role, form.reason)
    bulk_id = await bulk_drafts.freeze(tx, caller.municipality, drafted, items)
    return _receipt(await _found(tx, bulk_id), status=201)


async def say(
    tx: Tx, counter: Counter, bulk_id: UUID, event: BulkEvent, reason: str = ""
) -> Answer:
    """Confirm, discard, pause, resume or stop; raises one of `SAYING`."""
    _demand_right(counter, event)
    if event not in _WITHOUT_REASON:
        _demand_reason(reason)
    bulk = await bulk_repairs.lock(tx, bulk_id)
    if bulk is None:
        raise Problem(ProblemType.UNKNOWN_BULK_REPAIR)
    if bulk.state not in POSSIBLE_IN[event]:
        raise Problem(ProblemType.BULK_STANDS_ELSEWHERE)
    if event is BulkEvent.CONFIRMED:
        await _check_confirmation(tx, counter, bulk)
    caller = counter.caller
    words = Said(
        event=event,
        author=caller.client,
        role=caller.role,
        reason=reason,
        at=await clock.now(tx),
    )
    number = await bulk_repairs.say(tx, caller.municipality, bulk, words)
    update = {"state": LEADS_TO[event], "case_number": number}
    return _receipt(bulk.model_copy(update=update), status=202)


async def show(tx: Tx, counter: Counter, bulk_id: UUID, behind: int, limit: int) -> BulkAnswer:
    """The whole of one, with a page of its items; that its words were read is audited."""
    shown = await seen(tx, bulk_id, behind, limit)
    await audit.record(tx, counter.acting, "view_bulk_repair", detail={"bulk_id": str(bulk_id)})
    return shown


async def seen(tx: Tx, bulk_id: UUID, behind: int, limit: int) -> BulkAnswer:
    """As `show`, for a page that is open already."""
    bulk = await _found(tx, bulk_id)
    counts = await bulk_items.counts(tx, bulk_id)
    items = await bulk_items.page(tx, bulk_id, behind, limit + 1)
    return BulkAnswer(
        **dict(summary(bulk)),
        dry_run=DryRun(
            eligible=bulk.size,
            left_out=foreseen(counts),
            sample=await bulk_items.sample(tx, bulk_id, _SAMPLE),
        ),
        progress=progress(bulk.size, counts),
        said=[said(one) for one in await bulk_repairs.said(tx, bulk_id)],
        items=[item(one) for one in items[:limit]],
        next_cursor=items[limit - 1].item if len(items) > limit else None,
    )


async def listed(tx: Tx, cursor: str | None, limit: int) -> BulkPage:
    """One page of them, the newest first."""
    behind = cursors.to_bulk(cursor) if cursor else None
    found = await bulk_repairs.page(tx, behind, limit + 1)
    shown, more = found[:limit], len(found) > limit
    return BulkPage(
        bulk_repairs=[summary(one) for one in shown],
        next_cursor=cursors.of_bulk(shown[-1].drafted_at, shown[-1].bulk_id) if more else None,
    )


def _as_far_as(counter: Counter, item: Listed, verb: Verb) -> Listed:
    """An item of a procedure the caller may not decide in is left out, with why."""
    allowed = counter.caller.may(act_of(verb), item.procedure)
    return item if allowed or item.foreseen else item._replace(foreseen="ROLE_NOT_ALLOWED")


def _demand_right(counter: Counter, event: BulkEvent) -> None:
    if event is BulkEvent.PAUSED:
        counter.demand(Act.PAUSE_BULK)
    else:
        counter.demand(Act.REPORT, Procedure.BULK)


async def _check_confirmation(tx: Tx, counter: Counter, bulk: Bulk) -> None:
    """Whoever confirms decides each item, and so must be somebody who may."""
    if not bulk.size:
        raise Problem(ProblemType.NOTHING_TO_REPAIR)
    for procedure in await bulk_items.procedures(tx, bulk.bulk_id):
        counter.demand(act_of(bulk.verb), procedure)
    if not bulk.wants_another:
        return
    counter.demand(Act.APPROVE, Procedure.BULK)
    if counter.caller.client == bulk.author:
        raise Problem(ProblemType.OWN_BULK_REPAIR)


def _demand_reason(reason: str) -> None:
    if not reason:
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))


async def _found(tx: Tx, bulk_id: UUID) -> Bulk:
    bulk = await bulk_repairs.find(tx, bulk_id)
    if bulk is None:
        raise Problem(ProblemType.UNKNOWN_BULK_REPAIR)
    return bulk


def _receipt(bulk: Bulk, *, status: int) -> Answer:
    receipt = BulkReceipt(bulk_id=bulk.bulk_id, state=bulk.state, case_number=bulk.case_number)
    location = f"/v1/bulk-repairs/{bulk.bulk_id}"
    return Answer(status, receipt.model_dump(mode="json"), location)
