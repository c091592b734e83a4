"""Changes of people who live here: what a 届出 makes of a family of three, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.address_change import AddressChange
from domain.cases import Procedure
from domain.correction import Basis, Correction, CorrectionKind, Corrections, MinorCorrection
from domain.dates import RegisterDate
from domain.death import Death
from domain.heads import NewRelationship, Placing
from domain.household_change import HouseholdChange, HouseholdChangeKind
from domain.identifier_changes import CHANGE_NUMBER, CodeChange, NumberChange, NumberChangeKind
from domain.residents import Address
from register import cancellations, case_views, changing, number_changes
from register.cancellations import Wish
from tests.changing import NEW_HOME
from tests.workflows.kind import Begun, Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from domain.changes import Report
    from tests.workflows.household import Household
    from tests.workflows.stage import Stage
    from tests.workflows.trial import Trial

UNCHANGED = frozenset[str]()
_ENTERED = frozenset({"entered"})


@dataclass(frozen=True)
class Changes(Kind):
    """A 届出 about some of a family; whoever it says nothing of stands as before."""

    before: tuple[object, ...] = (UNCHANGED,)
    report: Callable[[Household, date], Report] | None = None

    async def begin(self, stage: Stage) -> Begun:
        """A 届出 of today, at the counter."""
        family = await stage.household()
        await family.is_remembered()
        reported = self.reported(family, await stage.frontier.today())
        async with stage.here.transaction() as tx:
            acting = stage.here.acting()
            case = await changing.accept(tx, acting, Procedure(self.procedure), reported)
        return Begun(case, family)

    def reported(self, family: Household, today: date) -> Report:
        """The 届出."""
        assert self.report is not None
        return self.report(family, today)

    async def stands(self, trial: Trial) -> object:
        """Whose fields are not what they were, and whether a row of the case counts."""
        assert trial.family is not None
        entered = await trial.family.has_rows_of(trial.case)
        return await trial.family.differs() | (_ENTERED if entered else UNCHANGED)


@dataclass(frozen=True)
class NumberChanges(Changes):
    """個人番号の変更: it is withdrawn before J-LIS makes the new number, or not at all."""

    async def last_moment(self, trial: Trial) -> None:
        """J-LIS is not asked yet."""
        trial.refuse(CHANGE_NUMBER)
        await trial.parks(CHANGE_NUMBER)


@dataclass(frozen=True)
class NumberCorrections(NumberChanges):
    """個人番号の職権修正: the number named is the one J-LIS has; all agree throughout."""

    async def begin(self, stage: Stage) -> Begun:
        """The right number is put away with the 届出."""
        family = await stage.household()
        vault, person = stage.here.house.vault, family.people[0]
        await family.is_remembered()
        reported = self.reported(family, await stage.frontier.today())
        async with stage.here.transaction() as tx:
            case = await changing.accept(
                tx, stage.here.acting(), Procedure(self.procedure), reported
            )
            await number_changes.put_away(tx, vault, case, person, family.numbers[0])
        return Begun(case, family)


@dataclass(frozen=True)
class Cancels(Changes):
    """異動取消 of a case that is finished, of everybody it changed."""

    cancelled: Kind | None = None

    async def begin(self, stage: Stage) -> Begun:
        """Once that case has come to its end."""
        assert self.cancelled is not None
        first, family = await self.cancelled.begin(stage)
        await stage.here.case(first, self.cancelled.procedure).closes()
        if family is not None:
            await family.is_remembered()
        async with stage.here.transaction() as tx:
            file = await case_views.lock(tx, first.case_number)
            assert file is not None
            case = await cancellations.accept(tx, stage.here.acting(), Wish(file))
        return Begun(case, family)

    async def stands(self, trial: Trial) -> object:
        """Whose fields are not what they were; how many of the newborn are residents."""
        return await (super().stands(trial) if trial.family else Kind.stands(self, trial))


def differing(*of: str, who: tuple[int, ...] = (1, 2)) -> frozenset[str]:
    """These fields of each of these people, by a row of the case."""
    return _ENTERED | frozenset(f"{one} {field}" for one in who for field in of)


def moves(family: Household, today: date) -> Report:
    """転居 of spouse and child, who found a household; the head stays."""
    spouse, child = family.people[1:]
    return AddressChange(
        residents=(spouse, child),
        notified_on=today,
        household_id=family.household_id,
        moved_on=today,
        address=Address.model_validate(NEW_HOME),
        placing=_led_by_the_spouse(family),
    )


def splits(family: Household, today: date) -> Report:
    """世帯分離 of spouse and child."""
    return HouseholdChange(
        residents=tuple(family.people[1:]),
        notified_on=today,
        kind=HouseholdChangeKind.SPLIT,
        household_id=family.household_id,
        changed_on=today,
        placing=_led_by_the_spouse(family),
    )


def die(family: Household, today: date) -> Report:
    """死亡 of spouse and child."""
    return Death(
        residents=tuple(family.people[1:]),
        notified_on=today,
        household_id=family.household_id,
        died_on=RegisterDate.on(today),
        learned_on=today,
    )


def corrected(
    kind: CorrectionKind, *who: int, minor: MinorCorrection | None = None, **right: str
) -> Callable[[Household, date], Report]:
    """職権修正 of some of them."""

    def report(family: Household, today: date) -> Report:
        return Correction(
            residents=tuple(family.people[one] for one in who),
            notified_on=None,
            kind=kind,
            minor=minor,
            basis=Basis.SURVEY if kind is CorrectionKind.STRIKE else Basis.FAMILY_REGISTER,
            evidence="通知-2026-0311",
            household_id=family.household_id,
            happened_on=RegisterDate.on(today),
            corrections=Corrections.model_validate(right),
        )

    return report


def changes_code(family: Household, today: date) -> Report:
    """住民票コードの変更 of the head."""
    return CodeChange(
        residents=(family.people[0],),
        notified_on=today,
        household_id=family.household_id,
        changed_on=today,
    )


def changes_number(family: Household, today: date) -> Report:
    """個人番号の変更請求 of the head."""
    return NumberChange(
        residents=(family.people[0],),
        notified_on=today,
        household_id=family.household_id,
        kind=NumberChangeKind.REQUEST,
        generates=True,
        grounds="漏えい-2026-0003",
        changed_on=today,
    )


def recognises_a_number(family: Household, today: date) -> Report:
    """個人番号の職権修正 of the head: the right number is named, and none is generated."""
    ex_officio = {"kind": NumberChangeKind.EX_OFFICIO, "notified_on": None, "generates": False}
    return changes_number(family, today).model_copy(update=ex_officio)


def _led_by_the_spouse(family: Household) -> Placing:
    spouse, child = family.people[1:]
    child_of_the_spouse = NewRelationship(resident_id=child, relationship="子")
    return Placing(head=spouse, relationships=(child_of_the_spouse,))
