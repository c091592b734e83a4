"""The procedures that trials are made of: how a case begins, and what becomes of its people.

A new procedure adds one class here; its steps and undos are read from its own story.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from activities.step import card_of
from clients import jlis_moves
from domain.arrivals import (
    CardCheck,
    MoveInNotification,
    Newcomer,
    Origin,
    PinResult,
    Visit,
    Visitor,
)
from domain.cases import Procedure, StepRef, Verb
from domain.dates import RegisterDate
from domain.move_out import AWAIT_NOTICE, MoveOutNotification
from domain.moves import Certificate, MoveInNotice, Mover
from domain.numbers import ResidentCode
from domain.residents import Destination, Sex
from domain.telegrams import Peer
from register import arrivals, cases, move_outs, newcomers, serials
from register.cases import Acceptance
from tests.frontier import HOME
from tests.moving import NEW_HOME
from tests.triplets import NAMES, TRIPLETS, Triplets
from workflows.birth import Birth
from workflows.certificate_serial import CertificateSerial
from workflows.move_in import MoveIn
from workflows.move_in_notice import MoveInNotice as LateNotice
from workflows.move_out import MoveOut
from workflows.rehearsal import rehearse
from workflows.special_move_in import SpecialMoveIn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.cases import CaseRef
    from domain.numbers import MyNumber
    from register.residents import Present
    from tests.house import Town
    from tests.workflows.stage import Household, Stage
    from tests.workflows.trials import Trial
    from workflows.conduct import Conduct
    from workflows.rehearsal import Line

AMENDED: dict[str, Any] = {
    "name": "田中　葵",
    "relationship": "養子",
    "address": {
        "postal_code": "1020072",
        "line": "東京都千代田区飯田橋一丁目9番9号",
        "building": "",
    },
}
_VISIT = "来庁を待つ"
_COUPLE = (("一郎", Sex.MALE, "世帯主"), ("花子", Sex.FEMALE, "妻"))


class Begun(NamedTuple):
    """A case just accepted, and whom it is about, where they have lived somewhere before."""

    case: CaseRef
    family: Household | None = None


@dataclass(frozen=True)
class Kind:
    """A procedure to try, with people of whom the second (or only one) meets the trouble."""

    name: str
    procedure: str
    told: type[Conduct]
    victim: int = 2
    before: tuple[object, ...] = (0,)
    """What `stands` may say of a case that is withdrawn."""
    after: tuple[object, ...] = (2,)
    """What `stands` may say of a case that is completed."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of the procedure and their undos."""
        return rehearse(self.told)

    async def begin(self, stage: Stage) -> Begun:
        """Accept one case."""
        raise NotImplementedError

    async def happens(self, trial: Trial) -> None:
        """Play what comes from outside while the case runs."""

    async def stands(self, trial: Trial) -> object:
        """What has become of the people: how many of the case are residents."""
        return await trial.people("resident_today", "presence = '現存'")

    def may_amend(self, step: str) -> bool:
        """Whether staff are offered to amend when this step is refused."""
        return Verb.AMEND in card_of(step).verbs

    async def amend(self, trial: Trial) -> bool:
        """Have the 届出 of the victim amended; whether the office lets it."""
        return await trial.decides(Verb.AMEND, amendment=AMENDED)

    async def amended(self, trial: Trial) -> bool:
        """Whether the register follows the amended 届出."""
        return await trial.people("resident_present", f"entry ->> 'name' = '{AMENDED['name']}'") > 0


@dataclass(frozen=True)
class Births(Kind):
    """出生付番, of one child or of several."""

    children: tuple[str, ...] = ()

    async def begin(self, stage: Stage) -> Begun:
        """Each birth of a household on a day of its own."""
        day = date(2026, 11, 20) - timedelta(days=next(stage.ordinals))
        case = await stage.here.report_birth(
            *self.children, procedure=self.procedure, born_on=RegisterDate.on(day)
        )
        return Begun(case.ref)


@dataclass(frozen=True)
class MovesOut(Kind):
    """転出受理 of head and spouse, filed online; a child stays and heads the household."""

    async def begin(self, stage: Stage) -> Begun:
        """What マイナポータル sent, once it is known who signed it."""
        family = await stage.household()
        application = await stage.files(family, stage.here, stage.there)
        body = await stage.filed(stage.here, application, "OS-01")
        async with stage.here.transaction() as tx:
            case = await stage.arrives(tx, stage.here, Peer.MYNAPORTAL, body, family.codes[0])
        return Begun(case, family)

    async def happens(self, trial: Trial) -> None:
        """The 転入通知, as soon as everybody waits for it."""
        await trial.waits_at(AWAIT_NOTICE, people=2)
        told = await _notice(trial.stage, _of(trial))
        async with trial.town.transaction() as tx:
            await trial.stage.arrives(tx, trial.town, Peer.JLIS, told)

    def may_amend(self, step: str) -> bool:
        """Wherever the case stands: its 届出 is amended while it waits."""
        del step
        return True

    async def amend(self, trial: Trial) -> bool:
        """They go somewhere else."""
        elsewhere = await self.elsewhere(trial.stage)
        return await trial.asks("amendments", {"reason": "申出による。", "destination": elsewhere})

    async def amended(self, trial: Trial) -> bool:
        """The new place is entered for both."""
        [place] = (await self.elsewhere(trial.stage)).values()
        meant = "entry #> '{leaving,destination}' ->>"
        told = f"'{place}' IN ({meant} 'municipality', {meant} 'country')"
        return await trial.people("resident_present", told) == 2

    async def elsewhere(self, stage: Stage) -> dict[str, str]:
        """Where they go instead."""
        return {"municipality": (await stage.elsewhere()).code}


@dataclass(frozen=True)
class MovesAbroad(MovesOut):
    """転出受理 of the same two to a foreign country: nobody will tell that they have arrived."""

    async def begin(self, stage: Stage) -> Begun:
        """A 転出届 of today, at the counter."""
        family = await stage.household()
        today = await stage.frontier.today()
        reported = MoveOutNotification(
            household_id=family.household_id,
            residents=tuple(family.people[:2]),
            notified_on=today,
            planned_on=today,
            destination=Destination(country="フランス共和国"),
        )
        async with stage.here.transaction() as tx:
            return Begun(await move_outs.accept(tx, stage.here.acting(), reported), family)

    async def happens(self, trial: Trial) -> None:
        """Nothing."""

    async def elsewhere(self, stage: Stage) -> dict[str, str]:
        """Another country."""
        del stage
        return {"country": "カナダ"}


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
            code=_of(trial)[0],
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
class LateNotices(Kind):
    """転入通知受理 about two who left before."""

    async def begin(self, stage: Stage) -> Begun:
        """CS-07."""
        family = await stage.gone(stage.here)
        told = await _notice(stage, family.codes[:2])
        async with stage.here.transaction() as tx:
            return Begun(await stage.arrives(tx, stage.here, Peer.JLIS, told), family)

    async def stands(self, trial: Trial) -> object:
        """Of how many it is noted where they went."""
        return await trial.people("resident_present", "entry ->> 'left' IS NOT NULL")


@dataclass(frozen=True)
class Serials(Kind):
    """証明書シリアル取得 for a 来庁予定; the case is about nobody yet."""

    async def begin(self, stage: Stage) -> Begun:
        """What マイナポータル sent."""
        family = await stage.gone(stage.there)
        application = await stage.files(family, stage.there, stage.here)
        plan = await stage.filed(stage.here, application, "OS-02")
        async with stage.here.transaction() as tx:
            return Begun(await stage.arrives(tx, stage.here, Peer.MYNAPORTAL, plan), family)

    def may_amend(self, step: str) -> bool:
        """There is no 届出."""
        del step
        return False

    async def stands(self, trial: Trial) -> object:
        """Where the application is: with its case, or on the list for staff."""
        ref = trial.case.ref
        whole = StepRef(municipality=ref.municipality, case_id=ref.case_id, subject=0)
        async with trial.town.transaction() as tx:
            return await tx.fetchval(
                "SELECT state FROM inbox_state WHERE message_id = $1",
                await serials.asked_about(tx, whole),
            )


KINDS: tuple[Kind, ...] = (
    Births("one_child", Procedure.BIRTH, Birth, 1, after=(1,), children=("田中　遥",)),
    Births("triplets", TRIPLETS, Triplets, after=(3,), children=NAMES),
    MovesOut("move_out", Procedure.MOVE_OUT, MoveOut, before=(2,), after=(0,)),
    MovesAbroad("move_abroad", Procedure.MOVE_OUT, MoveOut, before=(2,), after=(0,)),
    MovesInByCard("special_move_in", Procedure.SPECIAL_MOVE_IN, SpecialMoveIn),
    MovesIn("move_in", Procedure.MOVE_IN, MoveIn),
    MovesInFromAbroad("from_abroad", Procedure.MOVE_IN, MoveIn),
    LateNotices("late_notice", Procedure.MOVE_IN_NOTICE, LateNotice),
    # Once its case has begun, the application stays with it.
    Serials(
        "serial",
        Procedure.CERTIFICATE_SERIAL,
        CertificateSerial,
        victim=0,
        before=("unclaimed", "attached"),
        after=("attached",),
    ),
)


def _of(trial: Trial) -> list[ResidentCode]:
    assert trial.family is not None
    return trial.family.codes[:2]


async def _notice(stage: Stage, codes: list[ResidentCode]) -> bytes:
    """CS-07 of the other town about people of this one."""
    today = await stage.frontier.today()
    said = MoveInNotice(
        origin=stage.here.code,
        codes=tuple(codes),
        moved_in_on=today,
        address=NEW_HOME,
        notified_on=today,
    )
    body = jlis_moves.move_in_notice(stage.there.code, uuid4(), said)
    return stage.letter(stage.there, stage.here, body)


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
) -> CaseRef:
    """Accept a 転入届 of today, as the counter does."""
    today, vault, town = await stage.frontier.today(), stage.frontier.house.vault, stage.here.code
    report = MoveInNotification(
        source=Origin.MUNICIPALITY if origin else Origin.ABROAD,
        origin=origin and origin.code,
        notified_on=today,
        moved_in_on=today,
        address=HOME,
        persons=tuple(persons),
    )
    async with stage.here.transaction() as tx:
        known = [
            await newcomers.recognise(tx, vault, town, person, number)
            for person, number in zip(persons, numbers, strict=True)
        ]
        acceptance = Acceptance(
            Procedure.MOVE_IN,
            report.model_dump(mode="json"),
            "test",
            residents=[one.resident_id for one in known],
            examined=newcomers.examined(known),
        )
        case = await cases.accept(tx, town, acceptance)
        for one, number in zip(known, numbers, strict=True):
            await newcomers.keep_number(tx, vault, town, one.resident_id, number)
    return case
