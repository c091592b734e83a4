"""A flawless 届出 of every kind, as the API is told it, and as somebody writes it on the form."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from api.console.form_fields import CALLED
from domain.dates import to_wareki
from register import households
from tests.numbers import my_number, resident_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from register.households import HouseholdView
    from tests.api.desk import Desk
    from tests.console.paper import Paper
    from tests.towns import Town

HOME = {"postal_code": "1020073", "line": "東京都千代田区九段北一丁目2番3号", "building": "桜荘101"}


class Place(NamedTuple):
    """A town of two families, as a form and its test know it."""

    households: tuple[HouseholdView, HouseholdView]
    today: date

    @classmethod
    async def of(cls, town: Town, desk: Desk) -> Place:
        """As it stands."""
        async with town.open() as tx:
            first, second = await households.views(tx, desk.households[:2])
        return cls((first, second), desk.today)

    @property
    def here(self) -> str:
        """The household that reports."""
        return str(self.households[0].household_id)

    def member(self, place: int) -> str:
        """One of its members: the head, the spouse, a child."""
        return str(self.households[0].members[place].resident_id)

    def ago(self, days: int) -> str:
        """A day as the API writes it."""
        return (self.today - timedelta(days=days)).isoformat()

    def number(self, household_id: str) -> str:
        """The 世帯番号 of a household."""
        [found] = [one for one in self.households if str(one.household_id) == household_id]
        return found.household_number

    def called(self, said: str) -> str:
        """The name of whom an id is of, or of the head of a household; any other text as it is."""
        homes = {str(one.household_id): one.members[0].name for one in self.households}
        people = [one for home in self.households for one in home.members]
        return (homes | {str(one.resident_id): one.name for one in people}).get(said, said)

    def anonymous(self, said: Any) -> Any:
        """A body with its ids told by whose they are, so that two towns can be compared."""
        names = {str(home.household_id): f"世帯{at}" for at, home in enumerate(self.households)}
        for home in self.households:
            names |= {str(one.resident_id): one.addressee_number for one in home.members}
        return _renamed(said, names)


def _renamed(said: Any, names: Mapping[str, str]) -> Any:
    if isinstance(said, dict):
        parts = cast("dict[str, Any]", said).items()
        return {key: _renamed(part, names) for key, part in parts}
    if isinstance(said, list):
        return [_renamed(part, names) for part in cast("list[Any]", said)]
    return names.get(said, said) if isinstance(said, str) else said


def _newcomer(place: int, relationship: str, **more: Any) -> dict[str, Any]:
    return {
        "code": resident_code(900 + place),
        "name": f"葛\U000e0100城　{'太花次'[place]}",
        "name_kana": "カツラギ　タロウ",
        "sex": "男",
        "born_on": f"198{place}-05-06",
        "relationship": relationship,
        "domicile": "東京都千代田区丸の内一丁目1番",
        "former_address": HOME,
    } | more


def _changes(place: Place) -> dict[str, Any]:
    return {"household_id": place.here, "reference": "窓口-2026-1103"}


GOOD: dict[str, Callable[[Place], dict[str, Any]]] = {
    "births": lambda place: {
        **_changes(place),
        "notified_on": place.ago(1),
        "child": {
            "name": "髙橋　遥",
            "name_kana": "タカハシ　ハルカ",
            "sex": "",
            "born_on": place.ago(3),
            "address": HOME,
        },
    },
    "deaths": lambda place: {
        **_changes(place),
        "residents": [place.member(0)],
        "died_on": {
            "notation": f"{to_wareki(place.today)[:-1].split('月')[0]}月1日頃から2日頃まで"
        },
        "learned_on": place.ago(0),
        "stays": {
            "new_head": place.member(1),
            "relationships": [{"resident_id": place.member(2), "relationship": "子"}],
        },
    },
    "special-move-ins": lambda place: {
        "code": resident_code(940),
        "visitor": "同一世帯員",
        "card": "verified",
        "pin": "matched",
        "moved_in_on": place.ago(2),
        "address": HOME,
        "persons": [
            {"code": resident_code(940), "relationship": "世帯主"},
            {"code": resident_code(941), "relationship": "妻", "name": "葛\U000e0100城　花子"},
        ],
        "newborns": [
            {
                "name": "葛\U000e0100城　遥",
                "sex": "女",
                "born_on": place.ago(9),
                "relationship": "子",
            }
        ],
    },
    "move-ins": lambda place: {
        "origin": "011002",
        "moved_in_on": place.ago(2),
        "address": HOME,
        "persons": [
            _newcomer(0, "世帯主", number=my_number(900)),
            _newcomer(1, "妻", sex="女", number=my_number(901)),
            _newcomer(2, "子", sex="不明"),
        ],
    },
    "move-outs": lambda place: {
        **_changes(place),
        "residents": [place.member(0), place.member(2)],
        "planned_on": place.ago(-9),
        "destination": {"municipality": "012025", "line": "北海道函館市東雲町4番13号"},
        "by_post": True,
        "with_card": True,
    },
    "address-changes": lambda place: {
        **_changes(place),
        "residents": [place.member(2)],
        "moved_on": place.ago(2),
        "into": str(place.households[1].household_id),
        "relationships": [{"resident_id": place.member(2), "relationship": "同居人"}],
    },
    "household-changes": lambda place: {
        **_changes(place),
        "kind": "世帯主変更",
        "residents": [place.member(1)],
        "changed_on": place.ago(2),
        "relationships": [
            {"resident_id": place.member(0), "relationship": "夫"},
            {"resident_id": place.member(2), "relationship": "子"},
        ],
    },
    "corrections": lambda place: {
        **_changes(place),
        "kind": "軽微な修正",
        "minor": "文字の同定",
        "basis": "誤り又は記載漏れ",
        "evidence": "文字同定-2026-0007",
        "residents": [place.member(0)],
        "happened_on": place.ago(2),
        "corrections": {"name": "葛\U000e0100城　太郎", "alias": "", "sex": "不明"},
    },
    "entries": lambda place: {
        "kind": "職権記載",
        "cause": "就籍",
        "basis": "裁判",
        "evidence": "就籍許可審判-2026-0012",
        "happened_on": place.ago(2),
        "household_id": place.here,
        "persons": [
            {"name": "髙橋　花", "sex": "女", "born_on": "2001-04-01", "relationship": "妹"}
        ],
    },
    "code-changes": lambda place: {**_changes(place), "resident_id": place.member(1)},
    "number-changes": lambda place: {
        **_changes(place),
        "resident_id": place.member(1),
        "kind": "個人番号の職権修正",
        "number": my_number(950),
        "grounds": "番号相違-2026-0003",
    },
}


def fills_in(paper: Paper, place: Place, body: Mapping[str, Any], before: str = "") -> None:
    """Write a body onto the form as people do; numbers nobody may keep are left for later."""
    for name, said in body.items():
        path = f"{before}{name}"
        if path in {"household_id", "kind"} and path not in paper.controls:
            continue
        if name == "into":
            paper.writes(path, place.number(said))
        elif name != "number":
            _fills_in_one(paper, place, path, said)


def _fills_in_one(paper: Paper, place: Place, path: str, said: Any) -> None:
    if isinstance(said, dict):
        parts = cast("dict[str, Any]", said)
        if "notation" in parts:
            paper.writes(path, parts["notation"])
        else:
            fills_in(paper, place, parts, f"{path}.")
    elif isinstance(said, list):
        _fills_in_several(paper, place, path, cast("list[Any]", said))
    elif said is True:
        paper.ticks(path, "true")
    elif said == "" and path not in paper.choices:
        paper.ticks("clear", path)
    else:
        paper.writes(path, _spelled(path, said))


def _fills_in_several(paper: Paper, place: Place, path: str, said: list[Any]) -> None:
    for at, one in enumerate(said):
        if isinstance(one, str):
            paper.ticks(path, one)
        elif one.keys() == {"resident_id", "relationship"}:
            paper.writes(f"{path}.{one['resident_id']}", one["relationship"])
        else:
            fills_in(paper, place, one, f"{path}.{at}.")


def _spelled(path: str, said: str) -> str:
    """A day in 和暦, a postal code with its hyphen, nothing chosen as what one chooses for it."""
    if path.endswith("_on"):
        return to_wareki(date.fromisoformat(said))
    if path.endswith("postal_code"):
        return f"〒{said[:3]}-{said[3:]}".removeprefix("〒")
    return said or "-"


def secrets(body: Mapping[str, Any]) -> dict[str, str]:
    """The 個人番号 of a body, by place."""
    persons = enumerate(body.get("persons", ()))
    told = {f"persons.{at}.number": one["number"] for at, one in persons if "number" in one}
    return told | ({"number": body["number"]} if "number" in body else {})


_BY_ITSELF = {"number", "kind", "household_id"}


def told(place: Place, said: Any, name: str = "") -> list[str]:
    """What the page must say of a body before it is accepted; of a 個人番号, nothing."""
    if isinstance(said, dict):
        parts = cast("dict[str, Any]", said).items()
        return [words for key, part in parts for words in told(place, part, key)]
    if isinstance(said, list):
        return [words for part in cast("list[Any]", said) for words in told(place, part, name)]
    if not isinstance(said, str) or name in _BY_ITSELF or not said:
        return []
    if name.endswith("_on"):
        day = date.fromisoformat(said)
        return [to_wareki(day), f"{day.year}年{day.month}月{day.day}日"]
    return [CALLED.get(said, place.called(said))]
