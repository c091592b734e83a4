"""住民: what is shown of whom, to whom, and that every look is remembered as what it was."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from domain.dates import to_wareki
from register.vault import MY_NUMBER
from tests.numbers import my_number

if TYPE_CHECKING:
    from uuid import UUID

    from tests.console.conftest import Door
    from tests.console.visitor import Page, Visitor


async def _finds(visitor: Visitor, **wanted: str) -> Page:
    forms = (await visitor.opens("people")).forms()
    [search] = [form for form in forms if form[0] == "/console/people"]
    return await visitor.sends(search, **wanted)


async def _acts(door: Door) -> list[str]:
    async with door.town.open() as tx:
        rows = await tx.fetch("SELECT act FROM audit WHERE actor LIKE '%-1' ORDER BY log_id")
    return [row["act"] for row in rows]


async def _somebody(door: Door) -> UUID:
    async with door.town.open() as tx:
        return await tx.fetchval(
            "SELECT resident_id FROM resident ORDER BY addressee_number LIMIT 1"
        )


async def test_a_person_is_found_whatever_glyph_their_name_is_written_in(door: Door) -> None:
    """𠮷 finds 吉, and the criteria stand in no address."""
    visitor = await door.visitor()
    page = await _finds(visitor, name="吉野家")
    assert "𠮷野家" in page.text
    assert "吉" not in page.url
    assert "%" not in page.url


async def test_a_birthday_may_be_typed_in_either_notation(door: Door) -> None:
    """和暦 or 西暦; a day of another era is refused, and stays."""
    visitor = await door.visitor()
    async with door.town.open() as tx:
        born = await tx.fetchval("SELECT entry #>> '{born_on,day}' FROM resident_today LIMIT 1")
    wareki = to_wareki(date.fromisoformat(born))
    for typed in (born, born.replace("-", ""), wareki):
        assert wareki in (await _finds(visitor, born_on=typed)).text.split("<table")[1]
    page = await _finds(visitor, born_on="昭和64年1月8日")
    assert (page.status, "元号の期間の外です。" in page.text) == (422, True)


async def test_a_search_for_nobody_and_a_search_for_nothing(door: Door) -> None:
    """Either is answered with what to do next, and what was typed stays."""
    visitor = await door.visitor()
    page = await _finds(visitor, name="存在しない")
    assert "当てはまる住民はいません" in page.text
    assert 'value="存在しない"' in page.text
    assert (await _finds(visitor)).status == 422
    page = await _finds(visitor, code="12345678901")
    assert page.status == 422
    assert "住民票コード" in page.text


async def test_a_resident_is_shown_as_of_a_day(door: Door) -> None:
    """With the history and the household; before they came, nobody lived here."""
    visitor, resident_id = await door.visitor(), await _somebody(door)
    page = await visitor.opens(f"people/{resident_id}")
    assert page.status == 200
    assert "世帯番号" in page.text
    assert "******" in page.text
    page = await visitor.opens(f"people/{resident_id}", effective_on="1900-01-01")
    assert "この日には、この自治体の住民ではありません。" in page.text


@pytest.mark.parametrize(("field", "title"), [("code", "住民票コード"), (MY_NUMBER, "個人番号")])
async def test_a_number_is_opened_with_a_reason_and_remembered(
    door: Door, field: str, title: str
) -> None:
    """One number on one page; without a reason none.  Red: leave the audit out."""
    visitor, resident_id = await door.visitor("counter"), await _somebody(door)
    page = await visitor.opens(f"people/{resident_id}")
    assert my_number(1) not in page.text
    form = page.form(field=field)

    assert (await visitor.sends(form, reason=" ")).status == 422
    assert "reveal" not in await _acts(door)
    opened = await visitor.sends(form, reason="本人の申出による確認")

    assert f"<strong>{title}</strong>" in opened.text
    assert (await _acts(door)).count("reveal") == 1
    async with door.town.open() as tx:
        why = await tx.fetchval("SELECT detail ->> 'why' FROM audit WHERE act = 'reveal'")
    assert why == "本人の申出による確認"
    again = await visitor.opens(f"people/{resident_id}")
    assert f"<strong>{title}</strong>" not in again.text


async def test_every_look_is_remembered_as_what_it_was(door: Door) -> None:
    """A search, a view and a history are different acts."""
    visitor, resident_id = await door.visitor(), await _somebody(door)
    await _finds(visitor, name="吉野家")
    await visitor.opens(f"people/{resident_id}")
    assert {"sign_in", "search_residents", "view_resident", "view_history"} <= {*await _acts(door)}


async def test_operations_see_no_people(door: Door) -> None:
    """Not in the list of pages, and not by typing the address."""
    visitor = await door.visitor("operations")
    assert "/console/people" not in (await visitor.opens("")).text
    assert (await visitor.opens("people")).status == 403
    assert (await visitor.opens(f"people/{uuid4()}")).status == 403


async def test_somebody_nobody_knows(door: Door) -> None:
    """An id that was never here."""
    assert (await (await door.visitor()).opens(f"people/{uuid4()}")).status == 404
