"""Trials: the same case told again and again, each time with one thing going wrong at one step.

The steps are not listed by hand: they are read from the ledger of a case in which nothing failed.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from activities.step import card_of
from domain.cases import CaseState, Procedure, Verb
from domain.dates import RegisterDate
from register.outbox import Due
from relay.engine import Engine
from tests.agreement import agrees
from tests.eventually import eventually
from tests.triplets import NAMES, TRIPLETS
from workflows.birth import Birth
from workflows.rehearsal import rehearse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from uuid import UUID

    from temporalio.client import WorkflowHistory

    from tests.house import Case, House, Town
    from tests.workflows.sabotage import Hold, Saboteur

    Story = Callable[["Trial", str], Awaitable[None]]

_AT_ONCE = 6
AMENDED: dict[str, Any] = {
    "name": "田中　葵",
    "relationship": "養子",
    "address": {
        "postal_code": "1020072",
        "line": "東京都千代田区飯田橋一丁目9番9号",
        "building": "",
    },
}


class Recorded(NamedTuple):
    """A step as the happy case performed it, and the kind of telegram it sent, if any."""

    step: str
    message: str | None


class Kind(NamedTuple):
    """A procedure to try: whose second (or only) person meets the trouble."""

    procedure: str
    names: tuple[str, ...]
    victim: int


KINDS = (Kind(Procedure.BIRTH, ("田中　遥",), 1), Kind(TRIPLETS, NAMES, 2))
UNDOS = {line.undo: line.step for line in rehearse(Birth) if line.undo is not None}
CLOSING = "終結する"


class Happy(NamedTuple):
    """What a case does in which nothing fails."""

    steps: tuple[Recorded, ...]
    effects: Counter[str]


@dataclass
class Trial:
    """One case in a town of its own, and the saboteur."""

    case: Case
    saboteur: Saboteur
    kind: Kind

    @property
    def town(self) -> Town:
        """Where it happens."""
        return self.case.town

    def spot(self, step: str) -> tuple[UUID, str, int]:
        """Where trouble may be planned."""
        return self.case.ref.case_id, step, self.kind.victim

    def refuse(self, step: str) -> None:
        """Have the step refused before it acts."""
        self.saboteur.refusals.add(self.spot(step))

    def hold(self, step: str) -> Hold:
        """Have the step stand still before it acts."""
        subject = 0 if step == CLOSING else self.kind.victim
        return self.saboteur.hold(self.case.ref, step, subject)

    async def decide(self, verb: Verb, **said: Any) -> None:
        """Wait until the case is parked and answer its incident."""
        incident = await self.case.parks()
        subject = incident["subject"]
        await self.case.decide(verb, incident=incident["incident_id"], subject=subject, **said)

    async def withdraws(self) -> None:
        """Wait until the case is withdrawn, and nobody it entered is a resident any more."""
        await self.case.closes(CaseState.WITHDRAWN)
        assert await self._present() == 0

    async def completes(self) -> None:
        """Wait until the case is completed and all its children are residents."""
        await self.case.closes()
        assert await self._present() == len(self.kind.names)

    async def withdraw_at_the_end(self) -> None:
        """Let everything happen, and then, a moment before the case is closed, take it all back."""
        closing = self.hold(CLOSING)
        await closing.reached.wait()
        await self.case.decide(Verb.WITHDRAW)
        closing.released.set()

    async def restart(self) -> None:
        """End the engine's run, and have the case started again."""
        await self.case.terminate()
        house = self.town.house
        engine = Engine(house.client, house.settings.temporal_task_queue)
        await engine.start(Due(self.case.ref, self.case.procedure))

    async def stands_still(self) -> None:
        """Wait until the newest run has looked at the ledger; require that it performed nothing."""
        handle = self.town.house.client.get_workflow_handle(self.case.workflow_id)

        async def performed() -> list[str] | None:
            return _performed(await handle.fetch_history())

        assert await eventually(performed) == ["現況を読む"]

    async def names(self) -> set[str]:
        """The names the register has for the persons of this case."""
        async with self.town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT entry ->> 'name' AS name FROM resident_present JOIN case_person USING"
                " (municipality, resident_id) WHERE case_id = $1",
                self.case.ref.case_id,
            )
        return {row["name"] for row in rows}

    async def _present(self) -> int:
        async with self.town.transaction() as tx:
            return await tx.fetchval(
                "SELECT count(*) FROM resident_present JOIN case_person USING"
                " (municipality, resident_id) WHERE case_id = $1 AND presence = '現存'",
                self.case.ref.case_id,
            )


class Trials:
    """Begins trials in towns of their own, and tells the story of a case without trouble."""

    def __init__(self, house: House, saboteur: Saboteur) -> None:
        self._house = house
        self._saboteur = saboteur
        self._happy: dict[str, Happy] = {}
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def happy(self, kind: Kind) -> Happy:
        """The case in which nothing fails, played once for all tests."""
        if kind.procedure not in self._happy:
            trial = await self._begin(kind, await self._town(), 1)
            await trial.completes()
            await agrees(trial.town)
            self._happy[kind.procedure] = Happy(
                await _recorded(trial.case), await effects(trial.case)
            )
        return self._happy[kind.procedure]

    async def steps(self, kind: Kind) -> list[str]:
        """The steps of the happy case."""
        return [recorded.step for recorded in (await self.happy(kind)).steps]

    async def messages(self, kind: Kind) -> dict[str, str]:
        """The steps of the happy case that sent telegrams, and their undos, with their kind."""
        sent = {each.step: each.message for each in (await self.happy(kind)).steps if each.message}
        return sent | {undo: sent[step] for undo, step in UNDOS.items() if step in sent}

    async def as_happy(self, trial: Trial) -> None:
        """Require that the case completes and every effect stands exactly once."""
        await trial.completes()
        assert await effects(trial.case) == (await self.happy(trial.kind)).effects

    async def at_each(self, kind: Kind, steps: Iterable[str], story: Story) -> None:
        """Play a story once for each step, several at a time; what fails is named by its step.

        Afterwards everybody must tell the same story of all of them.
        """
        town = await self._town()
        played = [self._play(kind, town, story, each) for each in enumerate(steps, start=1)]
        failures = [failure for failure in await asyncio.gather(*played) if failure is not None]
        assert not failures, "\n\n".join(failures)
        await agrees(town)

    async def at_each_outside(
        self, kind: Kind, steps: Iterable[str], story: Story, fault: str
    ) -> None:
        """The same with a fault outside, which meets the telegrams of that step alone."""
        messages = await self.messages(kind)

        async def play(step: str) -> str | None:
            town = await self._town()
            await town.fault(card_of(step).peer or "", fault, message=messages[step])
            failure = await self._play(kind, town, story, (1, step))
            await agrees(town)
            return failure

        failures = [f for f in await asyncio.gather(*map(play, steps)) if f is not None]
        assert not failures, "\n\n".join(failures)

    async def _play(
        self, kind: Kind, town: Town, story: Story, each: tuple[int, str]
    ) -> str | None:
        day, step = each
        async with self._gate:
            trial = await self._begin(kind, town, day)
            try:
                await story(trial, step)
            except (AssertionError, TimeoutError) as failure:
                return f"{trial.case.ref.case_number} at {step}: {failure}"
        return None

    async def _begin(self, kind: Kind, town: Town, day: int) -> Trial:
        """Accept one case; what is planned for it in the same breath, it will meet."""
        born_on = RegisterDate.on(date(2026, 11, day))
        case = await town.report_birth(*kind.names, procedure=kind.procedure, born_on=born_on)
        return Trial(case, self._saboteur, kind)

    async def _town(self) -> Town:
        town = await self._house.open_town(target_stock=40)
        await town.stock()
        return town


async def effects(case: Case) -> Counter[str]:
    """How often each kind of message of this case had its effect, and what the feed told."""
    taken: Counter[str] = Counter()
    async with case.town.transaction() as tx:
        sent = await tx.fetch(
            "SELECT telegram_id FROM telegram WHERE case_id = $1", case.ref.case_id
        )
        told = await tx.fetch("SELECT kind FROM feed_event WHERE case_id = $1", case.ref.case_id)
    ours = {str(row["telegram_id"]) for row in sent}
    for system in ("jlis", "unified_addressee"):
        messages = (await case.town.ledger(system))["messages"]
        taken.update(m["kind"] for m in messages if m["id"] in ours and m["status"] == 200)
    taken.update(row["kind"] for row in told)
    return taken


def _performed(history: WorkflowHistory) -> list[str] | None:
    """Every activity a run has asked for, beside its task or of the engine, once it has acted."""
    acted = "workflow_task_completed_event_attributes"
    if not any(event.WhichOneof("attributes") == acted for event in history.events):
        return None
    asked = [event.activity_task_scheduled_event_attributes for event in history.events]
    beside = [event.marker_recorded_event_attributes for event in history.events]
    names = [
        json.loads(m.details["data"].payloads[0].data)["activity_type"]
        for m in beside
        if m.marker_name == "core_local_activity"
    ]
    return names + [one.activity_type.name for one in asked if one.activity_type.name]


async def _recorded(case: Case) -> tuple[Recorded, ...]:
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT l.step, (SELECT min(message) FROM telegram t WHERE t.case_id = l.case_id"
            " AND t.step = l.step) AS message FROM step_ledger l"
            " WHERE l.case_id = $1 AND l.subject = 1 ORDER BY l.settled_at",
            case.ref.case_id,
        )
    return tuple(Recorded(row["step"], row["message"]) for row in rows)
