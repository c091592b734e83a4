"""People for tests: made up, with numbers from the prefix set apart for tests."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING

from domain.numbers import AddresseeNumber, HouseholdNumber
from tests.numbers import my_number, resident_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SURNAMES = (
    ("髙橋", "タカハシ"),
    ("𠮷野家", "ヨシノヤ"),
    ("葛\U000e0100城", "カツラギ"),
    ("渡邉", "ワタナベ"),
    ("山﨑", "ヤマザキ"),
    ("佐藤", "サトウ"),
)
_GIVEN = (("太郎", "タロウ"), ("花子", "ハナコ"), ("一朗", "イチロウ"), ("さくら", "サクラ"))
_RELATIONSHIPS = ("世帯主", "妻", "子", "子")
_TOWNS = ("飯田橋", "九段南", "神田神保町")


def a_person(ordinal: int = 1, *, household: int = 1, **items: str) -> dict[str, str]:
    """One row of a file, item by item: person ``ordinal`` of everybody, in a household.

    Both ordinals count from 1; numbers and names follow from them, ``items`` replace any.
    """
    surname, surname_kana = _SURNAMES[household % len(_SURNAMES)]
    given, given_kana = _GIVEN[ordinal % len(_GIVEN)]
    return {
        "宛名番号": addressee_number(ordinal),
        "世帯番号": household_number(household),
        "住民票コード": resident_code(ordinal),
        "個人番号": my_number(ordinal),
        "氏名": f"{surname}　{given}",
        "氏名_フリガナ": f"{surname_kana}　{given_kana}",
        "旧氏": "",
        "旧氏_フリガナ": "",
        "通称": "",
        "通称_フリガナ": "",
        "性別": "男" if ordinal % 2 else "女",
        "生年月日": f"{1950 + ordinal % 60}-{ordinal % 12 + 1:02}-{ordinal % 28 + 1:02}",
        "生年月日_不詳表記": "",
        "続柄表記": "世帯主",
        "住所_郵便番号": "1020072",
        "住所_都道府県": "東京都",
        "住所_市区郡町村名": "千代田区",
        "住所_町字": f"{_TOWNS[household % len(_TOWNS)]}三丁目",
        "住所_番地号表記": f"{household}番1号",
        "住所_方書": "",
        "本籍": "東京都千代田区丸の内一丁目1番",
        "筆頭者": f"{surname}　{_GIVEN[0][0]}",
        "住民となった年月日": "2010-04-01",
        "住所を定めた年月日": "2015-10-01",
        **items,
    }


def a_family(first: int = 1, *, household: int = 1, size: int = 3) -> list[dict[str, str]]:
    """A head, a spouse and children; the head is person ``first``."""
    return [
        a_person(first + place, household=household, 続柄表記=relationship)
        for place, relationship in enumerate(
            itertools.islice(itertools.chain(_RELATIONSHIPS, itertools.repeat("子")), size)
        )
    ]


def families(count: int, *, size: int = 3, first: int = 1) -> Iterator[dict[str, str]]:
    """``count`` households of ``size`` people, numbered on from person and household ``first``."""
    for place in range(count):
        yield from a_family(first + place * size, household=first + place, size=size)


def as_csv(people: Iterable[dict[str, str]]) -> bytes:
    """The file that an older system would hand over."""
    rows = list(people)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=rows[0], restval="", extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def addressee_number(ordinal: int) -> AddresseeNumber:
    """The 宛名番号 of a person; sequence values without a check digit are passed over."""
    return next(filter(None, map(AddresseeNumber.from_sequence, itertools.count(ordinal * 3))))


def household_number(ordinal: int) -> HouseholdNumber:
    """The 世帯番号 of a household."""
    return next(filter(None, map(HouseholdNumber.from_sequence, itertools.count(ordinal * 3))))
