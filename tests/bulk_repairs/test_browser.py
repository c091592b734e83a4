"""一括処理 in a real browser: for everybody, by keyboard, and kept up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.console.test_browser import UNFOLD, browser, context, screen

if TYPE_CHECKING:
    from tests.bulk_repairs.lists import Lists
    from tests.console.test_browser import Screen

__all__ = ["browser", "context", "screen"]


async def test_a_list_is_drafted_by_keyboard_begun_and_followed(
    screen: Screen,
    lists: Lists,
) -> None:
    """From the desk to the last outcome, each page without a flaw, wide and narrow.

    Red: take the label from a form; leave the mark of the page unchanged while items are decided.
    """
    await lists.parked(2)
    await screen.signs_in()
    await screen.page.get_by_role("link", name="まとめて再実行…").focus()
    await screen.page.keyboard.press("Enter")
    await screen.page.get_by_label("理由").fill("直ったと連絡があった。")
    await _is_for_everybody(screen)
    await screen.page.keyboard.press("Tab")
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.get_by_role("button", name="2 件を確かめて始める")).to_be_visible()
    await _is_for_everybody(screen)

    await screen.page.get_by_role("button", name="2 件を確かめて始める").click()
    progress = screen.page.get_by_role("progressbar")
    await expect(progress).to_have_attribute("value", "0")
    bulk_id = screen.page.url.rpartition("/")[2]
    (number, _) = [*await lists.states(bulk_id)]
    await lists.decide_next(bulk_id)
    await lists.works(number)

    await expect(progress).to_have_attribute("value", "1", timeout=15_000)
    await expect(screen.page.get_by_role("row", name=number)).to_contain_text("うまくいった")
    await _is_for_everybody(screen)
    await screen.opens("bulk")
    await _is_for_everybody(screen)


async def _is_for_everybody(screen: Screen) -> None:
    for width in (1280, 360):
        await screen.page.set_viewport_size({"width": width, "height": 800})
        await screen.page.evaluate(UNFOLD)
        await screen.is_accessible()
    await screen.page.evaluate(UNFOLD.replace("true", "false"))
