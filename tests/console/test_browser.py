"""The console as people use it: in a real browser, by mouse and by keyboard, kept up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright, expect

from domain.stuck import Stuck
from local.chromium import FLAGS, chromium
from register.watching import Finding
from tests.stuck import found

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from uuid import UUID

    from playwright.async_api import Browser, BrowserContext, Page

    from tests.api.desk import Desk
    from tests.console.conftest import Premises
    from tests.towns import Town

UNFOLD = "document.querySelectorAll('details').forEach(part => { part.open = true })"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """One Chromium for all tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        await browser.close()


@dataclass
class Screen:
    """A browser window, and whatever went wrong in it."""

    page: Page
    premises: Premises
    town: Town
    flaws: list[str]

    async def signs_in(self, role: str = "chief", then: str = "") -> None:
        """Through the provider's page, as a person does."""
        await self.page.goto(f"{self.premises.url}/console/{then}")
        await self.page.get_by_role("link", name="職員として入る").click()
        await self.page.locator(f'button[value="{self.town.code}-{role}-1"]').click()
        await self.page.wait_for_url(f"{self.premises.url}/console/{then}", wait_until="load")

    async def opens(self, path: str) -> None:
        """Open a page of the console."""
        await self.page.goto(f"{self.premises.url}/console/{path}")

    async def is_accessible(self) -> None:
        """Require that axe finds nothing on the page."""
        axe: Any = Axe()
        found: Any = await axe.run(self.page, options={"runOnly": RULES})
        violations: list[dict[str, Any]] = found.response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations]
        assert not told, (self.page.url, told)


@pytest.fixture
async def context(browser: Browser) -> AsyncGenerator[BrowserContext]:
    """A browser's memory of this test's own."""
    context = await browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900})
    yield context
    await context.close()


@pytest.fixture
async def screen(context: BrowserContext, premises: Premises, town: Town) -> AsyncGenerator[Screen]:
    """A window; afterwards nothing may have gone wrong in it, and nobody else been asked."""
    page = await context.new_page()
    screen = Screen(page, premises, town, [])
    page.on("pageerror", lambda error: screen.flaws.append(str(error)))
    page.on("console", lambda said: _note(screen, said.type, said.text))
    page.on("request", lambda asked: _note_host(screen, asked.url))
    yield screen
    assert not screen.flaws


def _note(screen: Screen, kind: str, text: str) -> None:
    # A page that says no is a page, and a network may be taken away.
    meant = "status of 4" in text or "INTERNET_DISCONNECTED" in text
    if kind == "error" and not meant:
        screen.flaws.append(text)


def _note_host(screen: Screen, url: str) -> None:
    if not url.startswith("http://127.0.0.1:"):
        screen.flaws.append(url)


async def test_every_page_is_for_everybody(
    database_urls: Mapping[str, str], screen: Screen, desk: Desk
) -> None:
    """Axe finds nothing on any page, wide or narrow.  Red: take a label from a form."""
    number = await desk.report()
    await desk.park(number)
    ref = await desk.ref(number)
    stuck = Finding(desk.town.code, ref.case_id, Stuck.NO_RUN, datetime(2026, 12, 1, tzinfo=UTC))
    await found(database_urls, [stuck])
    await screen.opens("")
    await screen.is_accessible()
    await screen.signs_in()
    for width in (1280, 360):
        await screen.page.set_viewport_size({"width": width, "height": 800})
        for path in (
            "",
            "stuck",
            "people",
            f"people/{await _somebody(desk)}",
            "incidents",
            "overview",
            "peers",
            "cases",
            f"cases/{number}",
            f"cases/{number}/withdrawal",
            "nowhere",
        ):
            await screen.opens(path)
            await screen.page.evaluate(UNFOLD)
            await screen.is_accessible()


async def test_a_decision_by_keyboard_alone(screen: Screen, desk: Desk) -> None:
    """From the sign-in page to the decision without a mouse."""
    number = await desk.report()
    await desk.park(number)
    await screen.signs_in(then=f"cases/{number}")
    await expect(screen.page).to_have_url(f"{screen.premises.url}/console/cases/{number}")
    await screen.page.locator("summary", has_text="もう一度行う").focus()
    await screen.page.keyboard.press("Enter")
    await screen.page.keyboard.press("Tab")
    await screen.page.keyboard.type("届書で確認した。")
    await screen.page.keyboard.press("Tab")
    await screen.page.keyboard.press("Enter")
    await expect(screen.page.locator("#decisions + ul")).to_contain_text("もう一度行う")


async def test_an_open_page_keeps_up(screen: Screen, desk: Desk) -> None:
    """What happens elsewhere appears by itself, on the desk and on the case."""
    await screen.signs_in()
    await expect(screen.page.locator("main")).to_contain_text("職員の判断を待つ案件はありません。")
    number = await desk.report()
    await desk.park(number)
    await expect(screen.page.locator("main")).to_contain_text("原因は 1 種類です", timeout=15_000)


async def test_two_people_at_one_case(screen: Screen, desk: Desk) -> None:
    """Who is typing keeps what was typed, and is told; who comes second is told what happened."""
    number = await desk.report()
    incident = await desk.park(number)
    await screen.signs_in(then=f"cases/{number}")
    await screen.page.locator("summary", has_text="もう一度行う").click()
    words = screen.page.locator("details[open] textarea")
    await words.fill("わたしの理由")

    await desk.decide(number, "retry", incident)

    await expect(screen.page.locator(".stale")).to_be_visible(timeout=15_000)
    await expect(words).to_have_value("わたしの理由")
    await screen.page.locator("details[open] button").click()
    await expect(screen.page.get_by_role("alert")).to_contain_text("ALREADY_DECIDED")


async def test_a_double_click_decides_once(screen: Screen, desk: Desk) -> None:
    """However fast somebody clicks."""
    number = await desk.report()
    await desk.park(number)
    await screen.signs_in(then=f"cases/{number}")
    await screen.page.locator("summary", has_text="もう一度行う").click()
    await screen.page.locator("details[open] textarea").fill("届書で確認した。")
    await screen.page.locator("details[open] button").dblclick()
    await expect(screen.page.locator("#decisions + ul li")).to_have_count(1)
    shown = (await desk.client.get(f"/v1/cases/{number}")).json
    assert len(shown["decisions"]) == 1


async def test_a_page_that_lost_its_connection_catches_up(
    screen: Screen, desk: Desk, context: BrowserContext
) -> None:
    """The network goes and comes back: what was missed is shown, and nothing had to be done."""
    await screen.signs_in()
    await context.set_offline(offline=True)
    number = await desk.report()
    await desk.park(number)
    await context.set_offline(offline=False)
    await expect(screen.page.locator("main")).to_contain_text("原因は 1 種類です", timeout=30_000)


async def _somebody(desk: Desk) -> UUID:
    async with desk.town.open() as tx:
        return await tx.fetchval("SELECT resident_id FROM resident LIMIT 1")
