"""What scenes do again and again: look who lives where, hand something in, wait, insist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from local.scenario import forms
from local.scenario.caller import Missed, eventually
from local.scenario.cast import THERE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from local.scenario.caller import Caller, Json
    from local.scenario.cast import Household
    from local.scenario.stage import Stage
    from local.scenario.town import Town


class Home(NamedTuple):
    """A household as its town's API shows it: by opaque ids, the head first."""

    household_id: str
    people: list[str]
    addressee_numbers: list[str]

    @property
    def whole(self) -> dict[str, Any]:
        """Everybody of it, for a form."""
        return self.of(*range(len(self.people)))

    def of(self, *places: int) -> dict[str, Any]:
        """Some of it, for a form."""
        people = [self.people[place] for place in places]
        return {"household_id": self.household_id, "residents": people}

    def one(self, place: int) -> dict[str, Any]:
        """One of it, for a form about a single person."""
        return {"household_id": self.household_id, "resident_id": self.people[place]}


def require(holds: object, otherwise: str) -> None:
    """Raise `Missed` unless it holds."""
    if not holds:
        raise Missed(otherwise)


async def home_of(caller: Caller, household: Household) -> Home:
    """Where a household of the cast lives."""
    household_id = await caller.household_id(household)
    members = await caller.members(household)
    numbers = [one["addressee_number"] for one in members]
    return Home(household_id, [one["resident_id"] for one in members], numbers)


async def resident(caller: Caller, resident_id: str) -> Json:
    """Somebody as the register has them now."""
    return (await caller.get("counter", f"residents/{resident_id}")).expect(200)


async def hand_in(caller: Caller, role: str, path: str, form: object) -> str:
    """Hand something in that is accepted; the number of its case."""
    return (await caller.post(role, path, form)).expect(202)["case_number"]


async def carry_out(caller: Caller, role: str, path: str, form: object) -> Json:
    """Hand something in and wait until its case is completed."""
    number = await hand_in(caller, role, path, form)
    return (await caller.completed([number]))[0]


async def certify(stage: Stage, household: Household, place: int = 0) -> str:
    """Issue both 電子証明書 to one of a household; their 住民票コード."""
    code = household.codes[place]
    for number, purpose in enumerate(("signature", "authentication"), start=1):
        await stage.outside.issue_card(household.serial_of(number), code, purpose)
    return code


async def last_told(stage: Stage, code: str) -> str:
    """異動事由 of the last 本人確認情報 that 住基ネット took about somebody."""
    held = (await stage.outside.ledgers()).at_jlis(code)
    return held["entries"][-1]["reason"] if held and held["entries"] else ""


async def file_at_the_counter(
    stage: Stage, household: Household, leaving: dict[str, Any], day: date, *, with_card: bool
) -> str:
    """File a 転出 to the other town; its case."""
    form = forms.at_the_counter(household, leaving, THERE, day, with_card=with_card)
    return await hand_in(stage.caller, "counter", "move-outs", form)


async def cases_of(town: Town, procedure: str) -> set[str]:
    """The numbers of a procedure's cases."""
    return {case["case_number"] for case in await town.caller.cases(procedure=procedure)}


async def new_case(town: Town, procedure: str, known: set[str]) -> str:
    """The one case of a procedure that was not known before."""

    async def fresh() -> set[str]:
        return await cases_of(town, procedure) - known

    return (await eventually(fresh, lambda found: len(found) == 1, procedure, str)).pop()


def waits_for(kind: str, people: int = 1) -> Callable[[Json], bool]:
    """Whether a case waits for this, on account of so many people."""

    def waits(case: Json) -> bool:
        return sum(wait["kind"] == kind for wait in case["waiting_for"]) >= people

    return waits


async def voided(stage: Stage, code: str | None) -> bool:
    """Whether every 転出証明書情報 of an applicant is void."""
    sent = (await stage.outside.ledgers()).jlis["certificates"]
    certificates = [one for one in sent if one["applicant"] == code]
    return bool(certificates) and all(one["voided_by"] for one in certificates)
