"""The pages around the cases in a real browser: for everybody, and kept up between two people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from api.console.navigation import NAVIGATION
from domain.cases import Procedure
from tests.console.test_browser import UNFOLD, browser, context, screen
from tests.console.test_upkeep_pages import REPAIRABLE, a_comparison, a_decision

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.api.desk import Desk
    from tests.console.test_browser import Screen

__all__ = ["browser", "context", "screen"]

ELSEWHERE = {"", "incidents", "cases", "people", "overview", "peers", "stuck"}
"""Looked at by test_browser."""
PAGES = [link.path for group in NAVIGATION for link in group.links if link.path not in ELSEWHERE]


async def test_every_page_of_the_navigation_is_for_everybody(screen: Screen, desk: Desk) -> None:
    """Axe finds nothing on any of them, filled with something, wide or narrow.

    Red: take a label from a form.  Whatever is put into the navigation is looked at by itself.
    """
    number, _ = await a_comparison(desk)
    case = await desk.report()
    await desk.decide(case, "retry", await desk.park(case))
    await a_decision(desk, author="職員", worked=True)
    await screen.signs_in()
    for width in (1280, 360):
        await screen.page.set_viewport_size({"width": width, "height": 900})
        for path in (*PAGES, "differences", f"reconciliations/{number}", f"cases/{case}"):
            await screen.opens(path)
            await screen.page.evaluate(UNFOLD)
            await screen.is_accessible()
            await _fits(screen)


async def test_two_people_see_each_other_and_what_happened(
    screen: Screen, desk: Desk, browser: Browser
) -> None:
    """Who comes is named without a reload; who types is told what the other did."""
    number = await desk.report()
    incident = await desk.park(number)
    await screen.signs_in("examiner", then=f"cases/{number}")
    elsewhere = await browser.new_context(locale="ja-JP")
    other = type(screen)(await elsewhere.new_page(), screen.premises, screen.town, [])
    await other.signs_in("chief", then=f"cases/{number}")
    await expect(screen.page.locator(".viewers")).to_contain_text("責任者", timeout=15_000)
    await expect(other.page.locator(".viewers")).to_contain_text("審査", timeout=15_000)

    await screen.page.locator("summary", has_text="もう一度行う").click()
    await screen.page.locator("details[open] textarea").fill("わたしの理由")
    await desk.decide(number, "retry", incident)

    told = screen.page.locator("[data-happened]")
    await expect(told).to_contain_text("chief-01 が", timeout=15_000)
    await expect(told).to_contain_text("もう一度行う")
    await elsewhere.close()


async def test_a_repair_by_keyboard_alone(screen: Screen, desk: Desk) -> None:
    """From the difference to the case that repairs it."""
    await a_comparison(desk)
    await screen.signs_in(then="differences")
    await screen.page.locator("summary", has_text="提案の修正を始める").focus()
    await screen.page.keyboard.press("Enter")
    await screen.page.keyboard.press("Tab")
    await screen.page.keyboard.type("届書で確かめた。")
    await screen.page.keyboard.press("Tab")
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.locator("h1")).to_contain_text(Procedure.REPAIR)
    await screen.opens(f"differences?kind={REPAIRABLE}")
    await expect(screen.page.locator("main")).to_contain_text("修正中")


async def _fits(screen: Screen) -> None:
    """Nothing makes the page itself wider than the window."""
    wide = await screen.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, (screen.page.url, wide)
