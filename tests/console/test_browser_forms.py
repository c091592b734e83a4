"""Forms of the console in a real browser: by keyboard, for everybody, and with what scripts do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from domain.dates import to_wareki
from tests.console.kinds_of_reports import Place
from tests.console.test_browser import UNFOLD, browser, context, screen

if TYPE_CHECKING:
    from tests.api.desk import Desk
    from tests.console.test_browser import Screen


__all__ = ["browser", "context", "screen"]

BLANK = (
    "reports",
    "reports/households/{here}",
    "reports/births/{here}",
    "reports/deaths/{here}",
    "reports/corrections/{here}",
)


async def _is_for_everybody(screen: Screen) -> None:
    """Wide and narrow, with everything unfolded."""
    await screen.page.evaluate(UNFOLD)
    for width in (1280, 360):
        await screen.page.set_viewport_size({"width": width, "height": 800})
        await screen.is_accessible()


async def test_every_form_is_for_everybody(screen: Screen, desk: Desk) -> None:
    """Axe finds nothing on a blank form or a refused one; what is wrong is what one stands at.

    Red: take the label from a field.
    """
    place = await Place.of(desk.town, desk)
    await screen.signs_in(then="reports")
    for path in BLANK:
        await screen.opens(path.format(here=place.here))
        await _is_for_everybody(screen)
    await screen.opens("reports/move-ins")
    await screen.page.get_by_role("button", name="内容を確かめる").click()
    await expect(screen.page.locator("#problem")).to_be_focused()
    await _is_for_everybody(screen)


async def test_a_birth_by_keyboard_alone(screen: Screen, desk: Desk) -> None:
    """From the household to the case: typed, looked at, accepted; Enter leads on."""
    place = await Place.of(desk.town, desk)
    await screen.signs_in(then=f"reports/births/{place.here}")
    page = screen.page
    await page.get_by_label("氏名", exact=True).focus()
    await page.keyboard.type("髙橋　遥")
    await page.keyboard.press("Tab")
    await page.keyboard.type("タカハシ　ハルカ")
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type(to_wareki(desk.today))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("出生届の確認")
    await expect(page.locator("main")).to_contain_text(f"{to_wareki(desk.today)}（")
    await _is_for_everybody(screen)
    await page.get_by_role("button", name="受け付ける").dblclick()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("出生付番")
    [case] = (await desk.client.get("/v1/cases")).json["cases"]
    await expect(page).to_have_url(f"{screen.premises.url}/console/cases/{case['case_number']}")


async def test_an_amendment_is_looked_at_and_sent(screen: Screen, desk: Desk) -> None:
    """From the incident to the difference to the decision; axe finds nothing on the way."""
    number = await desk.report()
    await desk.park(number)
    await screen.signs_in(then=f"cases/{number}")
    page = screen.page
    await page.get_by_role("link", name="訂正して続ける").click()
    await page.get_by_label("氏名", exact=True).fill("佐藤　春香")
    await page.get_by_label("訂正の理由").fill("届書で確認した。")
    await _is_for_everybody(screen)
    await page.get_by_role("button", name="変わる所を確かめる").click()
    await expect(page.locator("del")).to_have_text("髙橋　遥")
    await expect(page.locator("ins")).to_have_text("佐藤　春香")
    await _is_for_everybody(screen)
    await page.get_by_role("button", name="訂正して続ける").click()
    await expect(page.locator("#decisions + ul")).to_contain_text("訂正して続ける")
