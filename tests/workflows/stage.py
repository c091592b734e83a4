"""Where trials are played: two towns of one house, people in both, and the post between them."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from clients import inbox as wire
from clients.wire import Wire
from domain.cases import CaseRef
from domain.dates import RegisterDate
from domain.notices import Change, IdentityNotice
from domain.numbers import MyNumber, ResidentCode
from register import arrivals, inbox
from register.inbox import Received
from tests.agreement import agrees
from tests.moving import Family, struck
from tests.people import families
from tests.simulators.office import Office
from tests.workflows.household import Household

if TYPE_CHECKING:
    from domain.telegrams import Peer
    from register.transactions import Tx
    from tests.frontier import Frontier
    from tests.house import Town

_BATCH = 6
_FIRST_OF_BATCH = itertools.count(5_000_000, 1_000)
_BIRTHDAYS = itertools.cycle(date(1940, 1, 1) + timedelta(days=day) for day in range(20_000))
"""One for each: who shares name and birthday with somebody of another trial is held for staff."""
_NOT_TODAY = 86_400.0


@dataclass
class Stage:
    """A town whose cases are tried, and the one its people come from or go to."""

    frontier: Frontier
    here: Town
    there: Town
    ordinals: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    said: set[str] = field(default_factory=set[str])
    """Ids of telegrams that the test sent in a town's name."""
    _at_home: list[Household] = field(default_factory=list[Household])
    _gone: list[Household] = field(default_factory=list[Household])
    _elsewhere: Town | None = None
    _drawing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def opened(cls, frontier: Frontier) -> Stage:
        """Two towns nobody else uses; what one of them is owed by post is handed over by tests."""
        here, there = [await frontier.house.open_town(target_stock=200) for _ in range(2)]
        await here.stock()
        for town in (here, there):
            for kind in ("OS-01", "OS-02"):
                await frontier.delay("mynaportal", kind, town, _NOT_TODAY)
        return cls(frontier, here, there)

    async def household(self) -> Household:
        """A family of three that lives here, and that no other trial is about."""
        async with self._drawing:
            if not self._at_home:
                self._at_home = await _settled(self.here)
            return self._at_home.pop()

    async def gone(self, town: Town) -> Household:
        """A family of three that has left a town, where it is 除票, and is registered nowhere."""
        async with self._drawing:
            if not self._gone:
                self._gone = await _settled(town, addressees=False)
                await asyncio.gather(*(self._leave(one) for one in self._gone))
            return self._gone.pop()

    async def elsewhere(self) -> Town:
        """A third town."""
        async with self._drawing:
            if self._elsewhere is None:
                self._elsewhere = await self.frontier.house.open_town()
            return self._elsewhere

    async def files(self, family: Household, origin: Town, destination: Town) -> dict[str, Any]:
        """Head and spouse file a move of today online; the application."""
        movers = await family.members((0, 1))
        serial = str(5 * 10**18 + int(family.codes[0]))
        issued = {"serial": serial, "purpose": "signature", "code": family.codes[0]}
        await self.frontier.house.world.control("PUT", "certificates", issued)
        today = (await self.frontier.today()).isoformat()
        move = {
            "origin": origin.code,
            "destination": destination.code,
            "moving_on": today,
            "visit_on": today,
            "serial": serial,
            "persons": [
                {"name": one.entry.name, "born_on": one.entry.born_on.day.isoformat()}
                for one in movers
            ],
        }
        return await self.frontier.house.world.control("POST", "mynaportal/applications", move)

    async def filed(self, town: Town, application: dict[str, Any], kind: str) -> bytes:
        """What マイナポータル sends a town about an application."""
        parts = (await town.ledger("mynaportal"))["parts"]
        sent = application["messages"][kind]
        return _json(next(one["envelope"] for one in parts if one["message_id"] == sent))

    def letter(self, sender: Town, receiver: Town, body: bytes) -> bytes:
        """What J-LIS sends on of a municipality's telegram."""
        said = json.loads(body)
        return _json(
            {
                "電文ID": said["電文ID"],
                "電文種別": said["電文種別"],
                "市町村コード": receiver.code,
                "発信元": sender.code,
                "発信日時": datetime.now(UTC).isoformat(timespec="milliseconds"),
                "本文": said["本文"],
            }
        )

    async def arrives(
        self, tx: Tx, town: Town, peer: Peer, body: bytes, code: str | None = None
    ) -> CaseRef:
        """Take a message in as the inbox does; the case it has joined.

        With a ``code``, 本人特定 is over: it is known whose application it is.
        """
        vault, arrival = self.frontier.house.vault, wire.read(peer, body)
        received = Received(peer, arrival.message_id, arrival.kind, body)
        assert await inbox.receive(tx, vault, town.code, received)
        if code is None:
            await arrivals.take(tx, vault, town.code, arrival)
        else:
            await arrivals.identified(tx, vault, town.code, arrival, ResidentCode(code))
        row = await tx.fetchrow(
            "SELECT municipality, case_id, case_number FROM case_file JOIN inbox_state"
            " USING (municipality, case_id) WHERE message_id = $1",
            arrival.message_id,
        )
        assert row is not None
        return CaseRef.model_validate(dict(row))

    async def agrees(self) -> None:
        """Require that everybody tells the same story, in both towns."""
        await agrees(self.here, besides=self.said)
        await agrees(self.there, besides=self.said)

    async def _leave(self, family: Household) -> None:
        """They left yesterday, and everybody was told."""
        yesterday = await self.frontier.today() - timedelta(days=1)
        office = Office(
            family.town.code,
            self.frontier.house.world.url,
            lambda url: Wire(self.frontier.session, url, 5),
        )
        for who, number in enumerate(family.numbers):
            person = await family.person(who)
            await struck(family, who=who, day=yesterday)
            notice = IdentityNotice(
                change=Change.STRIKE,
                reason="転出",
                effective_on=RegisterDate.on(yesterday),
                notified_on=yesterday,
                update_number=1,
                code=family.codes[who],
                number=number,
                entry=person.entry,
            )
            self.said.add(str(await office.tell(notice)))


async def _settled(town: Town, *, addressees: bool = True) -> list[Household]:
    """Some families of three, who have just been brought into the town."""
    people = [
        one | {"生年月日": next(_BIRTHDAYS).isoformat()}
        for one in families(_BATCH, first=next(_FIRST_OF_BATCH))
    ]
    before = set(town.households)
    await town.settle(people, addressees=addressees)
    numbers = {one["住民票コード"]: MyNumber(one["個人番号"]) for one in people}
    settled: list[Household] = []
    for place, household_id in enumerate(town.households):
        if household_id in before:
            continue
        family = await Family.of(town, place)
        if family.codes and numbers.keys() >= {*family.codes}:  # else another trial founded it
            theirs = [numbers[code] for code in family.codes]
            settled.append(Household(town, household_id, family.people, family.codes, theirs))
    return settled


def _json(envelope: object) -> bytes:
    return json.dumps(envelope, ensure_ascii=False).encode()
