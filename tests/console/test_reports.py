"""届出を受け付ける: the console takes in what the API would take in, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import pytest

from api.access import may
from api.console.form_fields import names_of
from api.console.layouts import BIRTH, LAYOUTS
from api.rights import Act
from domain.dates import to_wareki
from runtime.settings import TokenRole
from tests.api.desk import Desk
from tests.console.kinds_of_reports import GOOD, Place, fills_in, secrets, told
from tests.console.paper import Paper
from tests.numbers import resident_code

if TYPE_CHECKING:
    from api.console.layouts import Layout
    from tests.api.conftest import Land
    from tests.console.conftest import Door, Premises
    from tests.console.visitor import Page, Visitor
    from tests.towns import Town

EVERY = [pytest.param(layout, id=layout.slug) for layout in LAYOUTS]


class Counter(NamedTuple):
    """Somebody at the counter with one form in front of them."""

    visitor: Visitor
    place: Place
    path: str

    @property
    def action(self) -> str:
        """Where the form goes."""
        return f"/console/{self.path}"

    async def paper(self) -> Paper:
        """A blank one."""
        return Paper(await self.visitor.opens(self.path), self.action)

    def again(self, page: Page) -> Paper:
        """The form as it came back."""
        return Paper(page, self.action)


async def _counter(door: Door, desk: Desk, slug: str) -> Counter:
    place = await Place.of(door.town, desk)
    about = f"/{place.here}" if "household_id" in GOOD[slug](place) else ""
    return Counter(await door.visitor(), place, f"reports/{slug}{about}")


async def _filled(counter: Counter, body: dict[str, Any]) -> Paper:
    paper = await counter.paper()
    for name in ("persons", "newborns"):
        for at in range(len(body.get(name, []))):
            if not any(one.startswith(f"{name}.{at}.") for one in paper.controls):
                paper = counter.again(await paper.sent(counter.visitor, f"add:{name}"))
    fills_in(paper, counter.place, body)
    return paper


async def _stored(town: Town, number: str) -> dict[str, Any]:
    async with town.open() as tx:
        row = await tx.fetchrow(
            "SELECT c.procedure, coalesce(n.body, v.body) AS body, c.due_on, c.late"
            " FROM case_file c LEFT JOIN notification n USING (municipality, case_id)"
            " LEFT JOIN visit v USING (municipality, case_id) WHERE c.case_number = $1",
            number,
        )
    assert row is not None
    return {**row["body"], **{key: row[key] for key in ("procedure", "due_on", "late")}}


async def _numbers(town: Town) -> int:
    async with town.open() as tx:
        return await tx.fetchval("SELECT count(*) FROM vault")


@pytest.mark.parametrize("layout", EVERY)
def test_a_layout_leaves_no_field_of_its_form_out(layout: Layout) -> None:
    """What the API may be told, staff may tell.  Red: take a field out of a part."""
    shown = [field for part in layout.parts for field in part.fields]
    assert sorted([*shown, *layout.hidden & names_of(layout.form)]) == sorted(names_of(layout.form))


@pytest.mark.parametrize("layout", EVERY)
async def test_a_form_becomes_the_case_the_api_would_make(
    door: Door, desk: Desk, land: Land, premises: Premises, layout: Layout
) -> None:
    """The same 届出 in two towns of the same people: written here, posted there; stored alike.

    Before that the page says everything it has understood, a day in both notations.
    Red: leave a field out of the body, or a list out of what was understood.
    """
    other = await land.open_town(households=2)
    office = await Desk.of(other, premises.api.client(other))
    there = await Place.of(other, office)
    body = GOOD[layout.slug](there)
    routes = {"entries": "corrections"}
    posted = await office.client.post(f"/v1/{routes.get(layout.slug, layout.slug)}", body)
    assert posted.status == 202, posted.text

    counter = await _counter(door, desk, layout.slug)
    said = GOOD[layout.slug](counter.place)
    looked = await (await _filled(counter, said)).sent(counter.visitor)
    assert looked.status == 200, looked.text
    understood = "".join(re.findall("<dl.*?</dl>", looked.text, re.DOTALL))
    assert [one for one in told(counter.place, said) if one not in understood] == []
    check = counter.again(looked)
    for path, number in secrets(said).items():
        check.writes(path, number)
    page = await check.sent(counter.visitor, "send")

    number = page.url.rpartition("/")[2]
    assert page.url == f"{counter.visitor.url}/console/cases/{number}"
    assert number in page.text
    here = counter.place.anonymous(await _stored(door.town, number))
    assert here == there.anonymous(await _stored(other, posted.json["case_number"]))
    assert await _numbers(door.town) == await _numbers(other)


@pytest.mark.parametrize("layout", EVERY)
async def test_an_empty_form_names_each_required_field(
    door: Door, desk: Desk, layout: Layout
) -> None:
    """As the API names them, each with a way to it, and said beside it.

    Red: give a required field something it says by itself.
    """
    counter = await _counter(door, desk, layout.slug)
    page = await (await counter.paper()).sent(counter.visitor)

    here = {"household_id": counter.place.here} if counter.path.count("/") > 1 else {}
    named = await desk.client.post(_route(layout), dict(layout.fixed) | here | _outer(layout))
    assert (page.status, named.status) == (422, 422)
    for field, _ in named.fields:
        anchor = "f-" + field.replace(".", "-")
        assert f'href="#{anchor}"' in page.text, field
        assert f'id="{anchor}"' in page.text, field
        assert f'id="{anchor}-wrong1"' in page.text, field
    assert page.text.count('href="#f-') == len(named.fields)


def _route(layout: Layout) -> str:
    return f"/v1/{'corrections' if layout.slug == 'entries' else layout.slug}"


def _outer(layout: Layout) -> dict[str, Any]:
    """Groups and lists that a form always has, though nothing is written in them."""
    schema = layout.form.model_json_schema()
    groups = [name for name in schema["required"] if "$ref" in schema["properties"][name]]
    rows: dict[str, Any] = {"persons": [{}]} if "persons" in schema["required"] else {}
    return rows | {name: {} for name in groups if name not in {"kind", "basis", "cause"}}


@pytest.mark.parametrize("layout", EVERY)
async def test_what_was_typed_stays_when_it_is_refused(
    door: Door, desk: Desk, layout: Layout
) -> None:
    """Every control comes back as it was sent, through a refusal and through the look at it.

    Red: forget a list, a tick or a choice on the page.
    """
    counter = await _counter(door, desk, layout.slug)
    said = GOOD[layout.slug](counter.place)
    paper = await _filled(counter, said | {"reference": "二重　　空白"})

    page = await paper.sent(counter.visitor)

    assert page.status == 422
    assert _typed(counter.again(page)) == _typed(paper)
    back = counter.again(page)
    back.writes("reference", "窓口-1")
    checked = counter.again(await back.sent(counter.visitor))
    again = counter.again(await checked.sent(counter.visitor, "back"))
    assert _typed(again) == _typed(back)


def _typed(paper: Paper) -> dict[str, list[str]]:
    """What was typed; a field that came up by itself is blank."""
    return {name: texts for name, texts in paper.controls.items() if any(texts)}


@pytest.mark.parametrize("role", TokenRole, ids=str)
async def test_each_role_finds_what_it_may_take_in(door: Door, desk: Desk, role: TokenRole) -> None:
    """On the page, and by typing the address.  Red: look at the layouts, not at the role."""
    if role is TokenRole.CLIENT:
        return
    visitor = await door.visitor(role)
    page = await visitor.opens("reports")
    assert (page.status == 200) is may(role, Act.REPORT)
    for layout in LAYOUTS:
        allowed = may(role, Act.REPORT, layout.procedure)
        about = f"{layout.slug}/{desk.households[0]}"
        assert (f'href="/console/reports/{layout.slug}"' in page.text) is allowed
        assert ((await visitor.opens(f"reports/{about}")).status == 200) is allowed


async def _birth(counter: Counter, **child: str) -> Paper:
    paper = await counter.paper()
    fills_in(paper, counter.place, GOOD["births"](counter.place))
    for name, text in child.items():
        paper.writes(f"child.{name}", text)
    return paper


async def test_the_same_form_sent_twice_is_one_case(door: Door, desk: Desk) -> None:
    """A double click, a reload, a look from further back: one case, however often.

    Red: make a new key for every look.
    """
    counter = await _counter(door, desk, "births")
    paper = await _birth(counter)
    checks = [counter.again(await paper.sent(counter.visitor)) for _ in range(2)]
    first, again = [await check.sent(counter.visitor, "send") for check in checks]
    assert first.url == again.url
    assert len((await desk.client.get("/v1/cases")).json["cases"]) == 1


async def test_a_look_at_what_was_understood_leaves_nothing_behind(door: Door, desk: Desk) -> None:
    """Judged as the acceptance would be, and taken back.  Red: let the look's transaction stay."""
    counter = await _counter(door, desk, "births")
    day = desk.today.replace(year=desk.today.year - 1)
    page = await (await _birth(counter, born_on=day.isoformat())).sent(counter.visitor)
    assert f"{day.year}年{day.month}月{day.day}日" in page.text
    assert "期限後の届出として扱います。" in page.text
    assert (await desk.client.get("/v1/cases")).json["cases"] == []


async def test_a_twin_is_taken_in_with_the_other_case_and_a_reason(door: Door, desk: Desk) -> None:
    """Held back with the way out of it: which case it is not, ticked, and why.

    Red: offer no case to tick.
    """
    counter = await _counter(door, desk, "births")
    first = counter.again(await (await _birth(counter)).sent(counter.visitor))
    number = (await first.sent(counter.visitor, "send")).url.rpartition("/")[2]

    page = await (await _birth(counter, name="髙橋　渚")).sent(counter.visitor)
    assert page.status == 409
    assert f'href="/console/cases/{number}"' in page.text
    assert 'href="#f-not_the_same_as"' in page.text
    twin = counter.again(page)
    twin.ticks("not_the_same_as", number)
    unreasoned = await twin.sent(counter.visitor)
    assert 'href="#f-not_the_same_reason"' in unreasoned.text
    twin = counter.again(unreasoned)
    assert twin.controls["not_the_same_as"] == [number]
    twin.writes("not_the_same_reason", "双子の第二子。\r\n出生証明書で確認した。")
    check = counter.again(await twin.sent(counter.visitor))
    accepted = await check.sent(counter.visitor, "send")

    stored = await _stored(door.town, accepted.url.rpartition("/")[2])
    assert stored["not_the_same_as"] == [number]
    assert stored["not_the_same_reason"] == "双子の第二子。\n出生証明書で確認した。"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("昭和64年1月8日", "元号の期間の外です。平成元年1月8日（1989年1月8日 日曜日）では"),
        ("きのう", "日付として読めません。"),
        ("2026-02-30", "暦にない日付です。"),
        ("年月日不詳", "この表記には日付も必要です。"),
        ("R99.1.1", "未来の日付です。"),
    ],
)
async def test_a_day_that_cannot_be_is_told_beside_its_field(
    door: Door, desk: Desk, typed: str, words: str
) -> None:
    """With the day that was probably meant; and it stands there as it was typed."""
    counter = await _counter(door, desk, "births")
    page = await (await _birth(counter, born_on=typed)).sent(counter.visitor)
    assert page.status == 422
    assert f'id="f-child-born_on-wrong1">{words}' in page.text
    again = counter.again(page)
    assert again.text("child.born_on") == typed
    assert ("child.born_on.day" in again.controls) is (typed == "年月日不詳")


async def test_a_person_may_be_added_and_left_out_again(door: Door, desk: Desk) -> None:
    """Row by row, without scripts; what was typed stays.  Red: count the rows that are filled."""
    counter = await _counter(door, desk, "move-ins")
    body = GOOD["move-ins"](counter.place)
    paper = await _filled(counter, body)
    paper = counter.again(await paper.sent(counter.visitor, "add:persons"))
    assert paper.text("persons.2.name") == body["persons"][2]["name"]
    paper.ticks("omit", "persons.1")

    page = await paper.sent(counter.visitor)

    assert page.status == 200
    understood = page.text.split("<main")[1].split("<form")[0]
    assert body["persons"][1]["name"] not in understood
    assert body["persons"][2]["name"] in understood
    check = counter.again(page)
    assert "persons.1.number" not in check.controls
    page = await check.sent(counter.visitor, "send")
    stored = await _stored(door.town, page.url.rpartition("/")[2])
    assert [one["name"] for one in stored["persons"]] == [
        body["persons"][place]["name"] for place in (0, 2)
    ]


async def test_what_is_wrong_with_a_person_stands_beside_that_person(
    door: Door, desk: Desk
) -> None:
    """Whoever was left out before them.  Red: count only those who are sent."""
    counter = await _counter(door, desk, "move-ins")
    paper = await _filled(counter, GOOD["move-ins"](counter.place))
    paper.ticks("omit", "persons.0")
    paper.writes("persons.1.code", "12345678901")
    page = await paper.sent(counter.visitor)
    assert page.status == 422
    assert 'href="#f-persons-1-code">2人目の住民票コード</a>' in page.text


async def test_somebody_who_lives_here_already_is_pointed_out(door: Door, desk: Desk) -> None:
    """Whoever was left out before them.  Red: name the list, not the person."""
    counter = await _counter(door, desk, "move-ins")
    paper = await _filled(counter, GOOD["move-ins"](counter.place))
    paper.ticks("omit", "persons.1")
    paper.writes("persons.2.code", resident_code(1))
    page = await paper.sent(counter.visitor)
    assert page.status == 409
    assert "ALREADY_RESIDENT" in page.text
    assert 'href="#f-persons-2">3人目</a>' in page.text


async def test_a_number_is_asked_for_last_and_shown_on_no_page(door: Door, desk: Desk) -> None:
    """A wrong 個人番号 is asked for again, and stands nowhere.  Red: carry it along."""
    counter = await _counter(door, desk, "move-ins")
    paper = await _filled(counter, GOOD["move-ins"](counter.place))
    assert not [name for name in paper.controls if name.endswith("number")]
    check = counter.again(await paper.sent(counter.visitor))
    check.writes("persons.0.number", "123456789012")

    page = await check.sent(counter.visitor, "send")

    assert page.status == 422
    assert "検査数字が合いません。" in page.text
    assert "123456789012" not in page.text
    assert counter.again(page).text("persons.0.number") == ""


async def test_what_no_field_is_to_blame_for_leads_to_the_field_that_helps(
    door: Door, desk: Desk
) -> None:
    """A head who leaves two behind: the page opens where the new head is named."""
    counter = await _counter(door, desk, "deaths")
    paper = await counter.paper()
    paper.ticks("residents", counter.place.member(0))
    paper.writes("died_on", to_wareki(desk.today))
    page = await paper.sent(counter.visitor)
    assert page.status == 409
    assert "HEAD_TO_BE_NAMED" in page.text
    assert 'href="#f-stays-new_head"' in page.text
    assert '<details class="part" open><summary>残る世帯</summary>' in page.text


async def test_one_begins_from_a_household_by_name_or_number(door: Door, desk: Desk) -> None:
    """From somebody's page, or by 世帯番号, which stands in no address."""
    place = await Place.of(door.town, desk)
    visitor = await door.visitor("counter")
    page = await visitor.opens(f"people/{place.member(2)}")
    assert f"/console/reports/households/{place.here}" in page.links()

    page = await visitor.opens("reports/births")
    assert "世帯を選んでから書きます。" in page.text
    form = page.form(then="births")
    wrong = await visitor.sends(form, number="123")
    assert wrong.status == 422
    assert 'value="123"' in wrong.text
    found = await visitor.sends(form, number=place.number(place.here))
    assert found.url == f"{visitor.url}/console/reports/births/{place.here}"

    page = await visitor.opens(f"reports/households/{place.here}")
    assert f"/console/reports/move-ins/{place.here}" in page.links()
    assert f"/console/reports/corrections/{place.here}" not in page.links()


async def test_a_form_that_is_none_of_ours(door: Door, desk: Desk) -> None:
    """Another household's town, an unknown kind, a form without its household, without its key."""
    counter = await _counter(door, desk, "births")
    visitor = counter.visitor
    assert (await visitor.opens("reports/marriages")).status == 404
    assert (await visitor.opens(f"reports/births/{uuid4()}")).status == 404
    paper = await _birth(counter)
    paper.controls["key"] = [""]
    check = counter.again(await paper.sent(visitor))
    assert (await check.sent(visitor, "send")).status == 400
    paper.action = f"/console/reports/{BIRTH.slug}"
    assert (await paper.sent(visitor)).status == 404
    paper.controls["csrf"] = ["nobody's"]
    assert (await paper.sent(visitor)).status == 403
