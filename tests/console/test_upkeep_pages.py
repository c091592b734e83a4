"""The pages around the cases: schedules, 突合, the statement of a day, the log, the stock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.cases import Procedure, StepRef, Verb
from domain.differences import DIFFERENCES, DifferenceKind
from domain.identifiers import new_id
from domain.numbers import MunicipalityCode
from domain.telegrams import Peer
from register import (
    cases,
    code_pool,
    decisions,
    differences,
    municipalities,
    reconciliations,
)
from register.cases import Acceptance
from register.differences import Found
from register.reconciliations import Outcome
from register.rulings import Ruling, note
from runtime.settings import TokenRole
from tests.numbers import resident_code

if TYPE_CHECKING:
    from uuid import UUID

    from domain.cases import CaseRef
    from tests.api.conftest import Land
    from tests.api.desk import Desk
    from tests.console.conftest import Door, Premises

REPAIRABLE = DifferenceKind.COPY_MISSING
ADVISED = DifferenceKind.JLIS_STRANGER


async def test_a_schedule_says_what_ran_last_and_may_be_started(door: Door, desk: Desk) -> None:
    """By who may; a second one is refused in place, with the number of the first."""
    visitor = await door.visitor("counter")
    page = await visitor.opens("schedules")
    assert "まだありません" in page.text
    begun = {action.rpartition("/")[2] for action, _ in page.forms()} - {"sign-out"}
    assert begun == {"reconciliation", "serials"}
    form = next(one for one in page.forms() if one[0].endswith("/reconciliation"))

    case = await visitor.sends(form)
    number = case.url.rpartition("/")[2]

    assert number in (await visitor.opens("schedules")).text
    again = await visitor.sends((form[0], form[1] | {"key": "another-key"}))
    assert again.status == 409
    assert f"/console/cases/{number}" in again.links()
    shown = {one["procedure"]: one for one in (await desk.client.get("/v1/schedules")).json}
    assert shown["突合"]["last"]["case_number"] == number


async def test_a_schedule_tells_the_next_time(door: Door, desk: Desk, land: Land) -> None:
    """Where the town has settled an hour; without one it begins by hand alone."""
    [one, *_] = (await desk.client.get("/v1/schedules")).json
    assert (one["when"], one["next_at"]) == ("自動では始めない", None)
    code = MunicipalityCode(desk.town.code)
    await municipalities.set_parameters(land.owner, code, {"reconcile_at": "02:00"})
    [one, *_] = (await desk.client.get("/v1/schedules")).json
    assert one["when"] == "毎日 02:00"
    assert "T02:00:00+09:00" in one["next_at"]
    assert "毎日 02:00" in (await (await door.visitor("operations")).opens("schedules")).text


async def test_a_difference_is_repaired_from_its_list(door: Door, desk: Desk) -> None:
    """Listed by kind with its proposal; the form begins the case that repairs it."""
    _, about = await a_comparison(desk)
    visitor = await door.visitor()
    overview = await visitor.opens("reconciliations")
    assert DIFFERENCES[REPAIRABLE].ja in overview.text
    assert "3 / 5 人" in overview.text
    page = await visitor.opens("differences", kind=REPAIRABLE)
    assert "提案: 副本を登録し直す（AT-03）" in page.text
    assert DIFFERENCES[ADVISED].advice not in page.text

    case = await visitor.sends(page.form(verb="repair"), reason="届書で確かめた。")

    assert "差異修正" in case.text
    [repairing] = [
        one
        for one in (await desk.client.get("/v1/differences")).json["differences"]
        if one["resident_id"] == str(about)
    ]
    assert repairing["repair_case"] == case.url.rpartition("/")[2]
    second = await visitor.sends(page.form(verb="repair"), reason="もう一度")
    assert second.status == 422


async def test_what_is_wrong_with_a_decision_stands_beside_what_was_typed(
    door: Door, desk: Desk
) -> None:
    """Without evidence, nothing is put right elsewhere."""
    await a_comparison(desk)
    visitor = await door.visitor()
    form = (await visitor.opens("differences", kind=ADVISED)).form(verb="by_hand")
    page = await visitor.sends(form, reason="わたしの理由")
    assert (page.status, "MISSING_EVIDENCE" in page.text) == (422, True)
    assert "わたしの理由" in page.text
    page = await visitor.sends(page.form(verb="by_hand"), reason="直した", evidence="処理票 3")
    assert "手作業で直した" in page.text


async def test_a_reconciliation_has_a_page_of_its_own(door: Door, desk: Desk) -> None:
    """Its progress, its counts, everything it met; for those who may see people."""
    number, _ = await a_comparison(desk)
    page = await (await door.visitor("examiner")).opens(f"reconciliations/{number}")
    assert f"{DIFFERENCES[ADVISED].ja} <code>{ADVISED}</code> 1 件" in page.text
    assert DIFFERENCES[ADVISED].advice in page.text
    assert (await (await door.visitor("operations")).opens("reconciliations")).status == 403
    other = await desk.report()
    assert (await (await door.visitor()).opens(f"reconciliations/{other}")).status == 404


async def test_the_statement_of_a_day_names_who_is_not_complete(door: Door, desk: Desk) -> None:
    """With what is missing, and a way to the case; a day that is none is told."""
    number = await desk.report()
    visitor = await door.visitor("operations")
    page = await visitor.opens("completeness")
    assert f"/console/cases/{number}" in page.links()
    assert "個人番号がまだない" in page.text
    page = await visitor.opens("completeness", day="2020-01-01")
    assert "受け付けた出生と転入はありません。" in page.text
    assert (await visitor.opens("completeness", day="いつか")).status == 422


async def test_the_log_of_decisions_is_narrowed_and_goes_on(door: Door, desk: Desk) -> None:
    """Newest first, nobody twice, by author, verb and outcome; another town's never.

    Red: order by the instant, or forget the cursor's place.
    """
    numbers = [await a_decision(desk, author=f"職員{n % 2}", worked=n % 3 == 0) for n in range(7)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        log = (await desk.client.get("/v1/decisions", **params)).json
        seen += [one["case_number"] for one in log["decisions"]]
        cursor = log["next_cursor"]
    assert seen == numbers[::-1]

    visitor = await door.visitor("operations")
    page = await visitor.opens("decisions", author="職員1")
    assert [number in page.text for number in numbers] == [n % 2 == 1 for n in range(7)]
    page = await visitor.opens("decisions", state="worked", verb="withdraw")
    assert [number in page.text for number in numbers] == [n % 3 == 0 for n in range(7)]
    assert "該当する判断はありません。" in (await visitor.opens("decisions", verb="amend")).text
    assert "試験の理由" not in page.text


async def test_the_log_is_the_own_towns(desk: Desk, premises: Premises, door: Door) -> None:
    """Whoever asks, with whatever cursor."""
    del door
    await a_decision(desk, author="職員", worked=False)
    client = premises.api.client(desk.town, TokenRole.CLIENT)
    assert len((await client.get("/v1/decisions")).json["decisions"]) == 1
    assert (await client.get("/v1/decisions", cursor="x")).fields == {("cursor", "BAD_CURSOR")}


@pytest.mark.parametrize(("role", "may"), [("counter", False), ("operations", True)])
async def test_the_stock_is_ordered_by_who_may(
    door: Door, desk: Desk, role: str, *, may: bool
) -> None:
    """What is left, for how many days, what was ordered; and a button for two roles."""
    number = await desk.report()
    ref = await desk.ref(number)
    async with desk.town.open() as tx:
        first = int(desk.town.code[:5]) * 1000
        codes = [resident_code(first + n) for n in range(5)]
        await code_pool.allot(tx, desk.town.code, new_id(), codes)
        await code_pool.reserve(tx, ref)
    visitor = await door.visitor(role)
    page = await visitor.opens("code-pool")
    assert "未使用は 4 件です。" in page.text
    assert "およそ 112 日分です。" in page.text
    orders = [form for form in page.forms() if form[0].endswith("/top-up")]
    assert bool(orders) is may
    if may:
        assert "住民票コード補充" in (await visitor.sends(orders[0])).text


async def a_comparison(desk: Desk) -> tuple[str, UUID]:
    """A 突合 that has met two differences, one about a resident; its number, and the resident."""
    async with desk.town.open() as tx:
        case = await cases.open_alone(tx, desk.town.code, Procedure.RECONCILIATION, "relay")
        assert case is not None
        about = await tx.fetchval("SELECT resident_id FROM resident LIMIT 1")
        for found in (Found(REPAIRABLE, str(about), about), Found(ADVISED, "12345678903", None)):
            await differences.find(tx, desk.town.code, case.case_id, found)
        ref = _ref(case)
        outcome = Outcome(new_id(), "", last=False, compared=3, total=5, found=2, in_transition=0)
        await reconciliations.turn(tx, ref, Peer.JLIS, 1, outcome)
    return case.case_number, about


def _ref(case: CaseRef) -> StepRef:
    return StepRef(municipality=case.municipality, case_id=case.case_id, subject=0)


async def a_decision(desk: Desk, *, author: str, worked: bool) -> str:
    """A withdrawal decided by somebody; the number of its case."""
    async with desk.town.open() as tx:
        accepted = Acceptance(Procedure.BIRTH, {}, "試験", persons=1)
        case = await cases.accept(tx, desk.town.code, accepted)
        ruling = Ruling(case.case_id, None, Verb.WITHDRAW, author, "chief", "試験の理由")
        decision_id = await decisions.accept(tx, desk.town.code, ruling)
        if worked:
            await note(tx, desk.town.code, decision_id, "worked")
    return case.case_number
