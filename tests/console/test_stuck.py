"""止まっている案件 on the desk: counted, listed, and told on the case with what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.stuck import WORDS, Stuck
from register.watching import Finding
from tests.stuck import found, not_looked_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api.desk import Desk
    from tests.console.conftest import Door


async def test_a_stuck_case_is_on_the_desk_in_the_list_and_on_its_own_page(
    database_urls: Mapping[str, str], door: Door, desk: Desk
) -> None:
    """One number that leads to one list that leads to the case; and what operations do."""
    number = await desk.report()
    ref = await desk.ref(number)
    why = Finding(desk.town.code, ref.case_id, Stuck.NO_RUN, datetime(2026, 12, 1, tzinfo=UTC))
    await found(database_urls, [why])
    visitor = await door.visitor()

    page = await visitor.opens("")
    assert "動くはずの案件が 1 件止まっています" in page.text
    assert "/console/stuck" in page.links()
    listed = await visitor.opens("stuck")
    assert f"/console/cases/{number}" in listed.links()
    shown = await visitor.opens(f"cases/{number}")
    words = WORDS[Stuck.NO_RUN]
    assert f"止まっています: {words.means.ja}" in shown.text
    assert f"運用担当へ: {words.do.ja}" in shown.text
    assert (
        "止まっています" not in (await visitor.opens(f"cases/{await desk.report(days_ago=9)}")).text
    )


async def test_a_watchdog_that_sleeps_is_told_wherever_its_list_would_be_believed(
    database_urls: Mapping[str, str], door: Door
) -> None:
    """Desk, list and overview; an office that is watched says when it was looked at."""
    visitor = await door.visitor()
    await found(database_urls, [])
    assert "見張りの最後の見回り" in (await visitor.opens("overview")).text
    assert "止まっている案件はありません。" in (await visitor.opens("")).text

    await not_looked_for(database_urls, 6, door.town.code)

    for path in ("", "stuck", "overview"):
        assert "見張りが動いていません" in (await visitor.opens(path)).text, path
