"""審査・決裁: where a municipality asks for it, a second person approves before the entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from domain.cases import CaseState, Procedure, Verb
from register import approvals, changing
from register.approvals import Approval
from register.municipalities import Parameters
from runtime.settings import TokenRole
from tests.agreement import agrees
from tests.changing import NEW_HOME, Locals
from tests.moving import at_rest
from workflows.rehearsal import PROCEDURES, card_of, rehearse

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.frontier import Frontier
    from tests.house import Case


@pytest.fixture
async def strict(frontier: Frontier) -> AsyncGenerator[Locals]:
    """A town that asks for approval of every procedure."""
    town = await frontier.open_town(parameters=Parameters(approval=tuple(Procedure)))
    yield Locals(frontier, town)
    await at_rest(town)


async def test_nothing_is_entered_before_it_is_approved(strict: Locals) -> None:
    """仮登録 is in no history, feed or telegram; 決裁 enters it.  Red: `enters` left off."""
    family = await strict.family()
    case = await strict.move(family)
    await case.waits("approval")
    assert await _traces(case) == 0

    status, _ = await strict.approve(case)
    assert status == 202
    await case.closes()

    assert (await family.person()).entry.address.line == NEW_HOME["line"]
    await agrees(strict.town)


async def test_a_birth_and_a_departure_are_approved_as_well(strict: Locals) -> None:
    """Every procedure stands behind the same second person."""
    birth = await strict.town.report_birth("田中　遥")
    await birth.waits("approval")
    assert await _traces(birth) == 0

    assert (await strict.approve(birth))[0] == 202
    await birth.closes()


async def test_nobody_approves_what_they_accepted(strict: Locals) -> None:
    """Four eyes, refused by the API and by the database itself."""
    case = await strict.move(await strict.family())
    await case.waits("approval")

    status, problem = await strict.approve(case, role=TokenRole.CHIEF)
    assert (status, problem["code"]) == (409, "OWN_REPORT")

    own = Approval(case.ref.case_id, 0, "approved", "chief-01", "chief", "")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _past_the_counter(strict, own)


async def test_the_database_enters_nothing_unapproved(strict: Locals) -> None:
    """A step that forgot to wait would be refused by the register."""
    case = await strict.move(await strict.family())
    await case.waits("approval")

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _enter(case)


async def test_the_counter_may_not_approve(strict: Locals) -> None:
    """審査 and 責任者 do."""
    case = await strict.move(await strict.family())

    status, problem = await strict.approve(case, role=TokenRole.COUNTER)

    assert (status, problem["code"]) == (403, "ROLE_NOT_ALLOWED")
    assert problem["roles"] == ["chief", "examiner"]


async def test_a_returned_report_waits_on_and_may_be_withdrawn(strict: Locals) -> None:
    """差戻し needs a reason, is shown to whoever corrects it, and enters nothing."""
    family = await strict.family()
    before = await family.person()
    case = await strict.move(family)
    await case.waits("approval")

    status, problem = await strict.approve(case, "returned")
    assert (status, problem["code"]) == (422, "MISSING_REASON")
    status, _ = await strict.approve(case, "returned", reason="転居をした日が届書と違う。")
    assert status == 202

    path = f"/v1/cases/{case.ref.case_number}/report"
    seen = await strict.frontier.get(strict.town, path)
    assert (seen["last_verdict"], seen["last_verdict_by"]) == ("returned", "examiner-01")
    await case.waits("approval")
    await case.decide(Verb.WITHDRAW)
    await case.closes(CaseState.WITHDRAWN)
    assert await family.person() == before


async def test_an_approval_is_of_the_version_that_was_read(strict: Locals) -> None:
    """Whoever looked at an older version is told which one stands."""
    case = await strict.move(await strict.family())
    await case.waits("approval")

    status, problem = await strict.approve(case, version=7)

    assert (status, problem["code"], problem["version"]) == (409, "REPORT_CORRECTED", 0)


async def test_without_the_setting_nobody_is_asked(here: Locals) -> None:
    """The usual municipality: no approval, and none to be given."""
    case = await here.move(await here.family())
    await case.closes()

    status, problem = await here.approve(case)

    assert (status, problem["code"]) == (409, "CASE_CLOSED")


@pytest.mark.parametrize("kind", PROCEDURES, ids=lambda kind: kind.__name__)
def test_whoever_brings_people_in_says_that_it_enters(kind: type) -> None:
    """Every procedure whose first undo takes an entry back stands behind approval."""
    undone = [line for line in rehearse(kind) if card_of(line.step).enters]
    none = {"MoveInNotice", "CertificateSerial", "SerialBatch", "CodeTopUp", "LinkageCode"}
    none |= {"Reconciliation", "Repair", "Bulk"}

    assert bool(undone) is (kind.__name__ not in none)


async def _past_the_counter(strict: Locals, approval: Approval) -> None:
    async with strict.town.transaction() as tx:
        await approvals.record(tx, strict.town.code, approval)


async def _enter(case: Case) -> None:
    async with case.town.transaction() as tx:
        await changing.enter(tx, case.whole, ())


async def _traces(case: Case) -> int:
    """How much of a case anybody outside it could see."""
    async with case.town.transaction() as tx:
        return await tx.fetchval(
            "SELECT (SELECT count(*) FROM resident_history WHERE case_id = $1)"
            " + (SELECT count(*) FROM feed_event WHERE case_id = $1)"
            " + (SELECT count(*) FROM telegram WHERE case_id = $1)",
            case.ref.case_id,
        )
