"""Moves from one town to the other by card (特例転入), and the instant both sides are completed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from bench.town import THERE
from domain.cases import Procedure, workflow_id
from domain.dates import jst_day

if TYPE_CHECKING:
    from bench.town import Resident, Town
    from bench.watch import Watch
    from local.scenario.caller import Caller

_HOME = "北海道函館市五稜郭町{}番1号"
_CODE = "住民票コード"


class Counters(NamedTuple):
    """Where people say that they leave, and where they come to."""

    here: Caller
    there: Caller


class Watches(NamedTuple):
    """Who has ended, and who is expected."""

    ended: Watch
    expected: Watch


class Moves:
    """One move after the other: 転出届, CS-05, 来庁, CS-07, both cases ended."""

    def __init__(self, town: Town, counters: Counters, watches: Watches) -> None:
        self._town = town
        self._counters = counters
        self._watches = watches
        self.coming: list[str] = []
        """The ids of the workflows at the 転入地."""

    async def one(self) -> tuple[float, str]:
        """Move one person: seconds from the 転出届 to the end of both cases, and the first's id.

        The person comes to the counter as soon as the 転入地 expects them, and no sooner.
        """
        mover = next(self._town.movers)
        began = time.time()
        leaving = await self._report(mover)
        hashed = self._town.vault.key_of(THERE, _CODE, mover.code).hex()
        coming = (await self._watches.expected.seen(hashed))["case_number"]
        visit = await self._counters.there.post("counter", f"cases/{coming}/visit", _visit(mover))
        visit.expect(202)
        self.coming.append(workflow_id(Procedure.SPECIAL_MOVE_IN, coming))
        ended = max([await self._end(coming), await self._end(leaving)])
        return ended - began, workflow_id(Procedure.MOVE_OUT, leaving)

    async def _report(self, mover: Resident) -> str:
        answer = await self._counters.here.post("counter", "move-outs", _move_out(mover))
        return answer.expect(202)["case_number"]

    async def _end(self, number: str) -> float:
        case = await self._watches.ended.seen(number)
        if case["state"] != "completed":
            raise RuntimeError(f"one side of a move ended {case['state']}")
        return case["ended"]


def _move_out(mover: Resident) -> dict[str, Any]:
    return {
        "household_id": str(mover.household_id),
        "residents": [str(mover.resident_id)],
        "planned_on": _today(),
        "destination": {"municipality": THERE, **_home(mover)},
        "with_card": True,
    }


def _visit(mover: Resident) -> dict[str, Any]:
    return {
        "code": mover.code,
        "visitor": "本人",
        "card": "verified",
        "pin": "matched",
        "moved_in_on": _today(),
        "address": _home(mover),
    }


def _home(mover: Resident) -> dict[str, str]:
    return {"postal_code": "0400001", "line": _HOME.format(mover.ordinal)}


def _today() -> str:
    return jst_day(datetime.now(UTC)).isoformat()
