"""Scenes about our own machinery: a worker killed, the engine's memory gone."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING, cast

from local.scenario.caller import Missed, eventually, step_of
from local.scenario.comparison import told_twice

if TYPE_CHECKING:
    from local.scenario.stage import Stage

_BIRTHS = 10
_OPEN = 3
_ON_THEIR_WAY = {"skip": 3, "times": 3, "seconds": 2.0}
_LAST_BUT_ONE = "副本を登録する"


async def the_worker_is_killed(stage: Stage) -> str:
    """7: SIGKILL in the middle of ten births, and another worker: all complete, none twice.

    Some telegrams are on their way at that moment: they arrive when nobody waits for the answer.
    """
    await stage.outside.arm("jlis", "SLOW", message="CS-12", **_ON_THEIR_WAY)
    numbers = [await stage.birth() for _ in range(_BIRTHS)]
    done = await _until_under_way(stage, numbers)
    await stage.stack.kill("worker")
    await stage.stack.start("worker")
    await stage.caller.completed(numbers, seconds=90)
    await stage.agrees()
    await _nothing_twice(stage)
    return f"{_BIRTHS} 件中 {done} 件完了の時点で強制終了 → 全 {_BIRTHS} 件完了、重複 0"


async def the_engine_forgets(stage: Stage) -> str:
    """8: Temporal's database is deleted while three births are open; ``resume`` restarts them."""
    await stage.outside.arm("unified_addressee", "UNAVAILABLE", message="AT-03", times=None)
    numbers = [await stage.birth() for _ in range(_OPEN)]
    for number in numbers:
        await stage.caller.until(number, _waits_for_copy, "副本登録の再試行")
    await _lose_everything(stage)
    await stage.outside.calm()
    await stage.stack.command("resume")
    told = await asyncio.to_thread(_last_words, stage)
    await stage.caller.completed(numbers, seconds=60)
    await stage.stack.command("resume")
    await stage.agrees()
    await _nothing_twice(stage)
    return f"「{told}」全て完了、重複 0"


async def _until_under_way(stage: Stage, numbers: list[str]) -> int:
    """Wait for the middle: something completed, something not; how many are completed."""

    async def done() -> int:
        ended = {case["case_number"] for case in await stage.caller.cases(state="completed")}
        return len(ended.intersection(numbers))

    return await eventually(done, lambda count: 0 < count < len(numbers), "途中", str)


async def _lose_everything(stage: Stage) -> None:
    """Stop the engine, take its files away (the canary reads them later), start an empty one."""
    await stage.stack.stop("temporal")
    shutil.copytree(stage.stack.temporal_database.parent, stage.lost)
    stage.stack.forget_temporal()
    await stage.stack.start("temporal")


def _last_words(stage: Stage) -> str:
    """What the last command said, in Japanese."""
    log = (stage.stack.directory / "log" / "cli.log").read_text("utf-8")
    return log.splitlines()[-1].partition(" Open")[0]


def _waits_for_copy(case: dict[str, object]) -> bool:
    # What failed before the third birth may have held the gate of 統合宛名 already.
    waits = cast("list[dict[str, object]]", case["waiting_for"])
    at_the_gate = any((one["kind"], one["step"]) == ("gate", _LAST_BUT_ONE) for one in waits)
    return at_the_gate or step_of(case, _LAST_BUT_ONE)["failed_attempts"] > 0


async def _nothing_twice(stage: Stage) -> None:
    people = await stage.register.people()
    if twice := [*told_twice(people, await stage.outside.ledgers())]:
        raise Missed("; ".join(twice))
