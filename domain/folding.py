"""Search keys: names folded until the spellings people confuse are one (標準仕様書 2.1.2).

Only keys are folded; a stored name never is.  A key that was stored must be made anew when this
module changes.
"""

from __future__ import annotations

import re
import unicodedata

_LONGEST_TOKEN = 40
_AFTER_EVERY_CHARACTER = "\U0010ffff"

# The first of each line stands for the others: 異体字 of the standard, then the commonest in names.
_VARIANTS = (
    "辺邊邉𨘢",
    "浜濱濵滨",
    "藤籐籘",
    "高髙",
    "崎﨑碕嵜㟢",
    "吉𠮷",
    "斉斎齊齋",
    "沢澤",
    "島嶋嶌",
    "広廣",
    "国國",
    "桜櫻",
    "竜龍",
    "富冨",
    "柳栁",
    "徳德",
    "恵惠",
    "真眞",
    "辻迚",
)

# The standard holds each pair to be one sound.  Voicing is dropped anyway, so the pairs chain:
# ヂ is ジ, ジ is シ and ヂ is チ, therefore チ is シ.
_SOUNDS = str.maketrans(
    "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿチツワヲヰヱ",
    "アイウエオスヤユヨハカケクシストヌハヒフヘホムラリルレロシスハオイエ",
)
_TO_KATAKANA = str.maketrans({hiragana: chr(hiragana + 0x60) for hiragana in range(0x3041, 0x3097)})
_V_IS_B = str.maketrans("ヴヷヸヹヺ", "ブワイエオ")
_ONE_FORM = str.maketrans({other: group[0] for group in _VARIANTS for other in group[1:]})
_UNHEARD = re.compile(r"[\s\u30fc\u2010-\u2015\u2212\uff0d\uff70・·'’.,-]")
_LONG_O = re.compile("(?<=[オコソトノホモヨロ])ウ+")


def fold_name(text: str) -> str:
    """The search key of a 氏名: 異体字 as one, no variation selectors, kana as ``fold_kana``."""
    return fold_kana(text).translate(_ONE_FORM)


def fold_kana(text: str) -> str:
    """The search key of a フリガナ.

    As one: hiragana and katakana, wide and narrow, 清音・濁音・半濁音, 拗促音 small or large,
    ヴ and ブ, ワ and ハ, オ and ヲ, オ段+ウ and オ段+オ; 長音, hyphens and spaces do not count.
    """
    katakana = unicodedata.normalize("NFKC", text).translate(_TO_KATAKANA).translate(_V_IS_B)
    parts = unicodedata.normalize("NFKD", _UNHEARD.sub("", katakana))
    plain = "".join(part for part in parts if not unicodedata.category(part).startswith("M"))
    return _LONG_O.sub(lambda u: "オ" * len(u[0]), plain.casefold().translate(_SOUNDS))


def search_tokens(text: str) -> set[str]:
    """What to store so that a name is found by any part of it: its key from every character on.

    A part of the name is then the beginning of a token, and ``token_range`` finds it with one
    comparison from below and one from above, which a row-level policy does not slow down.
    """
    key = fold_name(text)
    return {key[start : start + _LONGEST_TOKEN] for start in range(len(key))}


def token_range(text: str) -> tuple[str, str]:
    """Bounds of the tokens that begin with what was typed: ``low <= token < high``, byte order.

    What folds to nothing (a blank) has an empty range.
    """
    key = fold_name(text)[:_LONGEST_TOKEN]
    return (key, key + _AFTER_EVERY_CHARACTER) if key else ("", "")
