"""What can be wrong with a file of people, said in Japanese and English; never with the value."""

from __future__ import annotations

from typing import NamedTuple


class Flaw(NamedTuple):
    """One thing wrong: on which line of the file, in which item, and which of ``SENTENCES``.

    Line 1 is the header.  ``other`` is a second line it has to do with, if there is one.
    """

    line: int
    column: str
    code: str
    other: int | None = None

    def __str__(self) -> str:
        """The flaw as the report shows it, in both languages."""
        place = f"{self.line}行目 line {self.line}" + (f" [{self.column}]" if self.column else "")
        japanese, english = SENTENCES.get(self.code, UNNAMED)
        other = f" (→ {self.other}行目 line {self.other})" if self.other else ""
        return f"{place}: {japanese} {english}{other} ({self.code})"


UNNAMED = ("この値は登録できません。", "This value cannot be registered.")
SENTENCES: dict[str, tuple[str, str]] = {
    # the file
    "NOT_UTF8": (
        "UTF-8ではありません（UTF-8で保存し直してください）。",
        "Not UTF-8; save the file as UTF-8.",
    ),
    "NOT_CSV": (
        "CSVとして読めません（引用符などを確かめてください）。",
        "Not readable as CSV; check the quotation marks.",
    ),
    "EMPTY_FILE": ("見出しの下に一件もありません。", "There is nobody below the header."),
    "MISSING_COLUMN": ("必要な項目がありません。", "A required column is missing."),
    "DUPLICATE_COLUMN": ("同じ項目が二度あります。", "The column appears twice."),
    "WRONG_CELL_COUNT": (
        "項目の数が見出しと合いません。",
        "The number of cells is not that of the header.",
    ),
    # one cell
    "BLANK": ("空白にできません。", "Must not be blank."),
    "WRONG_FORM": ("数字の桁数又は形式が違います。", "Wrong number of digits or wrong form."),
    "WRONG_CHECK_DIGIT": ("検査数字が合いません。", "The check digit does not fit."),
    "NEVER_ISSUED": ("発行されることのない番号です。", "Such a number is never issued."),
    "NOT_A_SEX": ("「男」「女」「不明」又は空白にしてください。", "Must be 男, 女, 不明 or blank."),
    "NOT_RESIDENT": (
        "現存者だけを取り込めます（除票は取り込めません）。",
        "Only present residents can be imported.",
    ),
    "HALF_WIDTH_KANA": ("半角カナは使えません。", "Half-width kana are not accepted."),
    "CONTROL_CHARACTER": ("制御文字や改行は使えません。", "Control characters are not accepted."),
    "INVISIBLE_CHARACTER": ("見えない文字があります。", "Contains an invisible character."),
    "LONE_SURROGATE": ("文字が壊れています。", "Contains a broken character."),
    "PRIVATE_CHARACTER": (
        "私用領域の外字は使えません。",
        "Characters of private use are not accepted.",
    ),
    "UNASSIGNED_CHARACTER": ("未定義の文字があります。", "Contains an unassigned character."),
    "STRAY_MARK": (
        "結合文字又は異体字セレクタの位置が正しくありません。",
        "A combining mark or variation selector stands in the wrong place.",
    ),
    "EMOJI": ("絵文字は使えません。", "Emoji are not accepted."),
    "REPEATED_SPACE": ("空白が続いています。", "Contains repeated spaces."),
    "SPACE_AT_EDGE": ("先頭又は末尾に空白があります。", "Begins or ends with a space."),
    "NOT_KATAKANA": ("全角カタカナで入力してください。", "Must be full-width katakana."),
    "TOO_LONG": ("長すぎます。", "Too long."),
    "NOT_A_DATE": (
        "YYYY-MM-DD の実在する日付にしてください。",
        "Must be a calendar day written YYYY-MM-DD.",
    ),
    "FUTURE_DATE": ("未来の日付です。", "Lies in the future."),
    "UNKNOWN_WORDING": (
        "不詳日の表記として認められません。",
        "Not one of the wordings for an uncertain date.",
    ),
    "DAY_NEEDED": ("この表記には日付も必要です。", "This wording needs a plain date beside it."),
    "OUTSIDE_ERA": ("元号の期間の外です。", "Outside the era it names."),
    "BEFORE_MEIJI_6": ("明治6年より前の日付です。", "Before 1873."),
    "EXACT_DAY": (
        "確かな日付です（不詳の表記は要りません）。",
        "An exact day; it needs no wording.",
    ),
    "NO_SUCH_DAY": ("暦にない日付です。", "No such day in the calendar."),
    # one person and another
    "TWICE_IN_FILE": ("同じ番号が別の行にもあります。", "The same number is on another line."),
    "NO_HEAD": ("この世帯に世帯主がいません。", "The household has no head."),
    "TWO_HEADS": ("この世帯に世帯主が二人います。", "The household has two heads."),
    "ADDRESS_DIFFERS": (
        "同じ世帯で住所が違います。",
        "The address differs within the household.",
    ),
    # the register
    "DIFFERS_FROM_REGISTER": (
        "この宛名番号は、別の内容で登録されています。",
        "Already in the register, with different contents.",
    ),
    "HOUSEHOLD_IN_REGISTER": (
        "この世帯番号は、すでに登録されています。",
        "The household is already in the register.",
    ),
    "NUMBER_IN_REGISTER": (
        "この番号は、すでに登録されています。",
        "The number is already in the register.",
    ),
    "CODE_IN_POOL": (
        "この住民票コードは、未使用コードとして保管されています。",
        "The code is in the stock of unused codes.",
    ),
}
