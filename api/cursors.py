"""Cursors: where a list goes on, as text that means nothing to its reader."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from api.fields import wrong
from api.problem_types import ProblemType
from api.problems import Problem
from register import bulk_repairs, incident_lists, stuck_views
from register.case_lists import Place
from register.differences import Behind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from register.incident_lists import Standing
    from register.stuck_views import StuckCase


def of_case(accepted_at: datetime, case_id: UUID) -> str:
    """The place of a case in the list of cases."""
    return _sealed([accepted_at.isoformat(), case_id.hex])


def to_case(cursor: str) -> Place:
    """Raises `Problem` INVALID_INPUT for what is no cursor of that list."""
    try:
        accepted_at, case_id = _opened(cursor)
        place = Place(datetime.fromisoformat(accepted_at), UUID(case_id))
    except ValueError:
        raise _bad() from None
    if place.accepted_at.tzinfo is None:
        raise _bad()
    return place


def of_difference(found_at: datetime, difference_id: UUID) -> str:
    """The place of a difference in the list of differences."""
    return _sealed([found_at.isoformat(), difference_id.hex])


def to_difference(cursor: str) -> Behind:
    """Raises `Problem` INVALID_INPUT for what is no cursor of that list."""
    return Behind(*to_case(cursor))


def of_stuck(one: StuckCase) -> str:
    """The place of a case in the list of those that are stuck."""
    return _sealed([one.since.isoformat(), one.case_id.hex])


def to_stuck(cursor: str) -> stuck_views.Place:
    """Raises `Problem` INVALID_INPUT for what is no cursor of that list."""
    return stuck_views.Place(*to_case(cursor))


def of_incident(incident: Standing) -> str:
    """The place of an incident in the list of incidents."""
    due_on = incident.due_on.isoformat() if incident.due_on else ""
    return _sealed([due_on, incident.opened_at.isoformat(), incident.incident_id.hex])


def to_incident(cursor: str) -> incident_lists.Place:
    """Raises `Problem` INVALID_INPUT for what is no cursor of that list."""
    try:
        due_on, opened_at, incident_id = _opened(cursor)
        day = date.fromisoformat(due_on) if due_on else None
        place = incident_lists.Place(day, datetime.fromisoformat(opened_at), UUID(incident_id))
    except ValueError:
        raise _bad() from None
    if place.opened_at.tzinfo is None:
        raise _bad()
    return place


def of_bulk(drafted_at: datetime, bulk_id: UUID) -> str:
    """The place of a bulk repair in the list of them."""
    return _sealed([drafted_at.isoformat(), bulk_id.hex])


def to_bulk(cursor: str) -> bulk_repairs.Behind:
    """Raises `Problem` INVALID_INPUT for what is no cursor of that list."""
    return bulk_repairs.Behind(*to_case(cursor))


def of_row(tx: int, row: int) -> str:
    """The place of a row in a log."""
    return _sealed([str(tx), str(row)])


def to_row(cursor: str) -> tuple[int, int]:
    """Raises `Problem` INVALID_INPUT for what is no cursor of a log."""
    try:
        tx, row = (int(part) for part in _opened(cursor))
    except ValueError:
        raise _bad() from None
    if not (0 <= tx < _MOST and 0 <= row < _MOST):
        raise _bad()
    return tx, row


_MOST = 2**63


def _sealed(parts: Sequence[str]) -> str:
    return base64.urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")


def _opened(cursor: str) -> list[str]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.urlsafe_b64decode(padded).decode("ascii").split("|")
    except (binascii.Error, UnicodeError):
        raise ValueError("BAD_CURSOR") from None


def _bad() -> Problem:
    return Problem(ProblemType.INVALID_INPUT, wrong("cursor", "BAD_CURSOR"))
