"""Reading cases for whoever asks: by number, as a list, and what a withdrawal would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import cursors, withdrawals
from api.case_answers import CasePage, PlannedUndo, UndoPlan
from api.case_story import summary, told
from api.manual import manual
from api.problem_types import ProblemType
from api.problems import Problem
from domain.cases import CaseState, Direction, StepState
from register import case_lists, case_views, municipalities

if TYPE_CHECKING:
    from uuid import UUID

    from api.case_answers import CaseAnswer
    from api.case_filters import CaseFilters
    from api.manual import Line
    from register.case_views import CaseFile, StepLine
    from register.transactions import Tx

_TO_UNDO = {StepState.BEGUN, StepState.DONE, StepState.BY_HAND}


async def page(tx: Tx, filters: CaseFilters) -> CasePage:
    """One page of the list."""
    behind = cursors.to_case(filters.cursor) if filters.cursor else None
    found = await case_lists.page(tx, filters.wanted(), behind, filters.limit + 1)
    shown = found[: filters.limit]
    more = len(found) > filters.limit
    cursor = cursors.of_case(shown[-1].accepted_at, shown[-1].case_id) if more else None
    return CasePage(cases=[summary(file) for file in shown], next_cursor=cursor)


async def found(tx: Tx, case_number: str) -> CaseFile:
    """A case by its number; raises `Problem` UNKNOWN_CASE."""
    file = await case_views.find(tx, case_number)
    if file is None:
        raise Problem(ProblemType.UNKNOWN_CASE)
    return file


async def show(tx: Tx, case_number: str) -> CaseAnswer:
    """The whole of a case."""
    file = await found(tx, case_number)
    town = await municipalities.load(tx)
    parts = await case_views.parts(tx, file.case_id)
    return told(file, parts, second_person=town.parameters.second_person_for_by_hand)


async def undo_plan(tx: Tx, case_number: str) -> UndoPlan:
    """What 取下げ would do, in the order it would be done."""
    file = await found(tx, case_number)
    parts = await case_views.parts(tx, file.case_id)
    doubts = await case_views.doubts(tx, file.case_id)
    standing = await withdrawals.obstacle(tx, file)
    lines = reversed(manual(file.procedure, (line.step for line in parts.lines)))
    persons = {person.subject: person.resident_id for person in parts.persons}
    undos = [
        planned
        for line in lines
        for done in reversed(parts.lines)
        if done.step == line.step and (planned := _planned(line, done, persons, doubts))
    ]
    going = file.state is CaseState.OPEN and file.direction is Direction.FORWARD
    return UndoPlan(
        case_number=file.case_number,
        possible=going and standing is None,
        refused_as=standing.problem.code if standing else "",
        blocked_by=standing.case_numbers if standing else [],
        undos=undos,
        codes=await _codes(tx, file.case_id),
    )


def _planned(
    line: Line, done: StepLine, persons: dict[int, UUID], doubts: set[tuple[str, int]]
) -> PlannedUndo | None:
    if done.state not in _TO_UNDO:
        return None
    return PlannedUndo(
        step=line.step,
        undo=line.undo,
        subject=done.subject,
        resident_id=persons.get(done.subject),
        how=_how(line, done, in_doubt=(done.step, done.subject) in doubts),
    )


def _how(line: Line, done: StepLine, *, in_doubt: bool) -> str:
    if line.undo is None:
        return "stays"
    if done.state is StepState.BY_HAND:
        return "by_hand"
    return "ask_first" if in_doubt else "machine"


async def _codes(tx: Tx, case_id: UUID) -> dict[int, str]:
    held = await case_views.holding_codes(tx, case_id)
    written = await case_views.written(tx, case_id)
    return {subject: "retired" if subject in written else "free" for subject in sorted(held)}
