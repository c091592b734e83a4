"""一括処理 on the desk: from a cause to its draft, begun, held and stopped, without any script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bulk_repairs.lists import REASON

if TYPE_CHECKING:
    from tests.bulk_repairs.lists import Lists
    from tests.console.conftest import Door
    from tests.console.visitor import Page


async def test_an_empty_list_of_lists_says_so(door: Door) -> None:
    """Nothing was ever done in bulk."""
    assert "一括処理はまだありません。" in (await (await door.visitor()).opens("bulk")).text


async def test_from_a_cause_to_its_end(door: Door, lists: Lists) -> None:
    """Drafted from the desk, confirmed, paused, resumed and stopped, each with who and why."""
    numbers = await lists.parked(3)
    visitor = await door.visitor()
    [link] = [one for one in (await visitor.opens("")).links() if "/bulk/new?" in one]

    new = await visitor.asks("GET", f"{visitor.url}{link}")
    draft = await visitor.sends(_form(new, "/bulk"), reason=REASON, **_chosen(new))
    assert "<strong>3 件</strong>を行います" in draft.text
    assert all(number in draft.text for number in numbers)

    begun = await visitor.sends(_form(draft, "/confirm"))
    assert "結果が出たもの 0 / 3 件" in begun.text
    paused = await visitor.sends(_form(begun, "/pause"), reason="様子を見る。")
    assert "一時停止中" in paused.text
    resumed = await visitor.sends(_form(paused, "/resume"), reason="続ける。")
    await lists.decide_next(resumed.url.rpartition("/")[2])
    stopped = await visitor.sends(_form(resumed, "/stop"), reason="直っていない。")

    assert stopped.text.count("中止により行わない") == 3, "one heading, two items"
    for said in ("確かめて始めた", "様子を見る。", "続ける。", "直っていない。"):
        assert said in stopped.text
    assert not [action for action, _ in stopped.forms() if "/bulk/" in action]
    assert "中止" in (await visitor.opens("bulk")).text


async def test_what_is_refused_is_told_and_what_was_typed_stays(door: Door, lists: Lists) -> None:
    """At the draft, and beside a word about a list."""
    await lists.parked(1)
    visitor = await door.visitor()
    new = await visitor.opens("bulk/new")

    nothing = await visitor.sends(_form(new, "/bulk"), reason="わたしの理由")
    older = await visitor.sends(_form(new, "/bulk"), reason="わたしの理由", older_than_hours="昔")

    assert (nothing.status, older.status) == (422, 422)
    assert "対象の絞り込み" in nothing.text
    assert "わたしの理由</textarea>" in nothing.text
    assert 'value="昔"' in older.text
    bulk_id = await lists.drafted()
    await lists.say(bulk_id, "confirm")
    page = await visitor.opens(f"bulk/{bulk_id}")
    bare = await visitor.sends(_form(page, "/pause"), reason="")
    assert bare.status == 422
    assert "理由がありません" in bare.text


async def test_above_a_size_the_draft_says_who_begins_it(door: Door, lists: Lists) -> None:
    """Its author sees no button, another chief does, and an examiner never."""
    await lists.alone_up_to(1)
    await lists.parked(2)
    author, other, examiner = [
        await door.visitor(role) for role in ("examiner", "chief", "examiner")
    ]
    new = await author.opens("bulk/new")
    draft = await author.sends(_form(new, "/bulk"), reason=REASON, procedure="出生付番")
    where = draft.url.partition("/console/")[2]

    assert "別の責任者が確かめて始めます" in draft.text
    assert "別の責任者が確かめて始めます" in (await examiner.opens(where)).text
    begun = await other.sends(_form(await other.opens(where), "/confirm"))
    assert "実行中" in begun.text


async def test_each_role_is_offered_what_it_may(door: Door, lists: Lists) -> None:
    """The counter looks, operations may hold, and neither drafts."""
    await lists.parked(2)
    bulk_id = await lists.drafted()
    await lists.say(bulk_id, "confirm")
    offered = {"counter": [], "operations": ["pause"], "examiner": ["pause", "stop"]}
    for role, words in offered.items():
        visitor = await door.visitor(role)
        page = await visitor.opens(f"bulk/{bulk_id}")
        actions = [action for action, _ in page.forms() if "/bulk/" in action]
        assert [action.rpartition("/")[2] for action in actions] == words, role
        drafts = "/bulk/new" in (await visitor.opens("")).text
        assert drafts is (role == "examiner"), role
        assert ((await visitor.opens("bulk/new")).status == 200) is drafts, role


async def test_a_list_of_items_goes_on_where_it_stopped(door: Door, lists: Lists) -> None:
    """Page by page, nobody twice and nobody missing."""
    numbers = await lists.parked(52)
    bulk_id = await lists.drafted()
    visitor = await door.visitor()

    first = await visitor.opens(f"bulk/{bulk_id}")
    [more] = [link for link in first.links() if "behind=" in link]
    second = await visitor.asks("GET", f"{visitor.url}{more}")

    rows = [[one for one in numbers if f">{one}</a></th>" in page.text] for page in (first, second)]
    assert rows == [numbers[:50], numbers[50:]]


def _form(page: Page, ends: str) -> tuple[str, dict[str, str]]:
    return next(form for form in page.forms() if form[0].endswith(ends))


def _chosen(page: Page) -> dict[str, str]:
    """What the lists of the form stand at, as a browser would send it."""
    chosen: dict[str, str] = {}
    for part in page.text.split("<select ")[1:]:
        name = part.partition('name="')[2].partition('"')[0]
        option = part.partition(" selected>")
        value = option[0].rpartition("<option")[2].partition('value="')[2].rstrip('"')
        if option[1] and "</select>" not in option[0]:
            chosen[name] = value or option[2].partition("</option>")[0]
    return chosen
