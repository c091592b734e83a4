"""Fields to fill in, drawn from the API's own description of a form: no list kept by anybody.

What a field is called stands in `api.fields`, what it may hold in the form itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from api.console.typed import OFFERED
from api.fields import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from api.console.typed import Typed
    from register.households import HouseholdView

BLANK = "-"
"""What a choice sends when nothing is to be entered, which is not the same as nothing chosen."""
_LONG = 1000
_MOST_ROWS = 50


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG = "long"
    DIGITS = "digits"
    SECRET = "secret"  # noqa: S105 - a kind of field
    DAY = "day"
    DATE = "date"
    CHOICE = "choice"
    FLAG = "flag"
    MEMBER = "member"
    MEMBERS = "members"
    PLACES = "places"
    HOUSEHOLD = "household"
    RESIDENT = "resident"
    CASES = "cases"
    GROUP = "group"
    ROWS = "rows"


_IDS = {"into": Kind.HOUSEHOLD, "same_as": Kind.RESIDENT}
"""Ids nobody types: which number is typed instead; any other is chosen from the household."""


class Choice(NamedTuple):
    """One of the values to choose from, and what it is called."""

    value: str
    label: str


CALLED = {
    "verified": "確認した",
    "not_presented": "提示がない",
    "expired": "有効期間が過ぎている",
    "suspended": "一時停止中",
    "matched": "一致した",
    "wrong": "一致しない",
    "locked": "ロックされている",
    "not_tried": "照合していない",
}
"""What a value is called that the API knows by an English word."""


class Words(NamedTuple):
    """What a field is called on one form, where that is more than its name.

    ``clear`` is what a group is called that may be taken back as a whole.
    """

    label: str = ""
    hint: str = ""
    clear: str = ""


class Field(NamedTuple):
    """One field, at its dotted place in the body it becomes part of.

    ``clear`` is what saying that it is to be blank is called, if it may be.  ``inside`` are the
    parts of a group, or the rows of a list, each of them a group.
    """

    path: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    longest: int | None = None
    default: str = ""
    clear: str = ""
    inside: tuple[Field, ...] = ()

    @property
    def name(self) -> str:
        """The last part of its place."""
        return self.path.rpartition(".")[2]

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return "f-" + self.path.replace(".", "-")


def names_of(form: type[BaseModel]) -> frozenset[str]:
    """Every field of a form itself."""
    return frozenset(form.model_json_schema()["properties"])


class Pen(NamedTuple):
    """Draws the fields of one form, with as many rows as were typed, and a household's members."""

    schema: dict[str, Any]
    words: Mapping[str, Words]
    typed: Typed
    members: tuple[Choice, ...]

    @classmethod
    def for_(
        cls,
        form: type[BaseModel],
        words: Mapping[str, Words],
        typed: Typed,
        household: HouseholdView | None = None,
    ) -> Pen:
        """For a form of the API in the words of a layout."""
        members = household.members if household else ()
        choices = (
            Choice(str(one.resident_id), f"{one.relationship} {one.name or '（名未定）'}")
            for one in members
        )
        return cls(form.model_json_schema(), words, typed, tuple(choices))

    def fields(self, names: Iterable[str]) -> tuple[Field, ...]:
        """These fields, in this order."""
        return tuple(self._field(self.schema, name, "") for name in names)

    def _field(self, owner: dict[str, Any], name: str, before: str) -> Field:
        path, part = f"{before}{name}", self._plain(owner["properties"][name])
        kind, words = self._kind(name, part), self.words.get(_general(path), Words())
        required, default = name in owner.get("required", ()), part.get("default")
        return Field(
            path=path,
            kind=kind,
            label=words.label or NAMES[name][0],
            hint=words.hint or _hint(name, kind, part),
            required=required,
            choices=self._choices(kind, part, required=required),
            longest=part.get("maxLength"),
            default=default if isinstance(default, str) else "",
            clear=words.clear or ("空欄にする" if _may_be_blank(kind, part) else ""),
            inside=self._inside(part, kind, path, required=required),
        )

    def _inside(
        self, part: dict[str, Any], kind: Kind, path: str, *, required: bool
    ) -> tuple[Field, ...]:
        if kind is Kind.GROUP:
            inside = [self._field(part, name, f"{path}.") for name in part["properties"]]
            # What may be left out as a whole needs nothing.
            return tuple(one._replace(required=one.required and required) for one in inside)
        if kind is not Kind.ROWS:
            return ()
        many = max(self.typed.rows(path), min(part.get("minItems", 0), 1))
        item = self._plain(part["items"])
        return tuple(self._row(item, f"{path}.{at}", at) for at in range(min(many, _MOST_ROWS)))

    def _row(self, item: dict[str, Any], path: str, at: int) -> Field:
        inside = tuple(self._field(item, name, f"{path}.") for name in item["properties"])
        return Field(path, Kind.GROUP, f"{at + 1}人目", inside=inside)

    def _plain(self, part: dict[str, Any]) -> dict[str, Any]:
        """What it is, named or not, without the null it may be instead."""
        others = [one for one in part.get("anyOf", ()) if one.get("type") != "null"]
        if len(others) == 1:
            rest = {key: said for key, said in part.items() if key != "anyOf"}
            return {**self._plain(others[0]), **rest, "nullable": True}
        # What a model says of itself is for programmers.
        name = part.get("$ref", "").rpartition("/")[2]
        model: dict[str, Any] = self.schema["$defs"][name] if name else {}
        return {**model, "description": "", **part}

    def _kind(self, name: str, part: dict[str, Any]) -> Kind:
        if "properties" in part:
            return Kind.GROUP
        if part.get("type") == "array":
            return _kind_of_list(self._plain(part["items"]))
        if part.get("format") == "uuid":
            return _IDS.get(name, Kind.MEMBER)
        return _kind_of_value(part)

    def _choices(self, kind: Kind, part: dict[str, Any], *, required: bool) -> tuple[Choice, ...]:
        if kind in {Kind.MEMBERS, Kind.PLACES}:
            return self.members
        if kind is Kind.CASES:
            return self._cases
        nothing = Choice("", "選んでください" if required else "（書かない）")
        if kind is Kind.MEMBER:
            return (nothing, *self.members)
        if kind is not Kind.CHOICE:
            return ()
        values = [
            Choice(str(one), CALLED.get(one, str(one))) if one else Choice(BLANK, "空欄にする")
            for one in part["enum"]
        ]
        return tuple(values) if part.get("default") else (nothing, *values)

    @property
    def _cases(self) -> tuple[Choice, ...]:
        """Those the API has named."""
        return tuple(Choice(one, one) for one in self.typed.every(OFFERED))


def _kind_of_list(item: dict[str, Any]) -> Kind:
    if set(item.get("properties", ())) == {"resident_id", "relationship"}:
        return Kind.PLACES
    if "properties" in item:
        return Kind.ROWS
    return Kind.MEMBERS if item.get("format") == "uuid" else Kind.CASES


def _kind_of_value(part: dict[str, Any]) -> Kind:
    told = {
        Kind.CHOICE: "enum" in part,
        Kind.FLAG: part.get("type") == "boolean",
        Kind.DATE: "anyOf" in part,
        Kind.DAY: part.get("format") == "date",
        Kind.SECRET: "writeOnly" in part,
        Kind.DIGITS: "[0-9]" in part.get("pattern", ""),
        Kind.LONG: part.get("maxLength", 0) >= _LONG,
    }
    return next((kind for kind, so in told.items() if so), Kind.TEXT)


def _may_be_blank(kind: Kind, part: dict[str, Any]) -> bool:
    """Whether it may be said to be blank; a choice has a choice for that."""
    return kind is not Kind.CHOICE and part.get("default") == ""


def _hint(name: str, kind: Kind, part: dict[str, Any]) -> str:
    """How it is written; of a group, what the API says of it."""
    if name in _HINTS:
        return _HINTS[name]
    return _HINTS_OF[kind] if kind in _HINTS_OF else part["description"]


def _general(path: str) -> str:
    """The place of a field whichever row it is in."""
    return ".".join(part for part in path.split(".") if not part.isdecimal())


_HINTS_OF = {
    Kind.DAY: "例 令和8年4月1日、R8.4.1、2026-04-01",
    Kind.DATE: "例 令和8年4月1日、R8.4.1、2026-04-01。"
    "確かでない日は 令和8年11月上旬、推定昭和20年3月 など",
    Kind.HOUSEHOLD: "世帯番号",
    Kind.RESIDENT: "宛名番号",
    Kind.MEMBER: "",
}
_HINTS = {
    "name": "姓と名の間に全角の空白",
    "name_kana": "全角カタカナ",
    "former_name": "",
    "alias": "",
    "domicile": "",
    "former_address": "",
    "head_of_family_register": "姓と名の間に全角の空白",
    "sex": "",
    "postal_code": "7桁",
    "line": "都道府県から地番まで",
    "building": "建物の名称と部屋番号",
    "reference": "窓口の受付番号など。個人の情報は書かない",
}
