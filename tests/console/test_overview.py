"""様子: pictures of the last days, and figures for whoever would rather read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.api.desk import Desk
    from tests.console.conftest import Door


async def test_a_quiet_office_has_a_quiet_page(door: Door) -> None:
    """Nothing yet is said in words, not in empty pictures alone."""
    page = await (await door.visitor("operations")).opens("overview")
    assert page.status == 200
    assert "再実行はありませんでした。" in page.text
    assert "最近4週間は使っていません。" in page.text


async def test_what_was_accepted_and_stood_still_is_counted(door: Door, desk: Desk) -> None:
    """By day and procedure; an incident counts on the day it came up."""
    for days_ago in (2, 3):
        await desk.park(await desk.report(days_ago=days_ago))
    page = await (await door.visitor()).opens("overview")
    assert "出生付番 2" in page.text
    assert "発生 2" in page.text
