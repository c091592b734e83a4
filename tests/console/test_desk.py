"""机: what waits for staff is seen by its cause, and nobody else's is seen at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.desk import ANNOUNCE, NUMBER

if TYPE_CHECKING:
    from tests.api.conftest import Land
    from tests.api.desk import Desk
    from tests.console.conftest import Door


async def test_an_empty_desk_says_so(door: Door) -> None:
    """Nothing to do is an answer."""
    page = await (await door.visitor()).opens("")
    assert "職員の判断を待つ案件はありません。" in page.text
    assert page.text.count("送信中") == 4 - ("閉局中" in page.text)


async def test_incidents_are_grouped_by_cause_and_the_nearest_deadline_is_first(
    door: Door, desk: Desk
) -> None:
    """System, code and step make a group, whatever a message says."""
    for days_ago in (2, 3, 10):
        await desk.park(await desk.report(days_ago=days_ago), step=ANNOUNCE)
    await desk.park(await desk.report(days_ago=12), step=NUMBER)

    page = await (await door.visitor()).opens("")

    assert "職員の判断を待つものが 4 件、原因は 2 種類です。" in page.text
    assert page.text.index(NUMBER) < page.text.index(ANNOUNCE)


async def test_a_list_of_incidents_goes_on_where_it_stopped(door: Door, desk: Desk) -> None:
    """Page by page, nobody twice and nobody missing.  Red: order by the instant alone."""
    numbers = {await desk.report(days_ago=days) for days in range(2, 57)}
    for number in numbers:
        await desk.park(number)
    visitor = await door.visitor()

    first = await visitor.opens("incidents")
    [more] = [link for link in first.links() if "cursor=" in link]
    second = await visitor.asks("GET", f"{visitor.url}{more}")

    seen = [number for number in numbers if number in first.text]
    rest = [number for number in numbers if number in second.text]
    assert len(seen) == 50
    assert {*seen} | {*rest} == numbers
    assert not {*seen} & {*rest}


async def test_nobody_sees_another_towns_desk(door: Door, desk: Desk, land: Land) -> None:
    """The register's own border, seen from the console."""
    number = await desk.report()
    await desk.park(number)
    stranger = await door.visitor(signed_in=False)
    other = await land.open_town(households=1)
    stranger.subject = f"{other.code}-chief-1"
    await stranger.signs_in()

    assert "職員の判断を待つ案件はありません。" in (await stranger.opens("")).text
    assert (await stranger.opens(f"cases/{number}")).status == 404
