"""Cases put on the watchdog's list, for whoever reads it; how they get there is test_watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from register import watching
from runtime.database import pool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from register.watching import Finding


async def found(urls: Mapping[str, str], findings: Sequence[Finding]) -> None:
    """A round of the watchdog, as the relay writes it."""
    async with pool(urls["juki_relay"], application="test", largest=1) as connections:
        everybody = await connections.fetch("SELECT case_id FROM stuck_case")
        suspected = {one.case_id for one in findings} | {row["case_id"] for row in everybody}
        await watching.note(connections, suspected, findings)


async def not_looked_for(urls: Mapping[str, str], minutes: int, town: str) -> None:
    """Have the last round been so long ago."""
    connection = await asyncpg.connect(urls["juki_relay"])
    await connection.execute(
        "UPDATE watch_round SET looked_at = clock_timestamp() - make_interval(mins => $1)"
        " WHERE municipality = $2",
        minutes,
        town,
    )
    await connection.close()
