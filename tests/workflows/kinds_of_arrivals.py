"""People who come: 出生付番, 特例転入, 転入, 職権記載."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from clients import jlis_moves
from domain.arrivals import (
    CardCheck,
    EntryCause,
    ExOfficio,
    MoveInNotification,
    Newcomer,
    Origin,
    PinResult,
    Visit,
    Visitor,
)
from domain.cases import Procedure
from domain.correction import Basis
from domain.dates import RegisterDate
from domain.moves import Certificate, Mover
from domain.numbers import ResidentCode
from domain.residents import Sex
from domain.telegrams import Peer
from register import arrivals, cases, newcomers
from register.cases import Acceptance
from tests.frontier import HOME
from tests.workflows.kind import Begun, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.cases import CaseRef
    from domain.numbers import MyNumber
    from domain.residents import Present
    from tests.house import Town
    from tests.workflows.household import Household
    from tests.workflows.stage import Stage
    from tests.workflows.trial import Trial

_VISIT = "来庁を待つ"


@dataclass(frozen=True)
class Births(Kind):
    """出生付番, of one child or of several."""

    children: tuple[str, ...] = ()
    apart: bool = False
    """Whether each is born to a household of its own."""

    async def begin(self, stage: Stage) -> Begun:
        """Each birth of a household on a day of its own."""
        born_on = RegisterDate.on(date(2026, 11, 20) - timedelta(days=next(stage.ordinals)))
        home = (await stage.household()).household_id if self.apart else stage.here.households[0]
        case = await stage.here.report_birth(
            *self.children,
            household=stage.here.households.index(home),
            procedure=self.procedure,
            born_on=born_on,
        )
        return Begun(case.ref)


@dataclass(frozen=True)
class MovesInByCard(Kind):
    """特例転入 of head and spouse, announced online; CS-05 was sent ahead, then they come."""

    async def begin(self, stage: Stage) -> Begun:
        """CS-05 and the 来庁予定, in one breath."""
        family = await stage.gone(stage.there)
        application = await stage.files(family, stage.there, stage.here)
        plan = await stage.filed(stage.here, application, "OS-02")
        certificate = await _certificate(stage, family)
        async with stage.here.transaction() as tx:
            case = await stage.arrives(tx, stage.here, Peer.JLIS, certificate)
            await stage.arrives(tx, stage.here, Peer.MYNAPORTAL, plan, family.codes[0])
        return Begun(case, family)

    async def happens(self, trial: Trial) -> None:
        """They come as soon as they are waited for."""
        await trial.waits_at(_VISIT, people=1)
        today = await trial.stage.frontier.today()
        visit = Visit(
            code=trial.movers[0],
            visitor=Visitor.PERSON,
            card=CardCheck.VERIFIED,
            pin=PinResult.MATCHED,
            visited_on=today,
            moved_in_on=today,
            address=HOME,
        )
        async with trial.town.transaction() as tx:
            await cases.lock(tx, trial.case.ref)
            await arrivals.note_visit(tx, trial.case.ref, visit, "test")


@dataclass(frozen=True)
class MovesIn(Kind):
    """転入 of head and spouse with a paper 転出証明書."""

    async def begin(self, stage: Stage) -> Begun:
        """A 転入届 at the counter."""
        family = await stage.gone(stage.there)
        persons = [_newcomer(one) for one in await family.members((0, 1))]
        numbers = family.numbers[:2]
        return Begun(await _reported(stage, persons, numbers, origin=stage.there), family)


@dataclass(frozen=True)
class MovesInFromAbroad(Kind):
    """国外転入 of two who never had a code or a number."""

    async def begin(self, stage: Stage) -> Begun:
        """A 転入届 at the counter."""
        born_on = RegisterDate.on(date(1980, 1, 1) + timedelta(days=next(stage.ordinals)))
        persons = [
            Newcomer(name=f"山田　{given}", sex=sex, born_on=born_on, relationship=relationship)
            for given, sex, relationship in (
                ("一郎", Sex.MALE, "世帯主"),
                ("花子", Sex.FEMALE, "妻"),
            )
        ]
        return Begun(await _reported(stage, persons, [None, None], origin=None))


@dataclass(frozen=True)
class EntersExOfficio(Kind):
    """職権記載 of one whom no register has: a code of ours, and a number for the first time."""

    async def begin(self, stage: Stage) -> Begun:
        """Found living here."""
        born_on = RegisterDate.on(date(1970, 1, 1) + timedelta(days=next(stage.ordinals)))
        nobody = Newcomer(name="山田　一", sex=Sex.MALE, born_on=born_on, relationship="世帯主")
        ground = ExOfficio(
            cause=EntryCause.FAMILY_REGISTER, basis=Basis.JUDGMENT, evidence="就籍許可審判-12"
        )
        case = await _reported(stage, [nobody], [None], origin=None, ex_officio=ground)
        return Begun(case)


async def _certificate(stage: Stage, family: Household) -> bytes:
    """CS-05 of the other town about two who come here."""
    movers = [
        Mover.leaving(code, number, person.entry, is_head=person.entry.relationship == "世帯主")
        for person, code, number in zip(
            await family.members((0, 1)), family.codes, family.numbers, strict=False
        )
    ]
    said = Certificate(
        destination=stage.here.code,
        planned_on=await stage.frontier.today(),
        special=True,
        applicant=movers[0].code,
        persons=tuple(movers),
    )
    return stage.letter(
        stage.there, stage.here, jlis_moves.certificate(stage.there.code, uuid4(), said)
    )


def _newcomer(person: Present) -> Newcomer:
    entry = person.entry
    return Newcomer(
        code=ResidentCode(person.code or ""),
        name=entry.name,
        name_kana=entry.name_kana,
        sex=entry.sex,
        born_on=entry.born_on,
        relationship=entry.relationship,
        domicile=entry.domicile,
        head_of_family_register=entry.head_of_family_register,
        former_address=entry.address,
    )


async def _reported(
    stage: Stage,
    persons: list[Newcomer],
    numbers: Sequence[MyNumber | None],
    *,
    origin: Town | None,
    ex_officio: ExOfficio | None = None,
) -> CaseRef:
    """Accept a 転入届 of today, as the counter does, or a 職権記載."""
    today, vault, town = await stage.frontier.today(), stage.frontier.house.vault, stage.here.code
    report = MoveInNotification(
        source=Origin.MUNICIPALITY if origin else Origin.ABROAD,
        origin=origin and origin.code,
        notified_on=today,
        moved_in_on=today,
        address=HOME,
        persons=tuple(persons),
        ex_officio=ex_officio,
    )
    async with stage.here.transaction() as tx:
        known = [
            await newcomers.recognise(tx, vault, town, person, number)
            for person, number in zip(persons, numbers, strict=True)
        ]
        acceptance = Acceptance(
            Procedure.ENTRY if ex_officio else Procedure.MOVE_IN,
            report.model_dump(mode="json"),
            "test",
            residents=[one.resident_id for one in known],
            examined=newcomers.examined(known),
        )
        case = await cases.accept(tx, town, acceptance)
        for one, number in zip(known, numbers, strict=True):
            await newcomers.keep_number(tx, vault, case, one.resident_id, number)
    return case
