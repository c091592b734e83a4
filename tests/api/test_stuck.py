"""止まっている案件 over HTTP: why, since when, and what operations do; each town its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from domain.stuck import WORDS, Stuck
from register.watching import Finding
from tests.stuck import found, not_looked_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.api.counter import Api
    from tests.api.desk import Desk
    from tests.towns import Town

SINCE = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("kind", Stuck)
async def test_every_kind_says_what_it_means_and_what_to_do(
    database_urls: Mapping[str, str], desk: Desk, kind: Stuck
) -> None:
    """On the list and on the case itself, in the same words."""
    number = await _stuck(database_urls, desk, kind)

    listed = (await desk.client.get("/v1/stuck-cases")).json
    shown = (await desk.client.get(f"/v1/cases/{number}")).json["stuck"]

    [one] = listed["cases"]
    assert one == shown | {"case_number": number, "procedure": "出生付番"}
    assert (shown["kind"], shown["ja"]) == (kind, WORDS[kind].means.ja)
    assert shown["do_ja"] == WORDS[kind].do.ja
    assert datetime.fromisoformat(shown["since"]) == SINCE


async def test_a_failing_task_names_its_build(database_urls: Mapping[str, str], desk: Desk) -> None:
    """So that operations know which worker to replace."""
    number = await desk.report()
    ref = await desk.ref(number)
    told = (3, "2026-12-01", "NON_DETERMINISTIC_ERROR")
    await found(
        database_urls,
        [Finding(desk.town.code, ref.case_id, Stuck.TASK_FAILING, SINCE, *told)],
    )

    shown = (await desk.client.get(f"/v1/cases/{number}")).json["stuck"]

    assert (shown["failed_attempts"], shown["build"], shown["cause"]) == told


async def test_the_list_goes_on_where_it_stopped_and_is_the_towns_own(
    database_urls: Mapping[str, str], api: Api, desk: Desk, other_town: Town
) -> None:
    """The longest standing first; nobody twice, nobody missing, nobody else's."""
    numbers = [
        await _stuck(database_urls, desk, Stuck.NO_RUN, days=days, days_ago=days + 2)
        for days in range(3)
    ]

    first = (await desk.client.get("/v1/stuck-cases?limit=2")).json
    second = (await desk.client.get(f"/v1/stuck-cases?limit=2&cursor={first['next_cursor']}")).json

    seen = [one["case_number"] for one in first["cases"] + second["cases"]]
    assert seen == numbers
    assert second["next_cursor"] is None
    assert (await api.client(other_town).get("/v1/stuck-cases")).json["cases"] == []


async def test_a_watchdog_that_does_not_run_is_told(
    database_urls: Mapping[str, str], api: Api, desk: Desk
) -> None:
    """An empty list of a watchdog that sleeps is no good news."""
    never = (await desk.client.get("/v1/stuck-cases")).json
    await found(database_urls, [])
    now = (await desk.client.get("/v1/stuck-cases")).json
    await not_looked_for(database_urls, 7, desk.town.code)
    late = (await desk.client.get("/v1/stuck-cases")).json

    assert (never["late"], never["looked_at"]) == (True, None)
    assert (now["late"], late["late"]) == (False, True)
    assert (await _measured(api, desk))["juki_watch_age_seconds"] > 400


async def test_what_is_stuck_is_one_measure_by_kind(
    database_urls: Mapping[str, str], api: Api, desk: Desk
) -> None:
    """Every kind has a series, so that an alarm may wait for it."""
    await _stuck(database_urls, desk, Stuck.NO_WORKER)

    shown = await api.stranger().ask("GET", "/metrics")

    counted = {
        sample.labels["kind"]: sample.value
        for family in text_string_to_metric_families(shown.text)
        for sample in family.samples
        if sample.name == "juki_stuck_cases" and sample.labels["municipality"] == desk.town.code
    }
    assert counted == {kind: float(kind is Stuck.NO_WORKER) for kind in Stuck}


async def _stuck(
    urls: Mapping[str, str], desk: Desk, kind: Stuck, *, days: int = 0, days_ago: int = 3
) -> str:
    number = await desk.report(days_ago=days_ago)
    ref = await desk.ref(number)
    since = SINCE + timedelta(days=days)
    await found(urls, [Finding(desk.town.code, ref.case_id, kind, since)])
    return number


async def _measured(api: Api, desk: Desk) -> dict[str, float]:
    shown = await api.stranger().ask("GET", "/metrics")
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(shown.text)
        for sample in family.samples
        if sample.labels.get("municipality") == desk.town.code
    }
