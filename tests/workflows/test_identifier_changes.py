"""住民票コードの変更 and 個人番号の変更: another one for somebody, the former nobody's for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from domain.cases import CaseState, Procedure, Verb
from register.vault import MY_NUMBER
from tests.agreement import agrees
from tests.numbers import my_number

if TYPE_CHECKING:
    from tests.changing import Locals
    from tests.house import Case
    from tests.moving import Family


async def test_a_change_of_code_that_is_withdrawn_gives_the_former_one_back(here: Locals) -> None:
    """Both are told to 住基ネット; the drawn one is retired, because it was named."""
    family = await here.family()
    before = await family.person()
    await here.town.fault("jlis", "REFUSE", message="CS-14")

    case = await _changes(here, family, "code", Procedure.CODE_CHANGE)
    incident = await case.parks()
    await case.decide(Verb.WITHDRAW, incident=incident["incident_id"])
    await case.closes(CaseState.WITHDRAWN)

    assert (await family.person()).code == before.code
    await agrees(here.town)


async def test_without_stock_a_change_of_code_waits(here: Locals) -> None:
    """An empty pool makes it wait, not fail."""
    family = await here.family()
    async with here.town.transaction() as tx:
        await tx.execute("UPDATE pool_code SET state = 'retired' WHERE state = 'free'")

    case = await _changes(here, family, "code", Procedure.CODE_CHANGE)
    await case.waits("code_stock")
    await here.town.stock(20)

    await case.closes()


async def test_a_number_once_changed_is_not_taken_back(here: Locals) -> None:
    """番号法8条2項: the former one is nobody's, so the case only goes forward from there."""
    family = await here.family()
    await here.town.fault("jlis", "REFUSE", message="CS-12")
    case = await _changes(
        here,
        family,
        "number",
        Procedure.NUMBER_CHANGE,
        kind="個人番号の変更請求",
        grounds="漏えい-4",
    )
    incident = await case.parks()

    status, problem = await here.post(
        f"/v1/cases/{case.ref.case_number}/decisions",
        {"verb": "withdraw", "reason": "取りやめの申出による。"},
    )
    assert (status, problem["code"]) == (409, "NUMBER_CHANGED")

    await case.decide(Verb.RETRY, incident=incident["incident_id"])
    await case.closes()


async def test_a_number_changed_by_hand_is_not_taken_back_either(here: Locals) -> None:
    """Whether J-LIS told the new one by telegram or by telephone, the former is nobody's.

    Red: ask only whether a CS-03 may have arrived.
    """
    family = await here.family()
    for message in ("CS-03", "CS-04"):
        await here.town.fault("jlis", "REFUSE", message=message)
    said = {"kind": "個人番号の変更請求", "grounds": "漏えい-6"}
    case = await _changes(here, family, "number", Procedure.NUMBER_CHANGE, **said)
    incident = await case.parks()
    told = {"evidence": "電話記録-1", "number": my_number(60_000_000 + int(here.town.code))}
    await case.decide(Verb.DONE_BY_HAND, incident=incident["incident_id"], **told)
    await case.parks()

    status, problem = await here.post(
        f"/v1/cases/{case.ref.case_number}/decisions",
        {"verb": "withdraw", "reason": "取りやめの申出による。"},
    )

    assert (status, problem["code"]) == (409, "NUMBER_CHANGED")


async def test_a_number_before_its_change_may_be_withdrawn(here: Locals) -> None:
    """Refused by J-LIS, nothing was generated: the case may be taken back."""
    family = await here.family()
    before = await _number(here, family)
    await here.town.fault("jlis", "REFUSE", message="CS-03")
    case = await _changes(
        here,
        family,
        "number",
        Procedure.NUMBER_CHANGE,
        kind="個人番号の変更請求",
        grounds="漏えい-5",
    )
    await case.parks()

    status, _ = await here.post(
        f"/v1/cases/{case.ref.case_number}/decisions",
        {"verb": "withdraw", "reason": "取りやめの申出による。"},
    )
    assert status == 202
    await case.closes(CaseState.WITHDRAWN)

    assert await _number(here, family) == before
    await agrees(here.town)


async def test_a_mistyped_right_number_is_withdrawn_and_named_again(here: Locals) -> None:
    """J-LIS refuses CS-04; taken back, the number stands as before and binds nobody.

    The right one is then registered, the second time under the same number.  Red: take back the
    row of the register and leave the vault as it is.
    """
    family = await here.family()
    before = await _number(here, family)
    mistyped = my_number(61_000_000 + int(here.town.code))
    case = await _changes(here, family, "number", Procedure.NUMBER_CHANGE, **_ex_officio(mistyped))
    assert (await case.parks())["code"] == "NUMBER_MISMATCH"
    await here.post(
        f"/v1/cases/{case.ref.case_number}/decisions",
        {"verb": "withdraw", "reason": "番号の読み違い。"},
    )
    await case.closes(CaseState.WITHDRAWN)
    assert await _number(here, family) == before

    again = await _changes(here, family, "number", Procedure.NUMBER_CHANGE, **_ex_officio(before))
    await again.closes()

    assert await _number(here, family) == before
    async with here.town.transaction() as tx:
        vault = here.frontier.house.vault
        assert await vault.find(tx, here.town.code, MY_NUMBER, mistyped) is None
    await agrees(here.town)


async def test_a_number_j_lis_found_right_is_not_taken_back(here: Locals) -> None:
    """Once CS-04 has named it, the register would differ from J-LIS without it."""
    family = await here.family()
    await here.town.fault("unified_addressee", "REFUSE")
    right = _ex_officio(await _number(here, family))
    case = await _changes(here, family, "number", Procedure.NUMBER_CHANGE, **right)
    await case.parks()

    status, problem = await here.post(
        f"/v1/cases/{case.ref.case_number}/decisions",
        {"verb": "withdraw", "reason": "取りやめの申出による。"},
    )

    assert (status, problem["code"]) == (409, "NUMBER_CHANGED")


async def test_the_number_of_somebody_else_is_not_taken(here: Locals) -> None:
    """A correction names a number that is another resident's: refused, nothing stored."""
    family = await here.family()

    status, problem = await here.post(
        "/v1/number-changes",
        await _form(
            family,
            kind="個人番号の職権修正",
            grounds="誤記-1",
            number=await _number(here, family, 1),
        ),
    )

    assert (status, problem["code"]) == (409, "NUMBER_BOUND")
    assert my_number(1) not in str(problem)


async def _form(family: Family, **said: Any) -> dict[str, Any]:
    usual = {"household_id": str(family.household_id), "resident_id": str(family.people[0])}
    return usual | said


def _ex_officio(number: str) -> dict[str, Any]:
    return {"kind": "個人番号の職権修正", "grounds": "通知-7", "number": number}


async def _changes(
    here: Locals, family: Family, what: str, procedure: Procedure, **said: Any
) -> Case:
    return await here.accepted(procedure, f"/v1/{what}-changes", await _form(family, **said))


async def _number(here: Locals, family: Family, who: int = 0) -> str:
    vault, acting = here.frontier.house.vault, here.town.acting()
    async with here.town.transaction() as tx:
        number = await vault.reveal(tx, acting, family.people[who], MY_NUMBER, None, "試験")
    assert number is not None
    return number
