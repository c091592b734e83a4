"""Whether the API stands, and what it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from tests.api.counter import an_api

if TYPE_CHECKING:
    from pathlib import Path

    from tests.api.conftest import Land
    from tests.api.counter import Api
    from tests.api.desk import Desk


async def test_it_is_ready_while_the_register_answers(api: Api) -> None:
    """No token is asked for."""
    assert (await api.stranger().ask("GET", "/healthz")).status == 200
    assert (await api.stranger().ask("GET", "/readyz")).status == 200


async def test_what_operations_count_names_nobody(api: Api, desk: Desk) -> None:
    """Open cases, incidents, stock and backlog of each town, and no name of a person."""
    number = await desk.report()
    await desk.park(number)
    shown = await api.stranger().ask("GET", "/metrics")
    counted = {
        sample.name: sample.value
        for family in text_string_to_metric_families(shown.text)
        for sample in family.samples
        if sample.labels.get("municipality") == desk.town.code
    }
    assert counted["juki_open_cases"] == 1
    assert counted["juki_open_incidents"] == 1
    assert counted["juki_unstarted_cases"] == 1
    assert counted["juki_code_stock"] == 0
    assert counted["juki_unsent_announcements"] == 0
    assert 'juki_http_answers_total{route="POST /v1/births",status="202"}' in shown.text
    assert "髙橋" not in shown.text
    assert number not in shown.text


async def test_a_register_that_is_away_is_a_503(keyring_path: Path, land: Land, desk: Desk) -> None:
    """Nobody loses anything: the caller is told to come again with the same key."""
    nowhere = "postgresql://juki_app@127.0.0.1:1/nowhere"
    async with an_api(nowhere, keyring_path, land.codes) as away:
        ready = await away.stranger().ask("GET", "/readyz")
        report = await away.client(desk.town).post("/v1/births", desk.birth())
    assert (ready.status, ready.code) == (503, "REGISTER_UNAVAILABLE")
    assert (report.status, report.code) == (503, "REGISTER_UNAVAILABLE")
    assert int(report.headers["Retry-After"]) > 0
