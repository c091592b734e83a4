"""The console goes by the same table as the API: what somebody may not do, they are not offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.access import may
from api.console.navigation import NAVIGATION
from api.rights import act_of
from domain.cases import Procedure, Verb
from simulators.identity import ROLES

if TYPE_CHECKING:
    from tests.api.desk import Desk
    from tests.console.conftest import Door

LINKS = [link for group in NAVIGATION for link in group.links]


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_is_shown_the_pages_it_may_open_and_no_others(door: Door, role: str) -> None:
    """And a page that is not shown does not open either.  Red: another act at a page's seat."""
    visitor = await door.visitor(role)
    shown = (await visitor.opens("")).links()
    for link in LINKS:
        allowed = may(role, link.act)
        assert (f"/console/{link.path}" in shown) is allowed or not link.path, link
        assert (await visitor.opens(link.path)).status == (200 if allowed else 403), link


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_is_offered_the_decisions_it_may_take(
    door: Door, desk: Desk, role: str
) -> None:
    """Each verb as its cell says; 訂正 and 取下げ on pages of their own."""
    number = await desk.report()
    await desk.park(number)
    visitor = await door.visitor(role)
    page = await visitor.opens(f"cases/{number}")
    offered = {form[1].get("verb") for form in page.forms()}
    if any(link.endswith("/withdrawal") for link in page.links()):
        offered.add("withdraw")
    if any("/amendments/" in link for link in page.links()):
        offered.add("amend")
    allowed = {verb for verb in Verb if may(role, act_of(verb), Procedure.BIRTH)}
    assert {Verb(verb) for verb in offered if verb} == allowed
