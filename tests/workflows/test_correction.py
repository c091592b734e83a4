"""職権修正: exactly what was wrong is put right, and only who must know is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.cases import Procedure
from domain.residents import Presence
from runtime.settings import TokenRole
from tests.agreement import agrees

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.house import Case
    from tests.moving import Family


async def test_what_is_no_identity_information_stays_in_the_town_hall(here: Locals) -> None:
    """本籍 is none of 住基ネット's business; the other offices hear of it (規則11条)."""
    family = await here.family()
    before = len((await family.at_jlis(1))["entries"])

    case = await _corrects(here, family, 1, domicile="東京都千代田区麹町一丁目1番")
    await case.closes()

    assert len((await family.at_jlis(1))["entries"]) == before
    assert (await family.person(1)).entry.domicile == "東京都千代田区麹町一丁目1番"
    await agrees(here.town)


async def test_whose_head_is_called_otherwise_is_told_of_as_well(here: Locals) -> None:
    """世帯主氏名 of every member reads otherwise: the offices hear of all of them (4.2.3.1)."""
    family = await here.family()

    case = await _corrects(here, family, 0, name="新井　一朗")
    await case.closes()

    async with here.town.transaction() as tx:
        told = await tx.fetchval(
            "SELECT count(DISTINCT resident_id) FROM feed_event WHERE case_id = $1",
            case.ref.case_id,
        )
    assert told == 3


async def test_whoever_lives_there_no_more_is_struck(here: Locals) -> None:
    """職権消除 after 実態調査: 除票, both certificates revoked."""
    family = await here.family()
    await _certified(here, family, 2)

    case = await _corrects(here, family, 2, kind="職権消除", basis="実態調査")
    await case.closes()

    assert await family.presence(2) is Presence.STRUCK
    assert (await family.at_jlis(2))["entries"][-1]["reason"] == "職権消除等"
    assert await _valid(here, family, 2) == set()
    await agrees(here.town)


async def test_both_rows_stay_in_the_history(here: Locals) -> None:
    """誤記修正 overwrites nothing."""
    family = await here.family()

    case = await _corrects(here, family, 1, kind="誤記修正", name_kana="タナカ　ハナ")
    await case.closes()

    assert await family.history(1) == ["移行", "誤記修正"]


async def test_the_counter_may_not_correct(here: Locals) -> None:
    """職権 is for 審査 and 責任者; and what changes nothing is refused."""
    family = await here.family()
    form = await _form(here, family, 1, name="田中　花子")

    status, problem = await here.post("/v1/corrections", form, TokenRole.COUNTER)
    assert (status, problem["code"]) == (403, "ROLE_NOT_ALLOWED")

    same = (await family.person(1)).entry.name
    form = await _form(here, family, 1, name=same)
    assert (await here.post("/v1/corrections", form))[1]["code"] == "NOTHING_CHANGES"


async def _form(here: Locals, family: Family, who: int, **said: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "kind": said.pop("kind", "職権修正"),
        "basis": said.pop("basis", "戸籍の届出又は通知"),
        "evidence": "通知-2026-0311",
        "household_id": str(family.household_id),
        "residents": [str(family.people[who])],
        "happened_on": (await here.today()).isoformat(),
    }
    minor = said.pop("minor", None)
    return usual | ({"minor": minor} if minor else {}) | ({"corrections": said} if said else {})


async def _corrects(here: Locals, family: Family, who: int, **said: Any) -> Case:
    form = await _form(here, family, who, **said)
    return await here.accepted(Procedure.CORRECTION, "/v1/corrections", form)


async def _certified(here: Locals, family: Family, who: int) -> None:
    """Have JPKI issue both certificates."""
    for purpose in ("signature", "authentication"):
        serial = f"{1 if purpose == 'signature' else 2}{family.codes[who]}"
        await here.frontier.house.world.control(
            "PUT", "certificates", {"serial": serial, "purpose": purpose, "code": family.codes[who]}
        )


async def _valid(here: Locals, family: Family, who: int) -> set[str]:
    held = (await here.town.ledger("jlis"))["digital_certificates"]
    return {
        one["purpose"]
        for one in held
        if one["code"] == family.codes[who] and one["state"] == "有効"
    }
