"""The closing scenes: everybody compared with everybody, and the canary."""

from __future__ import annotations

import asyncio
from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

from domain.residents import Reason
from local.scenario.caller import Missed
from local.scenario.canary import Canary, cells_of, files_in
from local.scenario.cast import secrets_of_households
from local.scenario.comparison import side_by_side, told_twice
from local.scenario.scenes_desk import reconcile
from local.scenario.whereabouts import Where, everybody_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.scenario.caller import Caller
    from local.scenario.person import Person
    from local.scenario.stage import Stage

_SHOWN = 5


async def everybody_agrees(stage: Stage) -> str:
    """28: 突合 of both towns by their own staff, and once more by this program.

    The latter looks too at what 突合 does not: what was told twice, or never written.  And a day
    that ended well has left nobody on the watchdog's list.
    """
    records = 0
    for town in (stage.here, stage.there):
        await _nobody_is_stuck(town.caller)
    found = [await reconcile(town.caller) for town in (stage.here, stage.there)]
    if kinds := [one["kind"] for each in found for one in each["differences"]]:
        raise Missed("、".join(kinds[:_SHOWN]))
    for town in (stage.here, stage.there):
        people = (await town.agrees()).people
        ledgers = await town.outside.ledgers()
        if twice := [*told_twice(people, ledgers)]:
            raise Missed("; ".join(twice))
        records += len(people)
        stage.comparison += [
            (town.place.name, one.addressee_number, *side_by_side(one, ledgers))
            for one in people
            if one.brought_in or one.entry.leaving or one.reason != Reason.MIGRATED
        ]
    explained = sum(each["in_transition"] for each in found)
    return (
        f"二つの突合で差異 0（移動中で説明がつくもの {explained}）、"
        f"別の照合でも {records} 件 × 4 システムで相違 0"
    )


async def _nobody_is_stuck(caller: Caller) -> None:
    watched = (await caller.get("operations", "stuck-cases")).expect(HTTPStatus.OK)
    if watched["late"]:
        raise Missed("見張りが動いていません")
    if kinds := [one["kind"] for one in watched["cases"]]:
        raise Missed("、".join(kinds))


async def everybody_lives_once(stage: Stage) -> str:
    """29: everybody is 現存 in exactly one of the towns, or listed as on the way."""
    towns = (stage.here, stage.there)
    found = everybody_once({town.code: await town.register.people() for town in towns})
    if found.differences:
        raise Missed("; ".join(found.differences[:_SHOWN]))
    listed = found.counts - Counter({Where.HERE: found.counts[Where.HERE]})
    if listed != stage.on_their_way:
        raise Missed("、".join(found.listed))
    return f"{found.counts.total()} 人: 現存 {found.counts[Where.HERE]}、" + "、".join(found.listed)


async def nothing_leaked(stage: Stage) -> str:
    """30: the seals hold, and neither the engine's files nor any log knows anybody.

    What operations were announced stands in the simulators' log, as they got it.
    """
    await stage.stack.command("verify")
    canary = Canary(await secrets(stage))
    for process in ("worker", "relay", "api", "temporal"):
        await stage.stack.stop(process)
    told = (stage.stack.directory / "log" / "simulators.log").read_bytes().count(b"announced ")
    searched = await asyncio.to_thread(canary.search, _sinks(stage))
    if searched.sightings:
        raise Missed("; ".join(str(seen) for seen in searched.sightings[:_SHOWN]))
    if not told:
        raise Missed("運用への知らせが一件も届いていません")
    return (
        f"verify 相違 0、運用への知らせ {told} 件、"
        f"{searched.strings:,} 語を {searched.writings:,} 通りの書き方で"
        f" {searched.bytes:,} バイトから検索、発見 0"
    )


async def secrets(stage: Stage) -> dict[str, str]:
    """Everything that must not be seen: of both towns' people, newborns, and stocks."""
    known = secrets_of_households()
    for town in (stage.here, stage.there):
        for person in await town.register.people():
            known |= _secrets_of(person)
        known |= {row["code"]: "住民票コード" for row in await town.register.codes()}
    return {text: kind for text, kind in known.items() if text}


def _secrets_of(person: Person) -> dict[str, str]:
    entry = person.entry
    places = [entry.address.line]
    places += [entry.leaving.destination.address.line] if entry.leaving else []
    places += [entry.left.address.line] if entry.left else []
    found = {entry.name: "氏名", entry.name_kana: "氏名"} | dict.fromkeys(places, "住所")
    return found | {person.number or "": "個人番号", person.code or "": "住民票コード"}


def _sinks(stage: Stage) -> Iterator[tuple[str, bytes]]:
    database: Path = stage.stack.temporal_database
    yield from files_in(database.parent, stage.lost, stage.stack.directory / "log")
    for known in (database, stage.lost / database.name):
        yield from cells_of(known)
