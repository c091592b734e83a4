"""People who leave one town for another: through the API, with J-LIS between, the clock moved."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from clients import jlis_moves
from clients.jlis import JlisClient
from clients.wire import Wire
from domain.cases import CaseRef, Procedure, StepRef
from domain.dates import RegisterDate, jst_day
from domain.moves import MoveInNotice
from domain.numbers import ResidentCode
from domain.residents import Address, Presence, Reason
from register import cases, clock, residents
from register.cases import Acceptance
from register.residents import NewRow
from tests.eventually import SETTLED
from tests.house import Case, Town

if TYPE_CHECKING:
    from domain.residents import Present
    from tests.frontier import Frontier
    from tests.house import House

_ordinals = itertools.count(900)
NEW_HOME = Address(postal_code="0600001", line="北海道札幌市中央区北一条西二丁目１番")


@dataclass
class Family:
    """One household of a town: its people in the order of their 宛名番号, the head first."""

    town: Town
    household_id: UUID
    people: list[UUID] = field(default_factory=list[UUID])
    codes: list[ResidentCode] = field(default_factory=list[ResidentCode])

    @classmethod
    async def of(cls, town: Town, household: int = 0) -> Family:
        """A family of the town."""
        household_id = town.households[household]
        async with town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT p.resident_id, p.code FROM resident_present p JOIN resident USING"
                " (municipality, resident_id) WHERE household_id = $1 ORDER BY addressee_number",
                household_id,
            )
        people = [row["resident_id"] for row in rows]
        return cls(town, household_id, people, [ResidentCode(row["code"]) for row in rows])

    async def presence(self, who: int = 0) -> Presence:
        """住民状態 of one of them today, as every reader sees it."""
        async with self.town.transaction() as tx:
            return Presence(
                await tx.fetchval(
                    "SELECT presence FROM resident_today WHERE resident_id = $1", self.people[who]
                )
            )

    async def person(self, who: int = 0) -> Present:
        """One of them as the register has them."""
        async with self.town.transaction() as tx:
            person = await residents.present(tx, self.town.code, self.people[who])
        assert person is not None
        return person

    async def history(self, who: int = 0) -> list[str]:
        """異動事由 of one of them, in order."""
        async with self.town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT reason FROM resident_history WHERE resident_id = $1 ORDER BY history_no",
                self.people[who],
            )
        return [row["reason"] for row in rows]

    async def at_jlis(self, who: int = 0) -> dict[str, Any]:
        """One of them as J-LIS has them, seen from this town."""
        held = (await self.town.ledger("jlis"))["people"]
        return next(person for person in held if person["code"] == self.codes[who])


@dataclass
class Leaving(Case):
    """A 転出受理 as a test sees it."""

    family: Family

    async def waits_for(self, kind: str, people: int = 3) -> None:
        """Wait until so many people of the case stand at this wait."""
        await self._until(
            f"SELECT count(*) >= {people} FROM case_wait WHERE case_id = $1"  # noqa: S608
            f" AND kind = '{kind}' AND NOT over"
        )

    async def settles(self, step: str, people: int = 1) -> None:
        """Wait until a step is done for so many."""
        await self._until(
            f"SELECT count(*) >= {people} FROM step_ledger WHERE case_id = $1"  # noqa: S608
            f" AND step = '{step}' AND state IN ('done', 'by_hand')"
        )

    async def asked(self) -> list[str]:
        """Every activity the newest run has asked for."""
        handle = self.town.house.client.get_workflow_handle(self.workflow_id)
        return [
            event.activity_task_scheduled_event_attributes.activity_type.name
            for event in (await handle.fetch_history()).events
            if event.HasField("activity_task_scheduled_event_attributes")
        ]

    async def sent(self, step: str) -> list[str]:
        """The states of what a step sent, oldest first."""
        async with self.town.transaction() as tx:
            rows = await tx.fetch(
                "SELECT state FROM telegram_state WHERE case_id = $1 AND step = $2"
                " ORDER BY subject, generation, ordinal",
                self.ref.case_id,
                step,
            )
        return [row["state"] for row in rows]


@dataclass
class Movers:
    """Two towns with the road between them."""

    frontier: Frontier
    origin: Town
    destination: Town

    @property
    def house(self) -> House:
        """The house both stand in."""
        return self.frontier.house

    async def in_days(self, days: int) -> date:
        """So many days from today."""
        return await self.frontier.today() + timedelta(days=days)

    async def form(
        self, family: Family, planned_on: date, *who: int, **said: Any
    ) -> dict[str, Any]:
        """A 転出届 of some of them (everybody unless named), as the counter writes it."""
        usual: dict[str, Any] = {
            "household_id": str(family.household_id),
            "residents": [str(family.people[one]) for one in who or range(len(family.people))],
            "planned_on": planned_on.isoformat(),
            "destination": {"municipality": self.destination.code, "line": NEW_HOME.line},
            "with_card": True,
        }
        return usual | said

    async def file(
        self, family: Family, planned_on: date, *who: int, **said: Any
    ) -> tuple[int, dict[str, Any]]:
        """Hand a 転出届 in; the API's answer."""
        body = await self.form(family, planned_on, *who, **said)
        return await self.frontier.post(family.town, "/v1/move-outs", body)

    async def leave(self, family: Family, planned_on: date, *who: int, **said: Any) -> Leaving:
        """Hand a 転出届 in that is accepted; its case."""
        status, answer = await self.file(family, planned_on, *who, **said)
        assert status == 202, answer
        return await self.case(family, answer["case_number"])

    async def case(self, family: Family, number: str) -> Leaving:
        """A 転出受理 by its number."""
        async with family.town.transaction() as tx:
            row = await tx.fetchrow(
                "SELECT municipality, case_id, case_number FROM case_file WHERE case_number = $1",
                number,
            )
        return Leaving(family.town, CaseRef.model_validate(dict(row)), Procedure.MOVE_OUT, family)

    async def file_online(self, family: Family, moving_on: date, *who: int) -> dict[str, Any]:
        """File a move of some of them (everybody unless named) online; the application."""
        movers = [await family.person(one) for one in who or range(len(family.people))]
        serial = str(5 * 10**18 + int(movers[0].code or 0))
        await self.house.world.control(
            "PUT",
            "certificates",
            {"serial": serial, "purpose": "signature", "code": movers[0].code},
        )
        move = {
            "origin": family.town.code,
            "destination": self.destination.code,
            "moving_on": moving_on.isoformat(),
            "visit_on": moving_on.isoformat(),
            "serial": serial,
            "persons": [
                {"name": one.entry.name, "born_on": one.entry.born_on.day.isoformat()}
                for one in movers
            ],
        }
        return await self.house.world.control("POST", "mynaportal/applications", move)

    async def filed(self, family: Family) -> Leaving:
        """The case an application has become."""
        case = await self.frontier.case_of(family.town, Procedure.MOVE_OUT)
        return Leaving(family.town, case.ref, Procedure.MOVE_OUT, family)

    async def told(self, application: dict[str, Any]) -> dict[str, Any]:
        """What the citizen reads of the 転出届."""
        path = f"mynaportal/applications/{application['id']}"
        seen = await self.house.world.control("GET", path)
        return seen["move_out"]["status"] or {}

    async def amend(self, case: Case, **changes: Any) -> tuple[int, dict[str, Any]]:
        """Amend a waiting case."""
        path = f"/v1/cases/{case.ref.case_number}/amendments"
        return await self.frontier.post(case.town, path, {"reason": "申出による。"} | changes)

    async def withdraw(self, case: Case) -> tuple[int, dict[str, Any]]:
        """転出取消."""
        path = f"/v1/cases/{case.ref.case_number}/decisions"
        said = {"verb": "withdraw", "reason": "転出取消の申出による。"}
        return await self.frontier.post(case.town, path, said)

    async def show(self, case: Case) -> dict[str, Any]:
        """The case as the API shows it."""
        return await self.frontier.get(case.town, f"/v1/cases/{case.ref.case_number}")

    async def tell(self, family: Family, moved_in_on: date, *who: int, **said: Any) -> UUID:
        """Have the destination send 転入通知 about some of them; its id, once it is taken."""
        sender: Town = said.pop("sender", self.destination)
        usual: dict[str, Any] = {
            "origin": family.town.code,
            "codes": [family.codes[one] for one in who or range(len(family.codes))],
            "moved_in_on": moved_in_on,
            "address": NEW_HOME,
            "notified_on": await self.frontier.today(),
        }
        notice, telegram_id = MoveInNotice.model_validate(usual | said), uuid4()
        body = jlis_moves.move_in_notice(sender.code, telegram_id, notice)
        client = JlisClient(Wire(self.frontier.session, f"{self.house.world.url}/jlis", 5))
        await client.send(sender.code, telegram_id, body)
        await self.taken(family.town, telegram_id)
        return telegram_id

    async def taken(self, town: Town, message_id: UUID) -> str:
        """Wait until a message has found its place in a town; where."""
        async with asyncio.timeout(SETTLED):
            while (state := await self.placed(town, message_id)) in {None, "received"}:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return state or ""

    async def placed(self, town: Town, message_id: UUID) -> str | None:
        """Where a message stands in a town."""
        async with town.transaction() as tx:
            return await tx.fetchval(
                "SELECT state FROM inbox_state WHERE message_id = $1", message_id
            )

    async def received(self, town: Town, message: str) -> int:
        """How many messages of a kind a town has taken in, once there are no more on their way."""
        async with asyncio.timeout(SETTLED):
            while (count := await self._count(town, message)) == 0:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        return max(count, await self._count(town, message))

    async def _count(self, town: Town, message: str) -> int:
        async with town.transaction() as tx:
            return await tx.fetchval(
                "SELECT count(*) FROM inbox_message WHERE message = $1", message
            )

    async def recorded(self, town: Town) -> list[Case]:
        """The 転入通知受理 of a town."""
        return await self.frontier.cases_of(town, Procedure.MOVE_IN_NOTICE)


async def at_rest(town: Town) -> None:
    """Let no later test's clock wake what still waits in a town."""
    async with town.transaction() as tx:
        await tx.execute("UPDATE case_wait SET over = true WHERE NOT over")


async def corrected(family: Family, *, who: int = 0, **changes: Any) -> None:
    """職権修正 of one of them, by a case of its own that is over at once."""
    await _write(family, who, Reason.CORRECTION, changes=changes)


async def struck(family: Family, *, who: int, day: date) -> None:
    """職権消除 of one of them, as of a day."""
    await _write(family, who, Reason.CORRECTION, presence=Presence.STRUCK, day=day)


async def _write(
    family: Family,
    who: int,
    reason: Reason,
    *,
    changes: dict[str, Any] | None = None,
    presence: Presence | None = None,
    day: date | None = None,
) -> None:
    town, resident_id = family.town, family.people[who]
    async with town.transaction() as tx:
        acceptance = Acceptance("職権修正", {}, "test", residents=(resident_id,))
        case = await cases.accept(tx, town.code, acceptance)
        ref = StepRef(municipality=town.code, case_id=case.case_id, subject=1)
        person = (await residents.lock(tx, town.code, [resident_id]))[resident_id]
        row = NewRow(
            reason=reason,
            effective_on=RegisterDate.on(day or jst_day(await clock.now(tx))),
            notified_on=None,
            entry=person.entry.model_copy(update=changes or {}),
            presence=presence or person.presence,
            code=person.code,
            owes_notice=False,
        )
        await residents.append(tx, ref, resident_id, row)
        await tx.execute(
            "UPDATE case_file SET state = 'completed', started_at = now() WHERE case_id = $1",
            case.case_id,
        )
