"""Characters: what a stored text may hold, and how it travels on the 住基ネット wire.

A text is judged and never changed: no normalising, no trimming.  髙橋, 𠮷野家 and 葛󠄀城 (with its
variation selector) go through register and 宛名 byte for byte.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME_LONGEST = 100
ADDRESS_LONGEST = 200
BUILDING_LONGEST = 300
SUBSTITUTE = "〓"


class TextFault(StrEnum):
    """Why a text cannot be stored."""

    HALF_WIDTH_KANA = "HALF_WIDTH_KANA"
    CONTROL_CHARACTER = "CONTROL_CHARACTER"
    INVISIBLE_CHARACTER = "INVISIBLE_CHARACTER"
    LONE_SURROGATE = "LONE_SURROGATE"
    PRIVATE_CHARACTER = "PRIVATE_CHARACTER"
    UNASSIGNED_CHARACTER = "UNASSIGNED_CHARACTER"
    STRAY_MARK = "STRAY_MARK"
    EMOJI = "EMOJI"
    REPEATED_SPACE = "REPEATED_SPACE"
    SPACE_AT_EDGE = "SPACE_AT_EDGE"
    NOT_KATAKANA = "NOT_KATAKANA"
    TOO_LONG = "TOO_LONG"


class BadText(ValueError):
    """A text that cannot be stored; ``code`` tells why, and the text is never repeated."""

    def __init__(self, code: TextFault) -> None:
        super().__init__(code.value)
        self.code = code


def check_name(text: str) -> str:
    """A 氏名, 旧氏 or 通称, returned as it came; a blank is legal (標準仕様書 1.1.6).

    Raises ``BadText``.
    """
    return _checked(text, NAME_LONGEST)


def check_kana(text: str) -> str:
    """A フリガナ: full-width katakana, 長音 and spaces, as it came; raises ``BadText``."""
    _checked(text, NAME_LONGEST)
    if not _KATAKANA.fullmatch(text):
        raise BadText(TextFault.NOT_KATAKANA)
    return text


def check_address(text: str) -> str:
    """A 住所 as it came; raises ``BadText``."""
    return _checked(text, ADDRESS_LONGEST)


def check_building(text: str) -> str:
    """A 方書 as it came; raises ``BadText``."""
    return _checked(text, BUILDING_LONGEST)


def graphemes(text: str) -> list[str]:
    """The characters as people count them: each with its variation selector and marks."""
    return _GRAPHEME.findall(text)


@dataclass(frozen=True)
class WireText:
    """A text in 住基ネット統一文字; ``substituted`` are the places of 代替文字, from 0."""

    text: str
    substituted: tuple[int, ...]

    @property
    def flagged(self) -> bool:
        """外字フラグ: whether the person's own glyph is missing somewhere."""
        return bool(self.substituted)


class WireTable(BaseModel):
    """The conversion table to 住基ネット統一文字, as an office maintains it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    passes: frozenset[str]
    stops: frozenset[str]
    sent_as: dict[str, str]

    def convert(self, grapheme: str) -> str | None:
        """One character as sent; None if J-LIS does not know it."""
        if grapheme in self.sent_as:
            return self.sent_as[grapheme]
        if grapheme in self.stops:
            return None
        return grapheme if grapheme in self.passes or _is_in_standard(grapheme) else None


def to_juki_net(text: str, table: WireTable | None = None) -> WireText:
    """Convert for the 住基ネット wire, by ``table`` or the one beside this module.

    Each character J-LIS does not know becomes one 〓, and its place is told.  That includes a 〓 in
    the text itself, and a variation selector's character unless the table names it: dropping the
    selector would send another glyph as if it were the person's own.
    """
    table = table or _table()
    sent = ""
    substituted: list[int] = []
    for grapheme in graphemes(text):
        known = table.convert(grapheme)
        if known is None:
            substituted.append(len(sent))
        sent += known or SUBSTITUTE
    return WireText(sent, tuple(substituted))


_CODECS = ("euc_jis_2004", "cp932")
_MOST_CODE_POINTS = 3

_HALF_WIDTH_KANA = "[\uff61-\uff9f]"
_PICTURES = "[\u20e3\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]"
# Fillers that Unicode counts as letters and no screen shows.
_BLANKS = "[\u034f\u115f\u1160\u2800\u3164\uffa0]"
_HAN = (
    "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fffd\U00030000-\U0003fffd"
)
# 行政事務標準文字 without a code point of their own stand in planes 15 and 16; what stands in the
# basic plane's private area is one vendor's 外字 and means nothing elsewhere.
_STANDARD_PRIVATE = "\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_SPACE = "[ \u3000]"
_VARIATION = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARK = f"[\u0300-\u036f\u3099\u309a{_VARIATION}]"

_GRAPHEME = re.compile(f"{_MARK}|.{_MARK}*", re.DOTALL)
_KATAKANA = re.compile("(?:[ァ-ヺーㇰ-ㇿ \u3000]|[カキクケコセツトㇷ]\u309a)*")
_FINE_OF_ITSELF = re.compile(f"[ \u3000{_HAN}{_STANDARD_PRIVATE}]")
_FAULTS_OF_ONE = (
    (re.compile(_HALF_WIDTH_KANA), TextFault.HALF_WIDTH_KANA),
    (re.compile(_PICTURES), TextFault.EMOJI),
    (re.compile(_BLANKS), TextFault.INVISIBLE_CHARACTER),
    (re.compile("\ufffd"), TextFault.UNASSIGNED_CHARACTER),
)
_FAULTS_OF_CATEGORY = {
    "Cc": TextFault.CONTROL_CHARACTER,
    "Cf": TextFault.INVISIBLE_CHARACTER,
    "Zs": TextFault.INVISIBLE_CHARACTER,
    "Zl": TextFault.INVISIBLE_CHARACTER,
    "Zp": TextFault.INVISIBLE_CHARACTER,
    "Cs": TextFault.LONE_SURROGATE,
    "Co": TextFault.PRIVATE_CHARACTER,
    "Cn": TextFault.UNASSIGNED_CHARACTER,
}
_FAULTS_OF_SEVERAL = (
    (re.compile(f"(?:^|{_SPACE}){_MARK}|[^{_HAN}][{_VARIATION}]"), TextFault.STRAY_MARK),
    (re.compile(f"{_SPACE}{{2}}"), TextFault.REPEATED_SPACE),
    (re.compile(f"^{_SPACE}|{_SPACE}\\Z"), TextFault.SPACE_AT_EDGE),
)


def _checked(text: str, longest: int) -> str:
    if fault := next(_faults(text, longest), None):
        raise BadText(fault)
    return text


def _faults(text: str, longest: int) -> Iterator[TextFault]:
    # Marks may be heaped on one character without end, so code points have a limit too.
    if len(text) > longest * _MOST_CODE_POINTS or len(graphemes(text)) > longest:
        yield TextFault.TOO_LONG
    yield from (fault for character in text if (fault := _fault_of(character)))
    yield from (fault for pattern, fault in _FAULTS_OF_SEVERAL if pattern.search(text))


def _fault_of(character: str) -> TextFault | None:
    if _FINE_OF_ITSELF.match(character):
        return None
    for pattern, fault in _FAULTS_OF_ONE:
        # Symbols of the national standard, as ♪ and ★ in the name of a building, are not emoji.
        if pattern.match(character) and (
            fault is not TextFault.EMOJI or not _fits(character, "cp932")
        ):
            return fault
    return _FAULTS_OF_CATEGORY.get(unicodedata.category(character))


@cache
def _table() -> WireTable:
    text = files("domain").joinpath("juki_net_characters.toml").read_text("utf-8")
    return WireTable.model_validate(tomllib.loads(text))


def _is_in_standard(grapheme: str) -> bool:
    """JIS X 0213 or CP932, in place of the list of 住基ネット統一文字, which is not public."""
    if _fault_of(grapheme[0]):
        return False
    return any(_fits(grapheme, codec) for codec in _CODECS)


def _fits(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
