"""Looking for people and households, and what is never shown of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.numbers import my_number, resident_code

if TYPE_CHECKING:
    from tests.api.desk import Desk


async def test_a_household_is_chosen_from_a_search(desk: Desk) -> None:
    """Found by a name in any writing, shown by id, good for a birth."""
    found = await desk.client.post("/v1/households/search", {"name": "吉野家"})
    assert found.status == 200, found.text
    [household] = found.json["households"]
    assert household["head"]["name"].startswith("𠮷野家")
    shown = await desk.client.get(f"/v1/households/{household['household_id']}")
    assert shown.json == household
    birth = desk.birth() | {"household_id": household["household_id"]}
    assert (await desk.client.post("/v1/births", birth)).status == 202


@pytest.mark.parametrize(
    "criteria",
    [
        {"name_kana": "ヨシノヤ"},
        {"code": str(resident_code(1))},
        {"my_number": str(my_number(1))},
        {"born_on": "1951-02-02", "name": "𠮷野家"},
        {"address": "九段南"},
    ],
)
async def test_a_resident_is_found(desk: Desk, criteria: dict[str, Any]) -> None:
    """By name, reading, numbers, birthday or address; the code masked, the number never shown."""
    found = await desk.client.post("/v1/residents/search", criteria)
    assert found.status == 200, found.text
    assert found.json["residents"]
    for ordinal in range(1, 7):
        assert my_number(ordinal) not in found.text
        assert resident_code(ordinal) not in found.text


async def test_a_history_is_read_on_two_axes(desk: Desk) -> None:
    """Every row, and the entry of a day as known on a day; before the person came, nobody."""
    resident = await _resident(desk)
    whole = (await desk.client.get(f"/v1/residents/{resident}/history")).json
    assert [row["reason"] for row in whole["rows"]] == ["移行"]
    assert whole["as_of"]["presence"] == "現存"
    assert whole["as_of"]["code_masked"].startswith("*******")
    early = await desk.client.get(
        f"/v1/residents/{resident}/history", known_on="2001-01-01", effective_on="2001-01-01"
    )
    assert early.json["as_of"] is None
    wrong = await desk.client.get(f"/v1/residents/{resident}/history", known_on="20010101")
    assert ("known_on", "NOT_A_DATE") in wrong.fields


async def test_views_and_searches_are_audited(desk: Desk) -> None:
    """Who looked at whom stands in the log; what was typed does not."""
    resident = await _resident(desk)
    for path in (f"/v1/residents/{resident}", f"/v1/residents/{resident}/history"):
        assert (await desk.client.get(path)).status == 200
    assert (await desk.client.get(f"/v1/households/{desk.households[0]}")).status == 200
    async with desk.town.open() as tx:
        rows = await tx.fetch("SELECT actor, act, purpose, detail::text AS detail FROM audit")
    assert "GET /v1/residents/{resident_id}/history" in {row["purpose"] for row in rows}
    acts = {row["act"] for row in rows if row["actor"] == "chief-01"}
    assert acts >= {"search_residents", "view_resident", "view_history", "view_household"}
    assert not any("ヨシノヤ" in row["detail"] for row in rows)


@pytest.mark.parametrize("what", ["households", "residents"])
async def test_an_id_that_is_none_is_not_found(desk: Desk, what: str) -> None:
    """Opaque ids: whether it was malformed or unknown is nobody's business."""
    answer = await desk.client.get(f"/v1/{what}/秘密")
    assert answer.status == 404
    assert "秘密" not in answer.text


async def _resident(desk: Desk) -> str:
    found = await desk.client.post("/v1/residents/search", {"name_kana": "ヨシノヤ"})
    return found.json["residents"][0]["resident_id"]
