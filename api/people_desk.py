"""Looking at people and households; every look is audited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.fields import wrong
from api.people_forms import EntryView, HistoryRowView, HistoryView, PersonOnDayView
from api.problem_types import ProblemType
from api.problems import Problem
from api.rights import Act
from domain.dates import jst_day
from register import audit, clock, history, households, resident_views, residents, search
from register.vault import MY_NUMBER

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from api.counter import Counter
    from api.people_forms import SearchForm
    from domain.residents import Entry
    from register.history import HistoryRow
    from register.households import HouseholdView
    from register.search import HouseholdPage, ResidentPage, ResidentView


async def find_residents(counter: Counter, form: SearchForm) -> ResidentPage:
    """People who match; a search by 個人番号 is for staff."""
    _check_number(counter, form)
    async with counter.open() as tx:
        vault = counter.office.vault
        return await search.residents(tx, counter.acting, form, vault=vault, after=form.cursor)


async def find_households(counter: Counter, form: SearchForm) -> HouseholdPage:
    """Households of people who match."""
    _check_number(counter, form)
    async with counter.open() as tx:
        vault = counter.office.vault
        return await search.households(tx, counter.acting, form, vault=vault, after=form.cursor)


async def household(counter: Counter, household_id: UUID) -> HouseholdView:
    """One household; raises `Problem` UNKNOWN_HOUSEHOLD."""
    async with counter.open() as tx:
        shown = await households.view(tx, household_id)
        if shown is None:
            raise Problem(ProblemType.UNKNOWN_HOUSEHOLD)
        await audit.record(tx, counter.acting, "view_household", subject_id=household_id)
        return shown


async def resident(counter: Counter, resident_id: UUID) -> ResidentView:
    """One resident; raises `Problem` UNKNOWN_RESIDENT."""
    async with counter.open() as tx:
        shown = await resident_views.view(tx, resident_id)
        if shown is None:
            raise Problem(ProblemType.UNKNOWN_RESIDENT)
        await audit.record(tx, counter.acting, "view_resident", subject_id=resident_id)
        return shown


async def reveal(counter: Counter, resident_id: UUID, field: str, why: str) -> str:
    """One number of a resident that is masked everywhere else; who opened it, and why, is audited.

    ``field`` is ``code`` or `MY_NUMBER`.  Blank where the person has none; raises `Problem`
    MISSING_REASON, ROLE_NOT_ALLOWED or UNKNOWN_RESIDENT.
    """
    counter.demand(Act.REVEAL)
    if not why.strip():
        raise Problem(ProblemType.MISSING_REASON, wrong("reason", "MISSING"))
    acting, vault = counter.acting, counter.office.vault
    async with counter.open() as tx:
        person = await residents.present(tx, acting.municipality, resident_id)
        if person is None:
            raise Problem(ProblemType.UNKNOWN_RESIDENT)
        if field == MY_NUMBER:
            return await vault.reveal(tx, acting, resident_id, MY_NUMBER, None, why) or ""
        await audit.record(
            tx, acting, "reveal", subject_id=resident_id, detail={"field": "code", "why": why}
        )
        return person.code or ""


async def history_of(
    counter: Counter, resident_id: UUID, effective_on: date | None, known_on: date | None
) -> HistoryView:
    """A person's history, and the entry on one day as known on another; today by default."""
    async with counter.open() as tx:
        rows = await history.history_of(tx, resident_id)
        if not rows:
            raise Problem(ProblemType.UNKNOWN_RESIDENT)
        await audit.record(tx, counter.acting, "view_history", subject_id=resident_id)
        today = jst_day(await clock.now(tx))
    effective_on, known_on = effective_on or today, known_on or today
    return HistoryView(
        resident_id=resident_id,
        since=min(row.effective_on.day for row in rows),
        rows=[_row(row) for row in rows],
        as_of=_on_day(rows, effective_on, known_on),
    )


def _check_number(counter: Counter, form: SearchForm) -> None:
    if form.my_number is not None:
        counter.demand(Act.FIND_BY_NUMBER)


def _on_day(rows: list[HistoryRow], effective_on: date, known_on: date) -> PersonOnDayView | None:
    person = history.as_of(rows, effective_on=effective_on, known_on=known_on)
    if person is None:
        return None
    return PersonOnDayView(
        effective_on=effective_on,
        known_on=known_on,
        presence=person.presence,
        code_masked=_masked(person.code),
        entry=_entry(person.entry),
    )


def _row(row: HistoryRow) -> HistoryRowView:
    return HistoryRowView(
        history_no=row.history_no,
        case_id=row.case_id,
        reason=row.reason,
        effective_on=row.effective_on.wareki,
        processed_on=row.processed_on,
        notified_on=row.notified_on,
        presence=row.presence,
        code_masked=_masked(row.code),
        entry=_entry(row.entry),
        changed=sorted(row.changed),
        cancels=sorted(row.cancels),
    )


def _entry(entry: Entry) -> EntryView:
    worded = {
        "born_on": entry.born_on.wareki,
        "resident_since": entry.resident_since and entry.resident_since.wareki,
        "address_since": entry.address_since and entry.address_since.wareki,
    }
    return EntryView.model_validate({**dict(entry), **worded})


def _masked(code: str | None) -> str:
    return f"*******{code[-4:]}" if code else ""
