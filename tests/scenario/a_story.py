"""One person of one town, and what every system outside tells of them: one story, until changed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from domain.dates import RegisterDate
from domain.residents import Address, Destination, Entry, Leaving, Left, Sex
from local.scenario.comparison import Ledgers, about
from local.scenario.person import Person
from tests.numbers import my_number, resident_code

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN, DESTINATION, ELSEWHERE = "131016", "012025", "011002"
DAY = date(2026, 12, 1)
CLOSING, COPY = "転出者の宛名を閉じる", "転出者の副本を削除する"
_ORDINAL = 7


def an_entry(**changes: Any) -> Entry:
    """The entry of a child."""
    usual: dict[str, Any] = {
        "name": "髙橋　さくら",
        "name_kana": "タカハシ　サクラ",
        "sex": Sex.FEMALE,
        "born_on": RegisterDate.on(DAY),
        "household_id": uuid4(),
        "relationship": "子",
        "address": Address(postal_code="1020072", line="東京都千代田区飯田橋三丁目1番1号"),
    }
    return Entry(**(usual | changes))


def a_person(municipality: str = ORIGIN, **changes: Any) -> Person:
    """Somebody a birth brought in, unless said otherwise."""
    usual: dict[str, Any] = {
        "municipality": municipality,
        "resident_id": uuid4(),
        "name": "R8-000001/1",
        "addressee_number": "000000000000078",
        "code": resident_code(_ORDINAL),
        "number": my_number(_ORDINAL),
        "present": True,
        "entry": an_entry(),
        "since": DAY,
        "reason": "出生",
        "brought_in": True,
        "numbered_here": True,
        "was_present": changes.get("present", True),
    }
    return Person(**(usual | changes))


def leaving_for(municipality: str | None, planned_on: date = DAY) -> dict[str, Leaving]:
    """What a 転出 writes into an entry; without a municipality it is abroad."""
    to = Destination.model_validate({"municipality": municipality, "country": "フランス"})
    return {"leaving": Leaving(planned_on=planned_on, destination=to)}


def gone_to(municipality: str) -> dict[str, Any]:
    """What a 転入通知 has added to it."""
    left = Left.model_validate(
        {
            "municipality": municipality,
            "address": Address(),
            "moved_in_on": DAY,
            "left_on": DAY,
            "notified_on": DAY,
            "version": 1,
        }
    )
    return leaving_for(municipality) | {"left": left}


@dataclass
class Story:
    """A person and the ledgers that agree with them."""

    person: Person = field(default_factory=a_person)
    outside: Ledgers = field(init=False)

    def __post_init__(self) -> None:
        """Have everybody know the person as a resident."""
        contents = _contents(self.person.entry)
        self.outside = Ledgers(
            {
                "people": [self._at_jlis(contents)],
                "messages": [{"id": "mailed", "kind": "CS-12"}],
                "mailings": [{"message_id": "mailed", "code": self.person.code, **contents}],
                "linkage_requests": [],
                "vacant_codes": [],
            },
            {"addressees": [self._addressee()], "messages": []},
            {
                "numbers": [{"unified_number": "1", "closed": False}],
                "copies": [
                    {"unified_number": "1", "deleted": False, "version": 1, "facts": self._facts()}
                ],
            },
            {"messages": [], "statuses": []},
        )

    def becomes(self, **changes: Any) -> Story:
        """The same ledgers beside a person who is otherwise."""
        other = deepcopy(self)
        other.person = self.person._replace(**changes)
        return other

    def told(self, tell: Callable[[Story], object]) -> Story:
        """The same person beside ledgers that are otherwise."""
        other = deepcopy(self)
        tell(other)
        return other

    @property
    def at_jlis(self) -> dict[str, Any]:
        """The person as J-LIS has them."""
        return self.outside.jlis["people"][0]

    @property
    def addressee(self) -> dict[str, Any]:
        """Their 宛名."""
        return self.outside.unified_addressee["addressees"][0]

    @property
    def unified(self) -> dict[str, Any]:
        """Their 団番 at 中間サーバー."""
        return self.outside.intermediate_server["numbers"][0]

    @property
    def copy(self) -> dict[str, Any]:
        """Their 副本 there."""
        return self.outside.intermediate_server["copies"][0]

    def strike_at_jlis(self) -> None:
        """Have J-LIS know that they left."""
        self.at_jlis["live"] = False
        self.at_jlis["entries"].append(self.an_entry("消除", "転出", 2))

    def close(self) -> None:
        """Have 統合宛名 and 中間サーバー know that they left."""
        self.addressee["closed"] = self.unified["closed"] = True
        self.copy.update(deleted=True, facts=None)

    def settle_elsewhere(self) -> None:
        """Have J-LIS know them as a resident of another town."""
        self.at_jlis.update(holder=DESTINATION, live=True)

    @property
    def differences(self) -> list[str]:
        """Every difference about the person, by system and in words."""
        name = f"{self.person.name}: "
        return [found.removeprefix(name) for found in about(self.person, self.outside)]

    def an_entry(self, change: str, reason: str, number: int, **more: Any) -> dict[str, Any]:
        """One CS-04 that J-LIS has applied."""
        usual: dict[str, Any] = {
            "message_id": str(uuid4()),
            "update_number": number,
            "change": change,
            "reason": reason,
            "effective_on": DAY.isoformat(),
            "cancels": [],
            "countered_by": None,
        }
        return usual | more

    def _at_jlis(self, contents: dict[str, Any]) -> dict[str, Any]:
        return {
            "code": self.person.code,
            "number": self.person.number,
            "holder": self.person.municipality,
            "live": True,
            "entries": [self.an_entry("記載", "出生", 1)],
            **contents,
        }

    def _addressee(self) -> dict[str, Any]:
        entry = self.person.entry
        return {
            "addressee_number": self.person.addressee_number,
            "unified_number": "1",
            "my_number": self.person.number,
            "closed": False,
            "contents": {"name": entry.name, "address": entry.address.line},
        }

    def _facts(self) -> dict[str, str]:
        return {"relationship": self.person.entry.relationship}


def _contents(entry: Entry) -> dict[str, Any]:
    def text(written: str) -> dict[str, Any]:
        return {"文字": written, "外字数": 0, "代替文字位置": []}

    contents = {
        "漢字氏名": text(entry.name),
        "ふりがな氏名": entry.name_kana,
        "旧氏": text(""),
        "旧氏ふりがな": "",
        "通称": text(""),
        "通称ふりがな": "",
        "生年月日": {"年月日": entry.born_on.day.isoformat(), "不詳フラグ": False},
        "性別": entry.sex,
        "郵便番号": entry.address.postal_code,
        "住所": text(entry.address.line),
        "方書": text(""),
    }
    return {"contents": contents}
