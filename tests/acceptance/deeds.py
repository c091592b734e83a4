"""What people and clerks do in the acceptance scenarios: everything through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.cases import Procedure
from register.vault import MY_NUMBER
from tests.changing import Locals
from tests.moving import Family

if TYPE_CHECKING:
    from datetime import date

    from tests.frontier import Frontier
    from tests.house import Case, Town
    from tests.moving import Movers

BOTH = frozenset({"signature", "authentication"})
"""The certificates on a card."""
HOME = {"line": "北海道函館市五稜郭町１番"}
"""Where people live who have moved to another town."""


def at(movers: Movers, town: Town) -> Locals:
    """The counter of one of two towns."""
    return Locals(movers.frontier, town)


async def at_its_counter(here: Locals, path: str, said: dict[str, Any]) -> dict[str, Any]:
    """What the receipt of a 届出 says that is accepted."""
    status, answer = await here.post(path, said)
    assert status == 202, answer
    return answer


async def reports_birth(here: Locals, family: Family, **child: Any) -> Case:
    """出生届 of a child of a family."""
    today = (await here.today()).isoformat()
    usual = {"name": "田中　遥", "name_kana": "タナカ　ハルカ", "sex": "女", "born_on": today}
    form = {"household_id": str(family.household_id), "child": usual | child}
    return await here.accepted(Procedure.BIRTH, "/v1/births", form)


async def corrects(here: Locals, family: Family, who: int, **said: Any) -> Case:
    """職権修正 of one of a family; whatever is no part of its form is what is corrected."""
    usual: dict[str, Any] = {
        "kind": "職権修正",
        "basis": "戸籍の届出又は通知",
        "evidence": "通知-2026-0311",
        "happened_on": (await here.today()).isoformat(),
    }
    form = {name: said.pop(name, usual.get(name)) for name in (*usual, "minor")}
    form |= {"household_id": str(family.household_id), "residents": [str(family.people[who])]}
    form |= {"corrections": said} if said else {}
    form = {name: part for name, part in form.items() if part is not None}
    return await here.accepted(Procedure.CORRECTION, "/v1/corrections", form)


async def changes_household(here: Locals, family: Family, *who: int, **said: Any) -> Case:
    """世帯変更 of some of a family."""
    usual = {
        "household_id": str(family.household_id),
        "residents": [str(family.people[one]) for one in who],
        "changed_on": (await here.today()).isoformat(),
    }
    return await here.accepted(Procedure.HOUSEHOLD_CHANGE, "/v1/household-changes", usual | said)


async def dies(here: Locals, family: Family, *who: int, **said: Any) -> Case:
    """死亡届."""
    usual = {
        "household_id": str(family.household_id),
        "residents": [str(family.people[one]) for one in who],
        "died_on": (await here.today()).isoformat(),
    }
    return await here.accepted(Procedure.DEATH, "/v1/deaths", usual | said)


async def changes_number(here: Locals, family: Family, who: int, **said: Any) -> Case:
    """個人番号変更 of one of a family; because it leaked, unless said otherwise."""
    usual = {
        "household_id": str(family.household_id),
        "resident_id": str(family.people[who]),
        "kind": "個人番号の変更請求",
        "grounds": "漏えい-3",
    }
    return await here.accepted(Procedure.NUMBER_CHANGE, "/v1/number-changes", usual | said)


async def changes_code(here: Locals, family: Family, who: int) -> Case:
    """住民票コード変更 of one of a family."""
    form = {
        "household_id": str(family.household_id),
        "resident_id": str(family.people[who]),
    }
    return await here.accepted(Procedure.CODE_CHANGE, "/v1/code-changes", form)


async def cancels(here: Locals, case: Case) -> Case:
    """異動の取消し of a finished case."""
    form = {"case_number": case.ref.case_number}
    return await here.accepted(Procedure.CANCELLATION, "/v1/cancellations", form)


async def visit_form(movers: Movers, family: Family, *who: int) -> dict[str, Any]:
    """What the counter of the 転入地 writes when somebody comes with a card, today."""
    codes = [family.codes[one] for one in who]
    form: dict[str, Any] = {
        "code": codes[0] if codes else family.codes[0],
        "visitor": "本人",
        "card": "verified",
        "pin": "matched",
        "moved_in_on": (await movers.frontier.today()).isoformat(),
        "address": HOME,
    }
    alone = [{"code": codes[0], "relationship": "世帯主"}] if len(codes) == 1 else []
    return form | {"persons": alone} if alone else form


async def comes(movers: Movers, family: Family, *who: int, **said: Any) -> Case:
    """Some of a family come to the 転入地 with a card; the 特例転入."""
    form = await visit_form(movers, family, *who) | said
    here = at(movers, movers.destination)
    return await here.accepted(Procedure.SPECIAL_MOVE_IN, "/v1/special-move-ins", form)


async def moves_in(movers: Movers, family: Family, who: int, **said: Any) -> Case:
    """転入届 of one of a family with what a paper 転出証明書 says; blank for ``None``."""
    person, without = (await family.person(who)).entry, said.pop("without", ())
    newcomer = {
        "code": family.codes[who],
        "number": await number_of(family, who),
        "name": person.name,
        "name_kana": person.name_kana,
        "sex": str(person.sex),
        "born_on": person.born_on.day.isoformat(),
        "relationship": "世帯主",
    }
    usual: dict[str, Any] = {
        "origin": family.town.code,
        "moved_in_on": (await movers.frontier.today()).isoformat(),
        "address": HOME,
        "persons": [{item: part for item, part in newcomer.items() if item not in without}],
    }
    form = {name: part for name, part in (usual | said).items() if part is not None}
    here = at(movers, movers.destination)
    return await here.accepted(Procedure.MOVE_IN, "/v1/move-ins", form)


async def files_online(
    movers: Movers, family: Family, day: date, who: int, serial: str
) -> dict[str, Any]:
    """One of a family files a move online, signed with a certificate; the application."""
    person = (await family.person(who)).entry
    move = {
        "origin": family.town.code,
        "destination": movers.destination.code,
        "moving_on": day.isoformat(),
        "visit_on": day.isoformat(),
        "serial": serial,
        "persons": [{"name": person.name, "born_on": person.born_on.day.isoformat()}],
    }
    return await movers.house.world.control("POST", "mynaportal/applications", move)


async def number_of(family: Family, who: int = 0) -> str:
    """The 個人番号 of one of a family, as the vault has it."""
    town = family.town
    async with town.transaction() as tx:
        number = await town.house.vault.reveal(
            tx, town.acting(), family.people[who], MY_NUMBER, None, "試験"
        )
    assert number is not None
    return number


async def addressee_number_of(family: Family, who: int = 0) -> str:
    """The 宛名番号 of one of a family."""
    async with family.town.transaction() as tx:
        return await tx.fetchval(
            "SELECT addressee_number FROM resident WHERE resident_id = $1", family.people[who]
        )


async def unified_number_of(family: Family, who: int = 0) -> str:
    """The 団番 of one of a family, as 統合宛名 has it."""
    held = (await family.town.ledger("unified_addressee"))["addressees"]
    number = await addressee_number_of(family, who)
    return next(one["unified_number"] for one in held if one["addressee_number"] == number)


async def certified(frontier: Frontier, family: Family, who: int) -> dict[str, str]:
    """Have JPKI issue both certificates to one of a family; their serial numbers."""
    issued: dict[str, str] = {}
    for purpose in sorted(BOTH):
        wanted = {"purpose": purpose, "code": family.codes[who]}
        told = await frontier.house.world.control("PUT", "certificates", wanted)
        issued[purpose] = told["serial"]
    return issued


async def valid(town: Town, serials: dict[str, str]) -> frozenset[str]:
    """Which of these certificates are still valid."""
    held = (await town.ledger("jlis"))["digital_certificates"]
    state = {one["serial"]: one["state"] for one in held}
    return frozenset(purpose for purpose, serial in serials.items() if state[serial] == "有効")


async def resident(here: Locals, family: Family, who: int = 0) -> dict[str, Any]:
    """One of a family as every reader of the API sees them."""
    return await here.frontier.get(here.town, f"/v1/residents/{family.people[who]}")


async def history(here: Locals, family: Family, who: int = 0, on: date | None = None) -> Any:
    """The history of one of a family as the API shows it; ``on`` a day, or today."""
    asked = "" if on is None else f"?effective_on={on}"
    return await here.frontier.get(here.town, f"/v1/residents/{family.people[who]}/history{asked}")


async def people_of(case: Case) -> Family:
    """The persons of a case as the register has them now, in their order."""
    async with case.town.transaction() as tx:
        rows = await tx.fetch(
            "SELECT resident_id, household_id, code FROM resident_present JOIN case_person"
            " USING (municipality, resident_id) WHERE case_id = $1 ORDER BY subject",
            case.ref.case_id,
        )
    people, codes = [row["resident_id"] for row in rows], [row["code"] for row in rows]
    return Family(case.town, rows[0]["household_id"], people, codes)


async def kinds_told(town: Town, system: str = "jlis") -> list[str]:
    """The kinds of message a system has taken of a town, oldest first; stock is nobody's."""
    messages = (await town.ledger(system))["messages"]
    return [one["kind"] for one in messages if one["status"] == 200 and one["kind"] != "CS-01"]


async def well_again(town: Town) -> None:
    """Let every outage of a town end."""
    await town.house.world.control("DELETE", f"faults?municipality={town.code}")
