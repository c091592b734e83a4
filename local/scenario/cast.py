"""The people of the scenario, all made up, with numbers from the prefix set apart for tests."""

from __future__ import annotations

import csv
import io
import itertools
from typing import TYPE_CHECKING, NamedTuple

from domain.numbers import (
    AddresseeNumber,
    HouseholdNumber,
    MunicipalityCode,
    MyNumber,
    ResidentCode,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOWN = MunicipalityCode("131016")
TOWN_NAME = "千代田区"

POSTAL_CODES = {
    "1020072": "東京都千代田区飯田橋",
    "1020074": "東京都千代田区九段南",
    "1010051": "東京都千代田区神田神保町",
}
"""郵便番号, and how an address there begins, as J-LIS has them."""

_TEST_PREFIX = "90"
_FAMILIES = (
    ("髙橋", "タカハシ"),
    ("𠮷野家", "ヨシノヤ"),
    ("葛\U000e0100城", "カツラギ"),
    ("渡邉", "ワタナベ"),
    ("山﨑", "ヤマザキ"),
    ("齋藤", "サイトウ"),
    ("濵田", "ハマダ"),
    ("德永", "トクナガ"),
    ("黑田", "クロダ"),
    ("邊見", "ヘンミ"),
    ("嶋﨑", "シマザキ"),
    ("栁澤", "ヤナギサワ"),
    ("塚本", "ツカモト"),
    ("辻\U000e0100", "ツジ"),
    ("宮﨑", "ミヤザキ"),
    ("瀨戸", "セト"),
    ("槇原", "マキハラ"),
    ("桒原", "クワバラ"),
    ("靏田", "ツルタ"),
    ("佐藤", "サトウ"),
)
_PARENTS = (("健太郎", "ケンタロウ", "男", "世帯主"), ("美智子", "ミチコ", "女", "妻"))
_CHILDREN = (
    ("さくら", "サクラ"),
    ("蓮太", "レンタ"),
    ("陽葵", "ヒマリ"),
    ("湊斗", "ミナト"),
    ("凛花", "リンカ"),
)


class Household(NamedTuple):
    """One household: two parents at one address; ``ordinal`` counts from 1."""

    ordinal: int
    surname: str
    surname_kana: str

    @property
    def number(self) -> str:
        """世帯番号."""
        return _numbered(HouseholdNumber, self.ordinal)

    @property
    def postal_code(self) -> str:
        """郵便番号, 7 digits."""
        return list(POSTAL_CODES)[self.ordinal % len(POSTAL_CODES)]

    @property
    def address(self) -> str:
        """住所, from 都道府県 to 地番."""
        return f"{POSTAL_CODES[self.postal_code]}三丁目{self.ordinal}番1号"

    @property
    def child(self) -> tuple[str, str]:
        """氏名 and フリガナ of the child about to be born."""
        given, given_kana = _CHILDREN[self.ordinal % len(_CHILDREN)]
        return f"{self.surname}　{given}", f"{self.surname_kana}　{given_kana}"


HOUSEHOLDS = tuple(Household(ordinal, *family) for ordinal, family in enumerate(_FAMILIES, start=1))


def residents() -> list[dict[str, str]]:
    """Everybody who lives there before the first birth: rows of a file to import."""
    return [row for household in HOUSEHOLDS for row in _members(household)]


def as_csv(people: Iterable[dict[str, str]]) -> bytes:
    """The file that an older system would hand over."""
    rows = list(people)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def secrets_of(people: Iterable[dict[str, str]]) -> dict[str, str]:
    """What must never be seen of these people, each with what it is."""
    found = {row[item]: item.partition("_")[0] for row in people for item in _PERSONAL}
    return found | {household.address: "住所" for household in HOUSEHOLDS}


_PERSONAL = ("氏名", "氏名_フリガナ", "住民票コード", "個人番号")


def _members(household: Household) -> Iterator[dict[str, str]]:
    for place, (given, given_kana, sex, relationship) in enumerate(_PARENTS):
        ordinal = household.ordinal * len(_PARENTS) + place
        yield {
            "宛名番号": _numbered(AddresseeNumber, ordinal),
            "世帯番号": household.number,
            "住民票コード": ResidentCode.with_check_digit(f"{_TEST_PREFIX}{ordinal:08d}"),
            "個人番号": MyNumber.with_check_digit(f"{_TEST_PREFIX}{ordinal:09d}"),
            "氏名": f"{household.surname}　{given}",
            "氏名_フリガナ": f"{household.surname_kana}　{given_kana}",
            "性別": sex,
            "生年月日": f"{1985 + ordinal % 15}-{ordinal % 12 + 1:02}-{ordinal % 28 + 1:02}",
            "続柄表記": relationship,
            "住所_郵便番号": household.postal_code,
            "住所_都道府県": "東京都",
            "住所_市区郡町村名": TOWN_NAME,
            "住所_町字": POSTAL_CODES[household.postal_code].partition(TOWN_NAME)[2] + "三丁目",
            "住所_番地号表記": f"{household.ordinal}番1号",
            "本籍": f"東京都千代田区丸の内一丁目{household.ordinal}番",
            "筆頭者": f"{household.surname}　{_PARENTS[0][0]}",
            "住民となった年月日": "2010-04-01",
            "住所を定めた年月日": "2015-10-01",
        }


def _numbered(kind: type[AddresseeNumber | HouseholdNumber], ordinal: int) -> str:
    """Sequence values without a check digit are passed over; thrice the place keeps them apart."""
    return next(filter(None, map(kind.from_sequence, itertools.count(ordinal * 3))))
