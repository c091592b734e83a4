"""``jukiflow resume`` as an operator types it after a loss."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.client import WorkflowExecutionStatus

from local import HOME
from tests.house import a_house

if TYPE_CHECKING:
    from tests.house import Case
    from tests.server import Place


async def _resume(place: Place) -> tuple[int, int, int]:
    """Open, running and started, as the command tells."""
    settings = {
        "JUKI_RELAY_DATABASE_URL": place["database_urls"]["juki_relay"],
        "JUKI_TEMPORAL_ADDRESS": place["temporal_address"],
        "JUKI_TEMPORAL_NAMESPACE": place["namespace"],
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "resume"),
        cwd=HOME,
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0
    known, running, started = map(int, re.findall(r"(\d+) 件", told.decode()))
    return known, running, started


async def _status(case: Case) -> WorkflowExecutionStatus | None:
    handle = case.town.house.client.get_workflow_handle(case.workflow_id)
    return (await handle.describe()).status


async def test_a_case_the_engine_lost_is_started_again_and_only_once(place: Place) -> None:
    """Its stock is empty, so it stays open.  Red when `resume` takes any run for a running one."""
    keyring = Path(place["keyring"])
    async with a_house(place, place["outside_url"], keyring, place["namespace"]) as house:
        case = await (await house.open_town()).report_birth()
        await house.rounds.start_accepted()
        await case.terminate()

        known, running, started = await _resume(place)

        assert started >= 1
        assert known == running + started
        assert await _status(case) is WorkflowExecutionStatus.RUNNING
        assert await _resume(place) == (known, known, 0)
        await case.terminate()
