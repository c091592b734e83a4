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


class Place(NamedTuple):
    """A municipality of the scenario.

    ``postal_codes`` has the 郵便番号 there, and how an address begins, as J-LIS has them.
    """

    code: MunicipalityCode
    name: str
    prefecture: str
    postal_codes: dict[str, str]


HERE = Place(
    MunicipalityCode("131016"),
    "千代田区",
    "東京都",
    {
        "1020072": "東京都千代田区飯田橋",
        "1020074": "東京都千代田区九段南",
        "1010051": "東京都千代田区神田神保町",
    },
)
"""Where children are born, and people leave."""
THERE = Place(
    MunicipalityCode("012025"),
    "函館市",
    "北海道",
    {"0400001": "北海道函館市五稜郭町", "0400036": "北海道函館市東雲町"},
)
"""Where people move to."""

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
_MOVING = (
    ("﨑山", "サキヤマ"),
    ("槙野", "マキノ"),
    ("小𣘺", "コバシ"),
)
_RESIDENT_THERE = (("北条", "ホウジョウ"), ("相馬", "ソウマ"))
_OF_THE_DAY = (
    ("廣瀨", "ヒロセ"),
    ("舘野", "タテノ"),
    ("檜垣", "ヒガキ"),
    ("曽我部", "ソガベ"),
    ("祇園", "ギオン"),
    ("埜口", "ノグチ"),
    ("籔内", "ヤブウチ"),
    ("淺井", "アサイ"),
    ("櫻庭", "サクラバ"),
    ("龍造寺", "リュウゾウジ"),
    ("螢原", "ホトハラ"),
    ("鷗外", "オウガイ"),
    ("彌永", "イヤナガ"),
)
_AT_THE_DESK = (
    ("藤堂", "トウドウ"),
    ("冨樫", "トガシ"),
    ("𣘺爪", "ハシヅメ"),
    ("國分", "コクブ"),
    ("鮎澤", "アユサワ"),
    ("榊\U000e0100原", "サカキバラ"),
    ("梅津", "ウメヅ"),
    ("辺土名", "ヘントナ"),
    ("若狹", "ワカサ"),
    ("眞鍋", "マナベ"),
    ("澁谷", "シブヤ"),
    ("蘆田", "アシダ"),
    ("宇佐美", "ウサミ"),
    ("鴻巣", "コウノス"),
    ("蜷川", "ニナガワ"),
)
_COMING = ("溝呂木", "ミゾロギ")
_TAKEN_OVER = ("墨染", "スミゾメ")
# Meanwhile the register has given numbers of its own, on from the last it was handed.
_FAR_BEHIND = 900
_PARENTS = (("健太郎", "ケンタロウ", "男", "世帯主"), ("美智子", "ミチコ", "女", "妻"))
_CHILDREN = (
    ("さくら", "サクラ"),
    ("蓮太", "レンタ"),
    ("陽葵", "ヒマリ"),
    ("湊斗", "ミナト"),
    ("凛花", "リンカ"),
)


class Household(NamedTuple):
    """One household: two parents at one address; ``ordinal`` counts from 1, over all places."""

    ordinal: int
    surname: str
    surname_kana: str
    place: Place = HERE

    @property
    def number(self) -> str:
        """世帯番号."""
        return _numbered(HouseholdNumber, self.ordinal)

    @property
    def postal_code(self) -> str:
        """郵便番号, 7 digits."""
        postal_codes = [*self.place.postal_codes]
        return postal_codes[self.ordinal % len(postal_codes)]

    @property
    def district(self) -> str:
        """町字."""
        return f"{self.place.postal_codes[self.postal_code].partition(self.place.name)[2]}三丁目"

    @property
    def address(self) -> str:
        """住所, from 都道府県 to 地番."""
        return f"{self.place.prefecture}{self.place.name}{self.district}{self.ordinal}番1号"

    def new_home(self, to: Place) -> str:
        """住所 where they live once they have moved."""
        return f"{next(iter(to.postal_codes.values()))}{self.ordinal}番1号"

    @property
    def child(self) -> tuple[str, str]:
        """氏名 and フリガナ of the child about to be born."""
        given, given_kana = _CHILDREN[self.ordinal % len(_CHILDREN)]
        return f"{self.surname}　{given}", f"{self.surname_kana}　{given_kana}"

    @property
    def serial(self) -> str:
        """証明書のシリアル番号 of the first parent's card."""
        return self.serial_of(0)

    def serial_of(self, place: int) -> str:
        """The serial number of another certificate of theirs, counted from 1."""
        return f"{_TEST_PREFIX}{place:02d}{self.ordinal:014d}"

    @property
    def codes(self) -> list[str]:
        """住民票コード of the two parents, the head's first."""
        return [row["住民票コード"] for row in _members(self)]

    @property
    def telephone(self) -> str:
        """The number they can be reached at."""
        return f"090{self.ordinal:08d}"


_ordinals = itertools.count(1)
HOUSEHOLDS = tuple(Household(next(_ordinals), *family) for family in _FAMILIES)
"""Where a child may be born."""
MOVING = tuple(Household(next(_ordinals), *family) for family in _MOVING)
"""Who leaves for the other town, beside families a child was born to."""
RESIDENT_THERE = tuple(Household(next(_ordinals), *family, THERE) for family in _RESIDENT_THERE)
"""Who has always lived in the other town."""


class OfTheDay(NamedTuple):
    """Whom a day of the town hall is about, each by what happens to them."""

    moving_house: Household
    parting: Household
    dying: Household
    renamed: Household
    misspelt: Household
    vanished: Household
    mistaken: Household
    recoded: Household
    leaked: Household
    linked: Household
    certified: Household
    examined: Household
    expecting: Household


class AtTheDesk(NamedTuple):
    """Whom the cases are about that are left for people to try the desk on."""

    born: Household
    born_too: Household
    leaving: Household
    left: Household
    parting: Household
    misaddressed: Household
    declined: Household
    declined_too: Household
    declined_again: Household
    garbled: Household
    overtaken: Household
    taken_back: Household
    told_before: Household
    differing: Household
    coming: Household


DAY = OfTheDay(*(Household(next(_ordinals), *family) for family in _OF_THE_DAY))
_at_the_desk = (Household(next(_ordinals), *family) for family in _AT_THE_DESK)
DESK = AtTheDesk(*_at_the_desk)._replace(coming=Household(next(_ordinals), *_COMING, THERE))
TAKEN_OVER = Household(_FAR_BEHIND, *_TAKEN_OVER)
"""Who is taken over from another system in the course of the day."""
RENAMED = ("水无瀨　美智子", "ミナセ　ミチコ")
"""氏名 and フリガナ of one of the renamed, from that day on."""
RESPELT = "祇\U000e0100園　健太郎"
"""氏名 of the misspelt, with the character it should have had."""
REREAD = "ヤブノウチ　ケンタロウ"
"""フリガナ of one of the mistaken, as it was read all along."""
FORMER_ADDRESS = "東京都千代田区紀尾井町四丁目7番2号"
"""Where those taken over lived before: 統合宛名 has not heard that they moved."""


def residents(*households: Household) -> list[dict[str, str]]:
    """Everybody of these households before the first scene: rows of a file to import."""
    return [row for household in households for row in _members(household)]


def as_csv(people: Iterable[dict[str, str]]) -> bytes:
    """The file that an older system would hand over."""
    rows = list(people)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def secrets_of_households() -> dict[str, str]:
    """What must never be seen of anybody in the cast, each with what it is."""
    everybody = (*HOUSEHOLDS, *MOVING, *RESIDENT_THERE, *DAY, *DESK, TAKEN_OVER)
    rows = residents(*everybody)
    found = {row[item]: item.partition("_")[0] for row in rows for item in _PERSONAL}
    found |= dict.fromkeys((*RENAMED, RESPELT, REREAD), "氏名") | {FORMER_ADDRESS: "住所"}
    for one in everybody:
        found |= dict.fromkeys((one.address, one.new_home(HERE), one.new_home(THERE)), "住所")
        found |= dict.fromkeys(map(one.serial_of, range(_CERTIFICATES)), "シリアル番号")
        found |= {one.telephone: "電話番号"}
    return found


_CERTIFICATES = 4
_PERSONAL = ("氏名", "氏名_フリガナ", "住民票コード", "個人番号")


def _members(household: Household) -> Iterator[dict[str, str]]:
    place = household.place
    for rank, (given, given_kana, sex, relationship) in enumerate(_PARENTS):
        ordinal = household.ordinal * len(_PARENTS) + rank
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
            "住所_都道府県": place.prefecture,
            "住所_市区郡町村名": place.name,
            "住所_町字": household.district,
            "住所_番地号表記": f"{household.ordinal}番1号",
            "本籍": f"東京都千代田区丸の内一丁目{household.ordinal}番",
            "筆頭者": f"{household.surname}　{_PARENTS[0][0]}",
            "住民となった年月日": "2010-04-01",
            "住所を定めた年月日": "2015-10-01",
        }


def _numbered(kind: type[AddresseeNumber | HouseholdNumber], ordinal: int) -> str:
    """Sequence values without a check digit are passed over; thrice the place keeps them apart."""
    return next(filter(None, map(kind.from_sequence, itertools.count(ordinal * 3))))
