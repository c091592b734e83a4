"""The closing scenes: everybody compared with everybody, and the canary."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from local.scenario.caller import Missed
from local.scenario.canary import Canary, cells_of, files_in
from local.scenario.cast import residents, secrets_of
from local.scenario.comparison import side_by_side, told_twice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.scenario.stage import Stage

_SHOWN = 5


async def everybody_agrees(stage: Stage) -> str:
    """10: 突合 of the four systems, person by person."""
    compared = await stage.agrees()
    ledgers = await stage.outside.ledgers()
    if twice := [*told_twice(compared.people, ledgers)]:
        raise Missed("; ".join(twice))
    born = [person for person in compared.people if person.born_here]
    stage.comparison = [(one.addressee_number, *side_by_side(one, ledgers)) for one in born]
    return f"{len(compared.people)} 人（出生 {len(born)} 人）× 4 システム、相違 0"


async def nothing_leaked(stage: Stage) -> str:
    """11: the seals hold, and neither the engine's files nor any log knows anybody."""
    await stage.stack.command("verify")
    canary = Canary(await secrets(stage))
    for process in ("worker", "relay", "api", "temporal"):
        await stage.stack.stop(process)
    searched = await asyncio.to_thread(canary.search, _sinks(stage))
    if searched.sightings:
        raise Missed("; ".join(str(seen) for seen in searched.sightings[:_SHOWN]))
    return (
        f"verify 相違 0、{searched.strings:,} 語を {searched.writings:,} 通りの書き方で"
        f" {searched.bytes:,} バイトから検索、発見 0"
    )


async def secrets(stage: Stage) -> dict[str, str]:
    """Everything that must not be seen: of the town's people, the newborns, and the stock."""
    known = secrets_of(residents())
    for person in await stage.register.people():
        entry = person.entry
        known |= {entry.name: "氏名", entry.name_kana: "氏名", entry.address.line: "住所"}
        known |= {person.number or "": "個人番号", person.code or "": "住民票コード"}
    known |= {row["code"]: "住民票コード" for row in await stage.register.codes()}
    return {text: kind for text, kind in known.items() if text}


def _sinks(stage: Stage) -> Iterator[tuple[str, bytes]]:
    database: Path = stage.stack.temporal_database
    yield from files_in(database.parent, stage.lost, stage.stack.directory / "log")
    for known in (database, stage.lost / database.name):
        yield from cells_of(known)
