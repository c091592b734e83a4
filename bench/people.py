"""Made-up people to measure with: heads of single households, told apart by their ordinal."""

from __future__ import annotations

import itertools

from domain.numbers import AddresseeNumber, HouseholdNumber, MyNumber, ResidentCode

_TEST_PREFIX = "90"


def head(ordinal: int) -> dict[str, str]:
    """The row of a file to import; every number has the prefix set apart for tests."""
    return {
        "宛名番号": _numbered(AddresseeNumber, ordinal),
        "世帯番号": _numbered(HouseholdNumber, ordinal),
        "住民票コード": ResidentCode.with_check_digit(f"{_TEST_PREFIX}{ordinal:08d}"),
        "個人番号": MyNumber.with_check_digit(f"{_TEST_PREFIX}{ordinal:09d}"),
        "氏名": f"計測　{in_kanji(ordinal)}",
        "氏名_フリガナ": "ケイソク　オヤ",
        "性別": "男" if ordinal % 2 else "女",
        "生年月日": "1995-04-01",
        "続柄表記": "世帯主",
        "住所_郵便番号": "1020072",
        "住所_都道府県": "東京都",
        "住所_市区郡町村名": "千代田区",
        "住所_町字": "飯田橋三丁目",
        "住所_番地号表記": f"{ordinal}番1号",
        "本籍": "東京都千代田区丸の内一丁目1番",
        "筆頭者": f"計測　{in_kanji(ordinal)}",
        "住民となった年月日": "2010-04-01",
        "住所を定めた年月日": "2015-10-01",
    }


def as_known(ordinal: int) -> dict[str, str]:
    """The same person, as the systems outside are told of them."""
    row = head(ordinal)
    return {
        "code": row["住民票コード"],
        "number": row["個人番号"],
        "addressee_number": row["宛名番号"],
    }


def in_kanji(number: int) -> str:
    """A number in the figures that names may hold."""
    return str(number).translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


def _numbered(kind: type[AddresseeNumber | HouseholdNumber], ordinal: int) -> str:
    """Sequence values without a check digit are passed over; thrice the place keeps them apart."""
    return next(filter(None, map(kind.from_sequence, itertools.count(ordinal * 3))))
