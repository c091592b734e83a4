"""The desk that the demo leaves behind: something of everything, and every main page to look at.

With ``--pictures`` what is seen becomes the pictures of README and operations.md.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import pytest
from playwright.async_api import async_playwright

from domain.cases import CaseState
from local.chromium import FLAGS, chromium
from local.demo import local_stack
from local.scenario.caller import Caller
from local.scenario.cast import DESK, HERE
from local.scenario.desk_to_try import leave_a_desk
from register.incidents import IncidentKind

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

    from playwright.async_api import Page

    from local.scenario.caller import Json
    from local.stack import LocalStack

_DECLINED = "peer=unified_addressee&code=UNKNOWN_NUMBER"
_STAFF = f"{HERE.code}-chief-1"


class Picture(NamedTuple):
    """A page worth showing: where it is, and what must be seen on it."""

    path: str
    shows: str


@pytest.mark.timeout(240)
async def test_the_desk_left_behind_has_something_of_everything(
    tmp_path: Path, pictures: Path
) -> None:
    """An incident of each kind, cases that are done and cases that wait: and every page shows it.

    Red: calm the faults before the last of them is met.
    """
    async with local_stack(tmp_path, usual_ports=False) as stack:
        await leave_a_desk(stack)
        async with aiohttp.ClientSession() as session:
            caller = _caller(stack, session)
            cases = [await caller.case(one["case_number"]) for one in await caller.cases()]
            household = await caller.household_id(DESK.born)
        _has_everything(cases)
        async with _signed_in(stack) as page:
            for name, picture in _worth_showing(cases, household).items():
                await page.goto(f"{stack.url('api')}/console/{picture.path}")
                assert picture.shows in await page.inner_text("main")
                await page.screenshot(path=pictures / f"{name}.png")


def _has_everything(cases: list[Json]) -> None:
    kinds = {incident["kind"] for case in cases for incident in case["incidents"]}
    assert kinds == {*IncidentKind}
    assert {CaseState.OPEN, CaseState.COMPLETED} <= {case["state"] for case in cases}
    waits = {wait["kind"] for case in cases for wait in case["waiting_for"]}
    assert {"departure_day", "move_in_notice", "visit", "approval"} <= waits


def _worth_showing(cases: list[Json], household: str) -> Mapping[str, Picture]:
    refused = next(
        case for case in cases for one in case["incidents"] if one["code"] == "ADDRESS_MISMATCH"
    )
    number, person = refused["case_number"], refused["persons"][0]["resident_id"]
    incident = refused["incidents"][0]["incident_id"]
    return {
        "desk": Picture("", "対応待ち"),
        "incidents": Picture("incidents", "ADDRESS_MISMATCH"),
        "case": Picture(f"cases/{number}", "郵便番号"),
        "amendment": Picture(f"cases/{number}/amendments/{incident}", "郵便番号"),
        "withdrawal": Picture(f"cases/{number}/withdrawal", "取り下げ"),
        "person": Picture(f"people/{person}", DESK.misaddressed.surname),
        "reports": Picture("reports", "出生届"),
        "report": Picture(f"reports/births/{household}", "生まれた子"),
        "bulk": Picture(f"bulk/new?{_DECLINED}", "下書き"),
        "reconciliations": Picture("reconciliations", "宛名"),
        "peers": Picture("peers", "送信中"),
        "overview": Picture("overview", "受け付けた案件"),
    }


def _caller(stack: LocalStack, session: aiohttp.ClientSession) -> Caller:
    roles = ("client", "counter", "chief")
    tokens = {role: stack.tokens[f"{HERE.code}/{role}"] for role in roles}
    return Caller(session, stack.url("api"), tokens)


@asynccontextmanager
async def _signed_in(stack: LocalStack) -> AsyncGenerator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = await browser.new_page(locale="ja-JP", viewport={"width": 1280, "height": 860})
        await page.goto(f"{stack.url('api')}/console/")
        await page.get_by_role("link", name="職員として入る").click()
        await page.locator(f'button[value="{_STAFF}"]').click()
        await page.wait_for_url(f"{stack.url('api')}/console/")
        yield page
        await browser.close()
