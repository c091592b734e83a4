"""What open cases have yet to do about each person, as their ledger and their lanes tell."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from activities.step import announcing
from workflows.rehearsal import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from register.transactions import Row, Tx

_SETTLED = {"done", "by_hand"}
_TAKEN_BACK = {"undone", "undone_by_hand"}


async def steps_due(tx: Tx) -> dict[UUID, frozenset[str]]:
    """By resident, the steps open cases have yet to take; undoing ones where they turned back."""
    due: dict[UUID, set[str]] = defaultdict(set)
    ledgers: dict[tuple[UUID, int], dict[str, str]] = defaultdict(dict)
    for line in await tx.fetch(_LEDGER):
        ledgers[line["case_id"], line["subject"]][line["step"]] = line["state"]
    for person in await tx.fetch(_PERSONS):
        own, whole = (ledgers[person["case_id"], one] for one in (person["subject"], 0))
        due[person["resident_id"]].update(_due(person, own | whole))
    for debt in await tx.fetch("SELECT resident_id FROM lane_debt WHERE state = 'owed'"):
        due[debt["resident_id"]].update(announcing())
    return {resident_id: frozenset(steps) for resident_id, steps in due.items()}


def _due(person: Row, ledger: Mapping[str, str]) -> Iterator[str]:
    for line in lines_of(person["procedure"]):
        state = ledger.get(line.step)
        if person["direction"] == "forward" and state not in _SETTLED:
            yield line.step
        taken = state is not None and state not in _TAKEN_BACK
        if person["direction"] == "withdrawing" and taken and line.undo is not None:
            yield line.undo


_PERSONS = """
SELECT q.resident_id, q.case_id, q.subject, f.procedure, f.direction
FROM case_person q JOIN case_file f USING (municipality, case_id) WHERE f.state = 'open'
"""

_LEDGER = """
SELECT l.case_id, l.subject, l.step, l.state
FROM step_ledger l JOIN case_file f USING (municipality, case_id) WHERE f.state = 'open'
"""
