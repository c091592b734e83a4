"""訂正: the 届出 as it stands, the change before it is sent, and one decision."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from api.manual import amendable
from domain.cases import Procedure, Verb
from domain.dates import to_wareki
from tests.console.kinds_of_reports import GOOD, HOME, Place
from tests.console.paper import Paper

if TYPE_CHECKING:
    from tests.api.desk import Desk
    from tests.console.conftest import Door
    from tests.console.visitor import Page, Visitor

REASON = "届書で確認した。"
AMENDED = {
    "name": "佐藤　春香",
    "name_kana": "サトウ　ハルカ",
    "sex": "男",
    "relationship": "長女の子",
    "address": HOME,
}


class Bench(NamedTuple):
    """Somebody in front of the 届出 of a parked case."""

    visitor: Visitor
    number: str
    path: str

    async def paper(self) -> Paper:
        """It as it stands."""
        return self.again(await self.visitor.opens(self.path))

    def again(self, page: Page) -> Paper:
        """It as it came back."""
        return Paper(page, f"/console/{self.path}")


async def _bench(door: Door, desk: Desk, number: str | None = None) -> Bench:
    number = number or await desk.report()
    incident = await desk.park(number)
    return Bench(await door.visitor(), number, f"cases/{number}/amendments/{incident}")


async def _latest(desk: Desk, number: str) -> dict[str, Any]:
    async with desk.town.open() as tx:
        return await tx.fetchval(
            "SELECT body FROM notification JOIN case_file USING (municipality, case_id)"
            " WHERE case_number = $1 ORDER BY version DESC LIMIT 1",
            number,
        )


async def test_the_form_holds_what_stands_and_what_may_be_amended(door: Door, desk: Desk) -> None:
    """Every item the procedure lets amend, no other; that somebody read them is remembered.

    Red: leave the audit out.
    """
    bench = await _bench(door, desk)
    paper = await bench.paper()
    items = {name.split(".")[1] for name in paper.controls if name.startswith("amendment.")}
    assert items == {*amendable(Procedure.BIRTH)}
    assert paper.text("amendment.name") == "髙橋　遥"
    assert paper.text("amendment.born_on") == to_wareki(desk.today - timedelta(days=3))
    assert paper.text("amendment.sex") == "女"
    async with desk.town.open() as tx:
        acts = [row["act"] for row in await tx.fetch("SELECT act FROM audit")]
    assert acts.count("view_report") == 1


@pytest.mark.parametrize("item", [*AMENDED, "born_on"])
async def test_each_item_is_shown_before_and_after_and_then_amended(
    door: Door, desk: Desk, item: str
) -> None:
    """Only what changes is in the difference, and in the next version of the 届出.

    Red: send everything that stands in the form.
    """
    bench = await _bench(door, desk)
    said = AMENDED | {"born_on": to_wareki(desk.today - timedelta(days=4))}
    paper = await bench.paper()
    _writes(paper, item, said[item])
    paper.writes("reason", REASON)

    page = await paper.sent(bench.visitor)

    assert page.status == 200
    assert page.text.count("<del>") == 1
    assert (await _latest(desk, bench.number))["children"][0]["name"] == "髙橋　遥"
    page = await bench.again(page).sent(bench.visitor, "send")
    assert f"{bench.visitor.subject}: 訂正して続ける" in page.text
    child = (await _latest(desk, bench.number))["children"][0]
    day = (desk.today - timedelta(days=4)).isoformat()
    told = {"born_on": {"day": day, "notation": ""}}.get(item, AMENDED.get(item))
    assert child[item] == told
    async with desk.town.open() as tx:
        changed = await tx.fetchval("SELECT changed FROM notification ORDER BY version DESC")
    assert changed.keys() == {"subject", item}


def _writes(paper: Paper, item: str, said: Any) -> None:
    if item != "address":
        paper.writes(f"amendment.{item}", said)
        return
    for name, text in said.items():
        paper.writes(f"amendment.{item}.{name}", text)


async def test_what_is_left_blank_is_not_changed_and_what_is_to_be_blank_is_ticked(
    door: Door, desk: Desk
) -> None:
    """A name may become undecided by being said so, never by an empty field."""
    bench = await _bench(door, desk)
    paper = await bench.paper()
    paper.writes("amendment.name", "")
    paper.writes("reason", REASON)
    page = await paper.sent(bench.visitor)
    assert page.status == 422
    assert "MISSING_AMENDMENT" in page.text
    paper = bench.again(page)
    paper.ticks("clear", "amendment.name")
    page = await paper.sent(bench.visitor)
    assert "<del>髙橋　遥</del>" in page.text
    await bench.again(page).sent(bench.visitor, "send")
    assert (await _latest(desk, bench.number))["children"][0]["name"] == ""


async def test_what_is_refused_stands_beside_its_field(door: Door, desk: Desk) -> None:
    """And everything typed stays: a day of no era, a name in half a width, no reason."""
    bench = await _bench(door, desk)
    paper = await bench.paper()
    paper.writes("amendment.born_on", "昭和64年1月8日")
    paper.writes("amendment.name_kana", "ﾊﾙｶ")
    page = await paper.sent(bench.visitor)
    assert page.status == 422
    assert 'id="f-amendment-born_on-wrong1">元号の期間の外です。平成元年1月8日' in page.text
    assert 'href="#f-amendment-name_kana"' in page.text
    again = bench.again(page)
    assert again.text("amendment.name_kana") == "ﾊﾙｶ"
    again.writes("amendment.born_on", to_wareki(desk.today))
    again.writes("amendment.name_kana", "ハルカ")
    page = await again.sent(bench.visitor)
    assert page.status == 422
    assert 'href="#f-reason"' in page.text


async def test_the_same_amendment_sent_twice_is_one_decision(door: Door, desk: Desk) -> None:
    """And somebody who comes later is told what happened meanwhile.

    Red: send what differs from the 届出 as it stands, which the first sending has changed.
    """
    bench = await _bench(door, desk)
    late = await bench.paper()
    paper = await bench.paper()
    for one, name in ((late, "佐藤　遥香"), (paper, "佐藤　春香")):
        one.writes("amendment.name", name)
        one.writes("reason", REASON)
    check = bench.again(await paper.sent(bench.visitor))
    for _ in range(2):
        assert (await check.sent(bench.visitor, "send")).status == 200
    shown = (await desk.client.get(f"/v1/cases/{bench.number}")).json
    assert [one["verb"] for one in shown["decisions"]] == ["amend"]

    page = await late.sent(bench.visitor)
    assert page.status == 409
    assert "ALREADY_DECIDED" in page.text
    assert bench.again(page).text("amendment.name") == "佐藤　遥香"
    page = await bench.visitor.opens(bench.path)
    assert page.url.endswith(f"/console/cases/{bench.number}")


async def test_a_newcomer_is_amended_person_by_person(door: Door, desk: Desk) -> None:
    """The 届出 of the person whose step was refused; the others stay."""
    place = await Place.of(door.town, desk)
    answer = await desk.client.post("/v1/move-ins", GOOD["move-ins"](place))
    bench = await _bench(door, desk, answer.json["case_number"])
    paper = await bench.paper()
    assert paper.text("amendment.relationship") == "世帯主"
    paper.writes("amendment.born_on", "推定昭和20年3月")
    paper.writes("reason", REASON)
    await bench.again(await paper.sent(bench.visitor)).sent(bench.visitor, "send")
    persons = (await _latest(desk, bench.number))["persons"]
    assert persons[0]["born_on"] == {"day": "1945-03-01", "notation": "推定昭和20年3月"}
    assert persons[1]["born_on"]["day"] == "1981-05-06"


async def test_a_waiting_move_out_is_amended_with_its_change_in_view(
    door: Door, desk: Desk
) -> None:
    """Another day, another destination: by the case's own page.  Red: merge the destinations."""
    place = await Place.of(door.town, desk)
    answer = await desk.client.post("/v1/move-outs", GOOD["move-outs"](place))
    number = answer.json["case_number"]
    bench = Bench(await door.visitor("counter"), number, f"cases/{number}/amendment")
    assert f"/console/{bench.path}" in (await bench.visitor.opens(f"cases/{number}")).links()
    paper = await bench.paper()
    assert paper.text("destination.municipality") == "012025"
    paper.writes("planned_on", to_wareki(desk.today + timedelta(days=20)))
    paper.writes("destination.line", "北海道函館市東雲町")
    paper.writes("reason", "延期の申出による。")

    page = await paper.sent(bench.visitor)

    assert page.text.count("<del>") == 2
    page = await bench.again(page).sent(bench.visitor, "send")
    assert page.url.endswith(f"/console/cases/{number}")
    amended = await _latest(desk, number)
    assert date.fromisoformat(amended["planned_on"]) == desk.today + timedelta(days=20)
    assert amended["destination"]["address"]["line"] == "北海道函館市東雲町"
    assert amended["destination"]["municipality"] == "012025"


async def test_nobody_amends_what_may_not_be_amended(door: Door, desk: Desk) -> None:
    """A verb that is not allowed, a procedure that is not amended so, a role that may not read."""
    number = await desk.report()
    incident = await desk.park(number, verbs=(Verb.RETRY,))
    visitor = await door.visitor()
    assert (await visitor.opens(f"cases/{number}/amendments/{incident}")).status == 409
    assert (await visitor.opens(f"cases/{number}/amendment")).status == 409
    onlooker = await door.visitor("operations")
    for path in ("amendment", f"amendments/{incident}"):
        assert (await onlooker.opens(f"cases/{number}/{path}")).status == 403
