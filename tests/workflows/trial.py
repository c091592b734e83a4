"""A trial: one case, what is planned for it, and what staff and the engine do with it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from activities.step import ByHand, card_of
from domain.cases import CaseState, StepRef, Verb
from domain.telegrams import telegram_id
from register.outbox import Due
from relay.engine import Engine
from tests.eventually import SETTLED, eventually

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from temporalio.client import WorkflowHistory

    from domain.numbers import ResidentCode
    from tests.house import Case, Town
    from tests.workflows.household import Household
    from tests.workflows.kind import Kind
    from tests.workflows.sabotage import Hold, Saboteur
    from tests.workflows.stage import Stage
    from tests.workflows.tried import Tried

CLOSING = "終結する"


@dataclass
class Trial:
    """One case, and the saboteur."""

    case: Case
    stage: Stage
    saboteur: Saboteur
    kind: Kind
    family: Household | None
    tried: Tried | None = None
    is_happy: bool = False
    """Whether it ended as if nothing had gone wrong."""
    _way: asyncio.Task[None] | None = field(default=None)

    @property
    def town(self) -> Town:
        """Where it happens."""
        return self.case.town

    @property
    def movers(self) -> list[ResidentCode]:
        """住民票コード of head and spouse."""
        assert self.family is not None
        return self.family.codes[:2]

    def spot(self, step: str) -> tuple[UUID, str, int]:
        """Where trouble may be planned."""
        return self.case.ref.case_id, step, self.subject(step)

    def subject(self, step: str) -> int:
        """Whose step it is: the victim's, or that of the whole case."""
        return 0 if step == CLOSING or card_of(step).whole_case else self.kind.victim

    def refuse(self, *steps: str) -> None:
        """Have steps refused before they act, once each."""
        self.saboteur.refusals |= {self.spot(step) for step in steps}

    def hold(self, step: str) -> Hold:
        """Have the step stand still before it acts."""
        return self.saboteur.hold(self.case.ref, step, self.subject(step))

    @property
    def known(self) -> Tried:
        """What such a case does in which nothing fails."""
        assert self.tried is not None
        return self.tried

    async def reaches(self, hold: Hold) -> None:
        """Wait until the case stands at a step that is held."""
        try:
            async with asyncio.timeout(SETTLED):
                await hold.reached.wait()
        except TimeoutError:
            raise AssertionError(await self.case.why_still()) from None

    def stop_after(self, step: str) -> Stop:
        """Have the case stand still where the next step would act."""
        following = self.known.after(step)
        if following is None:
            return Stop(self, None, self.hold(CLOSING))
        self.refuse(following)
        return Stop(self, following, None)

    async def meets(self, fault: str, *steps: str) -> None:
        """Arm a fault outside for the first telegram of each of these steps."""
        beginning = self.hold(self.known.steps[0])
        await self._arm(fault, steps)
        beginning.released.set()

    async def _arm(self, fault: str, steps: Iterable[str]) -> None:
        for step in steps:
            ref = StepRef(
                municipality=self.town.code,
                case_id=self.case.ref.case_id,
                subject=self.subject(step),
            )
            name = str(telegram_id(ref, step, self.known.sent_as[step], 0))
            await self.town.fault(card_of(step).peer or "", fault, message_id=name)

    async def sent(self, step: str) -> int:
        """How many telegrams a step has written."""
        return await self.count("telegram", f"step = '{step}' AND subject = {self.subject(step)}")

    async def people(self, table: str, condition: str) -> int:
        """How many people of the case are so in a table of residents."""
        return await self.count(
            f"{table} JOIN case_person USING (municipality, resident_id)", condition
        )

    async def count(self, table: str, condition: str) -> int:
        """How many rows about the case are so."""
        question = f"SELECT count(*) FROM {table} WHERE case_id = $1 AND {condition}"  # noqa: S608
        async with self.town.transaction() as tx:
            return await tx.fetchval(question, self.case.ref.case_id)

    async def waits_at(self, step: str, people: int) -> None:
        """Wait until so many of the case wait at a step."""
        await self._until("case_wait", f"step = '{step}' AND NOT over", people)

    async def parks(self, step: str) -> dict[str, Any]:
        """Wait until the case stands still, and require where; the incident."""
        incident = await self.case.parks()
        assert incident["step"] == step
        return incident

    async def decides(self, verb: Verb, **said: Any) -> bool:
        """Wait until the case is parked and answer its incident; whether the office lets it."""
        incident = await self.case.parks()
        return await self._decide(verb, incident_id=str(incident["incident_id"]), **said)

    async def done_by_hand(self, step: str, evidence: str) -> None:
        """Wait until the case is parked and say that the step was done by hand."""
        wanted = card_of(step).by_hand is ByHand.WITH_NUMBER
        more = {"number": self.kind.number_by_hand(self)} if wanted else {}
        assert await self.decides(Verb.DONE_BY_HAND, evidence=evidence, **more)

    async def withdraws(self) -> bool:
        """Ask for 取下げ; if the office does not let it any more, retry what stands and go on."""
        standing = await self._incident()
        answers = {"incident_id": standing} if standing else {}
        if await self._decide(Verb.WITHDRAW, **answers):
            return True
        if standing:
            assert await self._decide(Verb.RETRY, **answers)
        return False

    async def asks(self, door: str, body: dict[str, Any]) -> bool:
        """Ask something about the case of the API; whether the office lets it."""
        path = f"/v1/cases/{self.case.ref.case_number}/{door}"
        status, answer = await self.stage.frontier.post(self.town, path, body)
        while answer["code" if status == 409 else "state"] == "OUTCOME_UNKNOWN":
            await asyncio.sleep(0.05)  # a telegram of somebody else in the case is on its way
            status, answer = await self.stage.frontier.post(self.town, path, body)
        assert status in {202, 409}, answer
        assert status == 202 or not await self.revocable(), answer
        return status == 202

    async def revocable(self) -> bool:
        """Whether the office lets the case be withdrawn."""
        path = f"/v1/cases/{self.case.ref.case_number}/undo-plan"
        return (await self.stage.frontier.get(self.town, path))["possible"]

    async def ends_withdrawn(self) -> None:
        """Take the case back, or see it through where the office does not let it any more."""
        if await self.withdraws():
            await self.withdrawn()
        else:
            await self.as_happy()

    async def withdrawn(self) -> None:
        """Wait until the case is withdrawn, and require that nothing of it is left."""
        await self.case.closes(CaseState.WITHDRAWN)
        stands = await self.kind.stands(self)
        assert stands in self.kind.before, stands

    async def completed(self) -> None:
        """Wait until the case is completed, and require what it was for."""
        await self.case.closes()
        assert await self.kind.stands(self) in self.kind.after

    async def as_happy(self) -> None:
        """Wait until the case is completed; `Trials` then requires that every effect stands once.

        It asks the systems outside about all such cases together.
        """
        await self.completed()
        self.is_happy = True

    async def withdraw_at_the_end(self) -> None:
        """Let everything happen, and at the last moment take it all back."""
        if self.tried is not None and not self.tried.revocable:
            await self.kind.last_moment(self)
            assert await self._decide(Verb.WITHDRAW)
            await self.turns_back()
            return
        closing = self.hold(CLOSING)
        await self.reaches(closing)
        assert await self._decide(Verb.WITHDRAW)
        closing.released.set()

    async def comes_to_rest(self) -> None:
        """Wait until everybody waits for something that has its day."""
        people = await self.count("case_person", "true")
        await self._until("case_wait", "until IS NOT NULL AND NOT over", people)

    async def turns_back(self) -> None:
        """Wait until the case has taken the decision to withdraw it."""
        await self._until("case_file", "direction = 'withdrawing'", 1)

    async def restart(self) -> None:
        """End the engine's run, and have the case started again."""
        await self.case.terminate()
        house = self.town.house
        engine = Engine(house.client, house.settings.temporal_task_queue)
        await engine.start(Due(self.case.ref, self.case.procedure))

    async def looks_at_its_ledger(self) -> None:
        """Wait until the newest run has looked at the ledger, and done what it does next."""
        handle = self.town.house.client.get_workflow_handle(self.case.workflow_id)

        async def performed() -> list[str] | None:
            return _performed(await handle.fetch_history())

        assert (await eventually(performed) or [""])[0] == "現況を読む"

    def goes_its_way(self) -> None:
        """Have happen outside what happens to such a case."""
        self._way = asyncio.create_task(self.kind.happens(self))

    async def leaves(self) -> None:
        """Let nothing more happen; raises what went wrong on the way."""
        if self._way is not None:
            self._way.cancel()
            with suppress(asyncio.CancelledError):
                await self._way

    async def _incident(self) -> str | None:
        question = "SELECT incident_id::text FROM incident WHERE case_id = $1 AND state = 'open'"
        async with self.town.transaction() as tx:
            return await tx.fetchval(question, self.case.ref.case_id)

    async def _decide(self, verb: Verb, **said: Any) -> bool:
        return await self.asks("decisions", {"verb": verb, "reason": "試験"} | said)

    async def _until(self, table: str, condition: str, people: int) -> None:
        async def so_many() -> bool:
            return await self.count(table, condition) >= people

        await eventually(so_many, within=110)


@dataclass
class Stop:
    """Where a case stands still: refused at its next step, or held a moment before it closes."""

    trial: Trial
    refused: str | None
    held: Hold | None

    async def reached(self) -> None:
        """Wait until it stands there."""
        if self.refused is not None:
            await self.trial.parks(self.refused)
        elif self.held is not None:
            await self.trial.reaches(self.held)

    def goes_on(self) -> None:
        """Let go of what is held; what was refused waits for staff."""
        if self.held is not None:
            self.held.released.set()


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
